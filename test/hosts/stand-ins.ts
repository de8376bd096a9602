import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { EMPTY_LEDGER } from '../../src/activity/ledger/ledger.js';
import { systemFiles } from '../../src/activity/readers/system-files.js';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import { MARKER_NAMES } from '../../src/agents/catalogue/markers.js';
import type { AgentTable } from '../../src/agents/membership.js';
import { beliefsOf, type HostBeliefs } from '../../src/hosts/compare/beliefs.js';
import type { Comparison } from '../../src/hosts/compare/compare.js';
import { type HostEntry, type HostsDocument, hostReport } from '../../src/hosts/compare/report.js';
import type { HostPlace } from '../../src/hosts/host.js';
import { type LookAtHostsRequest, lookAtHosts } from '../../src/hosts/read-hosts.js';
import { readPorts } from '../../src/hosts/registries/ports.js';
import { createHostReaders } from '../../src/hosts/registries/readers.js';
import { judgeSeen } from '../../src/observe/observe.js';
import { seeAgents } from '../../src/observe/scan-agents.js';
import type { ProcessSource } from '../../src/process/scan.js';
import { createProcfsSource } from '../../src/process/sources/procfs/procfs.js';
import { runTool } from '../../src/process/sources/run-tool.js';
import type { JudgedTable } from '../../src/verdict/judgement.js';
import { type Seen, type Stage, statOf } from '../kit/processes.js';

const HOSTS = path.resolve(import.meta.dirname, '../../fixtures/hosts');

/** A stand-in host that runs, with a home folder of its own. */
export interface StandInHost {
  readonly home: string;
  readonly processes: ReadonlyMap<string, Seen>;
  /** Names of processes, or ids of sessions, that it says it leaked. */
  readonly leaked: readonly string[];
  pid(name: string): number;
}

/** Starts `fixtures/hosts/<name>/host.mjs`; all its processes come under the stage's care. */
export async function startHost(stage: Stage, name: string, ...flags: string[]): Promise<StandInHost> {
  const home = mkdtempSync(path.join(stage.folder, 'home-'));
  const program = path.join(HOSTS, name, 'host.mjs');
  const child = spawn(process.execPath, [program, '--home', home, ...flags], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, HOME: home },
  });
  stage.onClose(async () => {
    const over = new Promise((resolve) => child.once('close', resolve));
    child.stdin.destroy();
    if (child.exitCode === null && child.signalCode === null) await over;
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject).once('close', () => reject(new Error(`the stand-in for ${name} ended`)));
  });
  const told: { processes: ({ name: string } & Seen)[]; leaked: string[] } = JSON.parse(line);
  for (const one of told.processes) stage.register(one);
  const processes = new Map(told.processes.map(({ name, ...seen }) => [name, seen]));
  return {
    home,
    processes,
    leaked: told.leaked,
    pid(wanted) {
      const one = processes.get(wanted);
      if (one === undefined) throw new Error(`${name} has no process ${wanted}`);
      return one.pid;
    },
  };
}

export interface LookOptions extends Partial<Pick<LookAtHostsRequest, 'probe' | 'earlier' | 'isWanted' | 'custom'>> {
  /** How much later than now the scan takes itself to be, so that no test waits for a grace. */
  readonly laterMs?: number;
  readonly tmuxTimeoutMs?: number;
  /** As another source than procfs would see it. */
  readonly withoutMarkers?: boolean;
  /** Variables of the one who looks. */
  readonly env?: HostPlace['env'];
}

export interface Looked {
  /** Verdicts on the same table, with what the hosts say. */
  judge(): Promise<JudgedTable>;
  readonly agents: AgentTable;
  readonly comparisons: readonly Comparison[];
  readonly document: HostsDocument;
  readonly beliefs: HostBeliefs;
  entry(name: string): HostEntry;
}

/**
 * Looks at real processes as the command does, but at these alone: tests run side by side, each with hosts of
 * its own.
 */
export async function lookAt(
  home: string,
  pids: Iterable<number>,
  { laterMs = 120_000, env = {}, withoutMarkers = false, tmuxTimeoutMs = 10_000, ...more }: LookOptions = {},
): Promise<Looked> {
  const source = onlyThese(new Set([...ourselves(), ...pids]), laterMs);
  const agents = await seeAgents({
    source,
    catalogue: CATALOGUE,
    look: withoutMarkers ? ['argv', 'user'] : ['argv', 'user', 'cwd', 'fds', 'markers'],
    readRegistry: () => new Map(),
  });
  const temporary = path.join(home, 'temporary');
  mkdirSync(temporary, { recursive: true });
  const comparisons = await lookAtHosts({
    agents,
    detail: source.detail,
    places: [{ home, owner: process.getuid?.(), env }],
    readersOf: ({ owner }) =>
      createHostReaders({
        owner,
        sqlite: { temporary },
        tmux: { temporary: path.join(home, 'tmux'), uid: owner, timeoutMs: tmuxTimeoutMs },
        platform: process.platform,
      }),
    ports: () => readPorts('/proc'),
    ...more,
  });
  const document = hostReport(comparisons, agents.table.scan.takenAt);
  const beliefs = beliefsOf(comparisons);
  return {
    agents,
    comparisons,
    document,
    beliefs,
    async judge() {
      const { judged } = await judgeSeen(
        {
          agents,
          ledger: EMPTY_LEDGER,
          self: { pid: process.pid, uid: process.getuid?.(), ancestors: new Set(ourselves()) },
          policy: { idleSeconds: 0, protect: [], allUsers: false },
          hosts: beliefs,
          now: { at: agents.table.scan.takenAt },
        },
        { source, run: runTool, files: systemFiles, home, registry: new Map() },
      );
      return judged;
    },
    entry(name) {
      const entry = document.hosts.find((one) => one.name === name);
      if (entry === undefined) throw new Error(`${name} is not among ${document.hosts.map((one) => one.name)}`);
      return entry;
    },
  };
}

/** Looks at a stand-in host and its processes. */
export function lookAtHost(host: StandInHost, options?: LookOptions): Promise<Looked> {
  return lookAt(
    host.home,
    [...host.processes.values()].map(({ pid }) => pid),
    options,
  );
}

/** The test itself and everything above it, down from pid 1: without them every process looks parentless. */
function ourselves(): number[] {
  const found: number[] = [];
  for (let pid = process.pid; pid > 0; pid = statOf(pid)?.ppid ?? 0) found.push(pid);
  return found;
}

function onlyThese(pids: ReadonlySet<number>, laterMs: number): ProcessSource {
  const source = createProcfsSource({
    selfPid: process.pid,
    machine: { platform: process.platform, hostname: 'test' },
    markers: MARKER_NAMES,
    now: () => Date.now() + laterMs,
  });
  return {
    ...source,
    async scan(request) {
      const scan = await source.scan(request);
      return { ...scan, processes: scan.processes.filter(({ pid }) => pids.has(pid)) };
    },
  };
}
