import { MARKER_NAMES } from '../../src/agents/catalogue/markers.js';
import type { ProcessRecord } from '../../src/process/record.js';
import type { Scan } from '../../src/process/scan.js';
import { createProcessTable, type ProcessTable } from '../../src/process/table.js';
import { type Expectation, treeFile } from './corpus.js';

interface RecordedProcess {
  pid: number;
  ppid: number;
  pgid: number;
  sid: number;
  tty: string;
  state: string;
  comm: string;
  exe: string | null;
  argv: string[];
  cwd: string | null;
  fds: Record<string, string>;
  env: Record<string, string>;
  threads: number;
  rss_kb: number;
  pss_kb: number;
  expect?: Expectation;
}

export interface RecordedTree {
  readonly table: ProcessTable;
  readonly expected: ReadonlyMap<number, Expectation>;
}

/** A recorded tree as a scan of procfs would have told it: environment by the allow-list, sizes in bytes. */
export function recordedTree(name: string): RecordedTree {
  const { processes } = JSON.parse(treeFile(name)) as { processes: RecordedProcess[] };
  return {
    table: tableOf(processes.map(toRecord)),
    expected: new Map(processes.flatMap(({ pid, expect }) => (expect === undefined ? [] : [[pid, expect]]))),
  };
}

/** A table of Linux with these processes. */
export function tableOf(processes: readonly ProcessRecord[], scan: Partial<Scan> = {}): ProcessTable {
  return createProcessTable({
    source: 'procfs',
    takenAt: Date.UTC(2026, 10, 20, 12),
    machine: { platform: 'linux', bootId: 'boot' },
    complete: true,
    problems: [],
    ...scan,
    processes,
  });
}

function toRecord(recorded: RecordedProcess): ProcessRecord {
  const { pid, ppid, pgid, sid, state, comm, argv, threads } = recorded;
  return {
    pid,
    ppid,
    pgid,
    sid,
    state,
    comm,
    argv,
    threads,
    exe: recorded.exe ?? undefined,
    tty: recorded.tty === '?' ? null : recorded.tty,
    rssBytes: recorded.rss_kb * 1024,
    detail: {
      cwd: recorded.cwd ?? undefined,
      pssBytes: recorded.pss_kb * 1024,
      fds: new Map(Object.entries(recorded.fds).map(([fd, target]) => [Number(fd), target])),
      markers: Object.fromEntries(Object.entries(recorded.env).filter(([name]) => MARKER_NAMES.has(name))),
    },
  };
}
