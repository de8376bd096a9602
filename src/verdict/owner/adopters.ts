import type { Ledger } from '../../activity/ledger/ledger.js';
import { identityKey } from '../../process/identity.js';
import { argv0, basename, type ProcessRecord } from '../../process/record.js';
import { identityOf, type ProcessTable } from '../../process/table.js';

/**
 * A process that gets the children of those that end, so that being its child is no proof of having an owner.
 *
 * - `manager`: a service manager. What it supervises is in a service's cgroup; the rest was orphaned to it.
 * - `init`: pid 1 or a caretaker that starts nothing of its own accord, or, like launchd, tells nobody what.
 * - `caretaker`: `tini` and its like: their oldest child is what the container is for.
 * - `application`: pid 1 that is no init system, or a program that was seen to adopt: it may as well have
 *   started the process itself, so something else has to say that it did not.
 */
export interface Reaper {
  readonly kind: 'manager' | 'init' | 'caretaker' | 'application';
  readonly name: string;
}

/** Whether a process adopts orphans: inferred from its row and from what the ledger saw, never assumed. */
export function reaperOf(table: ProcessTable, ledger: Ledger, record: ProcessRecord): Reaper | undefined {
  const reaper = record.pid === 1 ? initOf(record, table) : caretaker(record);
  if (reaper !== undefined) return reaper;
  if (ledger.adopters.size === 0 || !ledger.adopters.has(identityKey(identityOf(table, record))))
    return undefined;
  return { kind: 'application', name: programOf(record) };
}

function initOf(record: ProcessRecord, table: ProcessTable): Reaper | undefined {
  // Windows has no pid 1, and its kernel hands no child on.
  if (table.scan.machine.platform === 'win32') return undefined;
  const name = programOf(record);
  const names = [name, record.exe === undefined ? name : basename(record.exe), record.comm ?? name];
  if (names.some((one) => one === 'systemd')) return { kind: 'manager', name: 'systemd' };
  if (names.some((one) => INITS.test(one))) return { kind: 'init', name };
  if (names.some((one) => CARETAKERS.has(one))) return { kind: 'caretaker', name };
  return { kind: 'application', name };
}

function caretaker(record: ProcessRecord): Reaper | undefined {
  const comm = record.comm ?? '';
  if (comm.startsWith('Relay(') || comm === 'SessionLeader') return { kind: 'init', name: `${comm} of WSL` };
  const name = programOf(record);
  if (name === 'systemd' || comm === 'systemd') {
    return record.argv?.includes('--user') === true ? { kind: 'manager', name: 'systemd --user' } : undefined;
  }
  // WSL starts an /init for each session; its executable is that path whatever it calls itself.
  if (name === 'init' && (record.exe === '/init' || argv0(record) === '/init')) {
    return { kind: 'init', name: '/init of WSL' };
  }
  if (CARETAKERS.has(name) || CARETAKERS.has(comm)) return { kind: 'caretaker', name };
  return undefined;
}

/**
 * Known init systems, by program; WSL's is `init(Ubuntu)`. `init` alone is that of System V, Upstart, BusyBox
 * or WSL.
 */
const INITS =
  /^(init|init\(.*\)|launchd|openrc-init|runit|runit-init|runsvdir|s6-svscan|dinit|shepherd|finit|upstart|sysvinit)$/;
const CARETAKERS: ReadonlySet<string> = new Set([
  'tini',
  'tini-static',
  'dumb-init',
  'docker-init',
  'catatonit',
  'pause',
]);

function programOf(record: ProcessRecord): string {
  const name = argv0(record) ?? record.exe ?? record.comm;
  return name === undefined ? `pid ${record.pid}` : basename(name.split(' ')[0] ?? name);
}
