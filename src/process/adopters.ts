import { argv0, basename, type ProcessRecord } from './record.js';
import type { ProcessTable } from './table.js';

/**
 * A process that gets the children of those that end, so that being its child is no proof of having an owner.
 *
 * - `manager`: a service manager. What it supervises is in a service's cgroup; the rest was orphaned to it.
 * - `init`: pid 1 that starts nothing of its own accord, or, like launchd, tells nobody what.
 * - `caretaker`: `tini` and its like: their oldest child is what the container is for.
 * - `application`: pid 1 that is no init system, or a program that was seen to adopt: it may as well have
 *   started the process itself, so something else has to say that it did not.
 */
export interface Adopter {
  readonly kind: 'manager' | 'init' | 'caretaker' | 'application';
  readonly name: string;
}

/** Whether a process adopts orphans, as far as its row tells. Any program may: prctl(2), PR_SET_CHILD_SUBREAPER. */
export function adopterByRow(record: ProcessRecord, platform: NodeJS.Platform | undefined): Adopter | undefined {
  return record.pid === 1 ? pidOne(record, platform) : subreaper(record);
}

/** Whether a process has lost the parent that started it, as far as the table alone can tell. */
export function isAdopted(table: ProcessTable, pid: number): boolean {
  const parent = table.parent(pid);
  return parent === undefined || adopterByRow(parent, table.scan.machine.platform) !== undefined;
}

function pidOne(record: ProcessRecord, platform: NodeJS.Platform | undefined): Adopter | undefined {
  // Windows has no pid 1, and its kernel hands no child on.
  if (platform === 'win32') return undefined;
  const name = programOf(record);
  const names = [name, record.exe === undefined ? name : basename(record.exe), record.comm ?? name];
  if (names.includes('systemd')) return { kind: 'manager', name: 'systemd' };
  if (names.some((one) => INITS.test(one))) return { kind: 'init', name };
  if (names.some((one) => CARETAKERS.has(one))) return { kind: 'caretaker', name };
  return { kind: 'application', name };
}

/** Not pid 1 here: a person's own manager, WSL's relays, the first process of a container seen from outside. */
function subreaper(record: ProcessRecord): Adopter | undefined {
  const comm = record.comm ?? '';
  if (comm.startsWith('Relay(') || comm === 'SessionLeader') return { kind: 'init', name: `${comm} of WSL` };
  const name = programOf(record);
  if (name === 'systemd' || comm === 'systemd') {
    const isOfUser = record.argv?.includes('--user') === true;
    return { kind: 'manager', name: isOfUser ? 'systemd --user' : 'systemd' };
  }
  if (name === 'init') {
    // WSL starts an /init for each session; its executable is that path whatever it calls itself.
    if (record.exe === '/init' || argv0(record) === '/init') return { kind: 'init', name: '/init of WSL' };
    if (INIT_PROGRAM.test(argv0(record) ?? comm)) return { kind: 'init', name };
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
/** `init` of the system, and no `./init` of somebody's project. */
const INIT_PROGRAM = /^(?:(?:\/usr)?\/s?bin\/)?init$/;
const CARETAKERS: ReadonlySet<string> = new Set([
  'tini',
  'tini-static',
  'dumb-init',
  'docker-init',
  'catatonit',
  'pause',
]);

/** Name of the program without its arguments, for messages too. */
export function programOf(record: ProcessRecord): string {
  const name = argv0(record) ?? record.exe ?? record.comm;
  return name === undefined ? `pid ${record.pid}` : basename(name.split(' ')[0] ?? name);
}
