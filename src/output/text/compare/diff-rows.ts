import { isCounted, type Role } from '../../../agents/membership.js';
import { isChanged } from '../../../snapshot/diff/diff.js';
import type { Leak, SnapshotDiff, StayedProcess } from '../../../snapshot/diff/document.js';
import type { ProcessEntry } from '../../../snapshot/document/document.js';
import { bytesChange, formatBytes, formatBytesDelta } from '../../../units.js';
import { harmless } from '../../harmless.js';
import { sessionNames, shortId } from '../agents/process-list.js';

/** One process of a diff as people read it; cells are safe to print. */
export interface DiffRow {
  readonly pid: number;
  readonly change: 'appeared' | 'gone' | 'stayed' | 'changed' | 'leaked';
  readonly agent: string;
  readonly role?: Role | undefined;
  readonly session: string;
  readonly verdict: string;
  readonly ageSeconds: number | undefined;
  readonly memory: string;
  readonly owner: string;
  /** What happened to it, in words. */
  readonly what: string;
}

/** Leaks first, then what changed, appeared, went; within these by agent and session, each agent above its helpers. */
export function diffRows(diff: SnapshotDiff, all: boolean): DiffRow[] {
  const leaks = new Map(diff.leaks.map((leak) => [leak.process, leak]));
  const staying = diff.stayed.filter((one) => all || isChanged(one) || leaks.has(one.process));
  const rows: [ProcessEntry, DiffRow][] = [
    ...diff.appeared.map((process): [ProcessEntry, DiffRow] => [
      process,
      rowOf(process, leaks.has(process) ? 'leaked' : 'appeared', '', leaks.get(process)?.text ?? ''),
    ]),
    ...diff.gone.map((process): [ProcessEntry, DiffRow] => [process, rowOf(process, 'gone', '', '')]),
    ...staying.map((one): [ProcessEntry, DiffRow] => [one.process, stayedRow(one, leaks.get(one.process))]),
  ];
  return grouped(rows);
}

/** The leaked processes alone. */
export function leakRows(diff: SnapshotDiff): DiffRow[] {
  const stayed = new Map(diff.stayed.map((one) => [one.process, one]));
  return grouped(
    diff.leaks.map((leak): [ProcessEntry, DiffRow] => {
      const one = stayed.get(leak.process);
      return [leak.process, one === undefined ? rowOf(leak.process, 'leaked', '', leak.text) : stayedRow(one, leak)];
    }),
  );
}

function stayedRow(one: StayedProcess, leak: Leak | undefined): DiffRow {
  const { process } = one;
  const memory =
    one.rssBefore === undefined || process.rssBytes === undefined ? '' : bytesChange(one.rssBefore, process.rssBytes);
  const change = leak !== undefined ? 'leaked' : isChanged(one) ? 'changed' : 'stayed';
  const what = [...(leak === undefined ? [] : [leak.text]), ...changesOf(one)].join('; ');
  return rowOf(process, change, memory, what);
}

/** What changed about a process that stayed, a phrase each. */
function changesOf(one: StayedProcess): string[] {
  const { parentChanged, roleChanged, sessionChanged, verdictChanged, programChanged } = one;
  const name = (of: { pid: number; name?: string | undefined } | undefined): string =>
    of?.name === undefined ? `${of?.pid}` : `${of.name}(${of.pid})`;
  return [
    ...(parentChanged === undefined ? [] : [`parent ${name(parentChanged.from)} → ${name(parentChanged.to)}`]),
    ...(roleChanged === undefined ? [] : [`role ${roleChanged.from ?? 'none'} → ${roleChanged.to ?? 'none'}`]),
    ...(sessionChanged === undefined
      ? []
      : [`session ${shortId(sessionChanged.from)} → ${shortId(sessionChanged.to)}`]),
    ...(verdictChanged === undefined ? [] : [`${verdictChanged.from} → ${verdictChanged.to}`]),
    ...(programChanged === undefined ? [] : [`runs ${programChanged.to}, was ${programChanged.from}`]),
    ...deltasOf(one),
  ];
}

function deltasOf(one: StayedProcess): string[] {
  const signed = (value: number): string => (value > 0 ? `+${value}` : String(value));
  const delta = (value: number | undefined, what: string): string[] =>
    value === undefined || value === 0 ? [] : [`${signed(value)} ${what}`];
  const cpu = one.cpuDelta === undefined ? 0 : Math.round(one.cpuDelta * 10) / 10;
  return [
    ...delta(one.threadsDelta, 'threads'),
    ...delta(one.descriptorsDelta, 'descriptors'),
    ...delta(one.childrenDelta, 'children'),
    ...(cpu > 0 ? [`${cpu} s CPU`] : []),
  ];
}

function rowOf(process: ProcessEntry, change: DiffRow['change'], memory: string, what: string): DiffRow {
  const { owner } = process;
  return {
    pid: process.pid,
    change,
    agent: harmless(process.agent ?? process.comm ?? '-'),
    role: process.role,
    // Told apart from the others of the list by `grouped`.
    session: '-',
    verdict: process.verdict ?? '-',
    ageSeconds: process.ageSeconds,
    memory:
      memory !== ''
        ? memory
        : change === 'gone'
          ? formatBytesDelta(process.rssBytes === undefined ? undefined : -process.rssBytes)
          : formatBytes(process.rssBytes),
    owner: owner === undefined ? '-' : harmless(owner.pid === undefined ? owner.name : `${owner.name} (${owner.pid})`),
    what: harmless(what),
  };
}

const CHANGES: readonly DiffRow['change'][] = ['leaked', 'changed', 'appeared', 'gone', 'stayed'];

function grouped(rows: readonly (readonly [ProcessEntry, DiffRow])[]): DiffRow[] {
  const key = ([process, { change }]: readonly [ProcessEntry, DiffRow]): string =>
    [
      CHANGES.indexOf(change),
      // Helpers of no known agent come last.
      process.agent ?? '\uffff',
      process.sessionId ?? `\uffff${String(process.leader ?? process.pid).padStart(10, '0')}`,
      isCounted(process) ? '0' : '1',
      String(process.pid).padStart(10, '0'),
    ].join('\0');
  const sessionName = sessionNames(rows.map(([process]) => process.sessionId));
  return [...rows]
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(([process, row]) => ({ ...row, session: sessionName(process.sessionId) }));
}
