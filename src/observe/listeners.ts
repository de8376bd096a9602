import type { ActivityFiles } from '../activity/readers/system-files.js';
import { type PortTable, parsePorts, portsOf } from '../hosts/registries/ports.js';
import type { ProcessRecord } from '../process/record.js';

/** The TCP ports on which some processes listen, by pid; those without any, or that could not be read, are missing. */
export function readListeners(
  records: readonly ProcessRecord[],
  files: Pick<ActivityFiles, 'readText' | 'readLink'>,
  procRoot = '/proc',
): ReadonlyMap<number, readonly number[]> {
  const tables = new Map<string, PortTable>();
  const found = new Map<number, readonly number[]>();
  for (const { pid, detail } of records) {
    if (![...(detail?.fds?.values() ?? [])].some((target) => target.startsWith('socket:['))) continue;
    const namespace = files.readLink(`${procRoot}/${pid}/ns/net`);
    if (namespace === undefined) continue;
    let table = tables.get(namespace);
    if (table === undefined) {
      const [four = '', six = ''] = ['tcp', 'tcp6'].map((name) => files.readText(`${procRoot}/${pid}/net/${name}`));
      table = parsePorts(`${four}\n${six}`);
      tables.set(namespace, table);
    }
    const ports = portsOf(table, detail?.fds) ?? [];
    if (ports.length > 0) found.set(pid, ports);
  }
  return found;
}
