import path from 'node:path';
import { isFields, momentOf, parseJson, pidOf, textOf } from '../../decode.js';
import type { ProcessRecord } from '../../process/record.js';

/** One live session as Claude Code or qwen itself wrote it down. Undocumented, so that each field may be missing. */
export interface RegistryEntry {
  readonly pid?: number | undefined;
  readonly sessionId?: string | undefined;
  readonly cwd?: string | undefined;
  /** Our `startTime` on Linux, which qwen writes after the boot's id: guards against a pid that was used again. */
  readonly procStart?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number | undefined;
  /** `idle`, `busy` or `waiting`. */
  readonly status?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly statusUpdatedAt?: number | undefined;
  /** `interactive` (also for `-p` and SDK sessions) or `bg`. */
  readonly kind?: string | undefined;
  /** `cli`, `sdk-ts`, `sdk-cli`, `claude-desktop`, … */
  readonly entrypoint?: string | undefined;
  /** `<tmux session>:@0.%0`. */
  readonly tmux?: string | undefined;
  readonly version?: string | undefined;
  /** `linux:<machine id>:pid:[<pid namespace>]`. */
  readonly pidDomain?: string | undefined;
}

/** Reads one `sessions/<pid>.json`. `undefined` for what is no JSON object; wrong fields are left out. */
export function parseRegistryEntry(text: string): RegistryEntry | undefined {
  // Written in place by the agent: half a file is one that cannot be read yet.
  const fields = parseJson(text);
  if (!isFields(fields)) return undefined;
  const words = (name: string): string | undefined => textOf(fields[name]);
  const time = (name: string): number | undefined => momentOf(fields[name]);
  const procStart = fields.procStart;
  return {
    pid: pidOf(fields.pid),
    sessionId: words('sessionId'),
    cwd: words('cwd'),
    procStart: typeof procStart === 'number' ? String(procStart) : words('procStart')?.split(':').at(-1),
    startedAt: time('startedAt'),
    status: words('status'),
    statusUpdatedAt: time('statusUpdatedAt'),
    kind: words('kind'),
    entrypoint: words('entrypoint'),
    tmux: words('tmux'),
    version: words('version'),
    pidDomain: words('pidDomain'),
  };
}

/** Where to look and how. */
export interface RegistryPlace {
  /** The text of a file of this user; `undefined` when there is none, or it must not be read. */
  readonly readFile: (file: string, owner: number | undefined) => string | undefined;
  /** Of whoever asks; processes may have been told otherwise. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string | undefined;
}

/** Which agents write such files, and what names the folder instead of the one below the home folder. */
const STORES: ReadonlyMap<string, { readonly variable: string; readonly folder: string }> = new Map([
  ['claude', { variable: 'CLAUDE_CONFIG_DIR', folder: '.claude' }],
  ['qwen', { variable: 'QWEN_HOME', folder: '.qwen' }],
]);

/**
 * What agents wrote down about these processes. Only files named `<pid>.json` are ever opened, each asked for by
 * name: beside Claude Code's lie `*.key` files with secrets. An entry that another process wrote under the same pid
 * is left out; stale files stay behind after every SIGKILL. So is a file of another user than the process.
 *
 * @param agentOf which agent has this pid
 */
export function readRegistry(
  place: RegistryPlace,
  records: readonly Pick<ProcessRecord, 'pid' | 'startTime' | 'uid' | 'detail'>[],
  agentOf: (pid: number) => string | undefined,
): ReadonlyMap<number, RegistryEntry> {
  const found = new Map<number, RegistryEntry>();
  for (const record of records) {
    const agent = agentOf(record.pid) ?? '';
    const own = record.detail?.markers?.[STORES.get(agent)?.variable ?? ''];
    for (const folder of new Set([...(own === undefined ? [] : [own]), ...registryFolders(agent, place)])) {
      const text = place.readFile(path.join(folder, 'sessions', `${ownPid(record)}.json`), record.uid);
      const entry = text === undefined ? undefined : parseRegistryEntry(text);
      if (entry === undefined || !isOf(entry, record)) continue;
      found.set(record.pid, entry);
      break;
    }
  }
  return found;
}

/** The folders of an agent that writes such files, from the environment and the home folder of whoever asks. */
export function registryFolders(agent: string, { env, home }: Pick<RegistryPlace, 'env' | 'home'>): readonly string[] {
  const store = STORES.get(agent);
  if (store === undefined) return [];
  const folders = [env[store.variable], home === undefined ? undefined : path.join(home, store.folder)];
  return [...new Set(folders.filter((folder) => folder !== undefined && folder !== ''))] as string[];
}

/** What the process calls itself: another pid than ours in a pid namespace of its own. */
function ownPid({ pid, detail }: Pick<ProcessRecord, 'pid' | 'detail'>): number {
  return detail?.innerPids?.at(-1) ?? pid;
}

function isOf(entry: RegistryEntry, record: Pick<ProcessRecord, 'pid' | 'startTime' | 'detail'>): boolean {
  if (entry.pid !== undefined && entry.pid !== ownPid(record)) return false;
  // In another namespace only the start time tells that it is the same process.
  if (record.detail?.innerPids !== undefined && entry.procStart === undefined) return false;
  // Not to be compared is not the same.
  return entry.procStart === undefined || entry.procStart === record.startTime;
}
