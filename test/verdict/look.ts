import { readFileSync } from 'node:fs';
import os from 'node:os';
import { EMPTY_LEDGER, type Ledger } from '../../src/activity/ledger/ledger.js';
import type { Moment } from '../../src/activity/moment.js';
import { systemFiles } from '../../src/activity/readers/system-files.js';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import { MARKER_NAMES } from '../../src/agents/catalogue/markers.js';
import type { RegistryEntry } from '../../src/agents/resolve/registry.js';
import type { Conclusion } from '../../src/observe/conclude.js';
import { judgeSeen } from '../../src/observe/observe.js';
import { seeAgents } from '../../src/observe/scan-agents.js';
import type { ProcessSource } from '../../src/process/scan.js';
import { createPortableSource } from '../../src/process/sources/portable.js';
import { createProcfsSource } from '../../src/process/sources/procfs/procfs.js';
import { createPsSource } from '../../src/process/sources/ps/ps.js';
import { runTool } from '../../src/process/sources/run-tool.js';
import type { JudgePolicy } from '../../src/verdict/input.js';
import type { Judgement } from '../../src/verdict/judgement.js';

export const SOURCES = ['procfs', 'ps', 'portable'] as const;
export type TestedSource = (typeof SOURCES)[number];

export interface LookOptions {
  readonly source?: TestedSource;
  readonly ledger?: Ledger;
  readonly now?: Moment;
  readonly policy?: Partial<JudgePolicy>;
  readonly registry?: ReadonlyMap<number, RegistryEntry>;
}

/** Judges the processes of this machine, as the commands do. */
export async function look(options: LookOptions = {}): Promise<Conclusion> {
  const source = sourceOf(options.source ?? 'procfs');
  const agents = await seeAgents({
    source,
    catalogue: CATALOGUE,
    look: ['user', 'cwd', 'fds', 'markers', 'cgroup'],
  });
  return judgeSeen(
    {
      agents,
      ledger: options.ledger ?? EMPTY_LEDGER,
      self: {
        pid: process.pid,
        uid: process.getuid?.(),
        ancestors: new Set(agents.table.ancestors(process.pid).map(({ pid }) => pid)),
      },
      policy: { idleSeconds: 1800, protect: [], allUsers: false, ...options.policy },
      now: options.now ?? { at: agents.table.scan.takenAt },
    },
    {
      source,
      run: runTool,
      files: systemFiles,
      home: process.env.HOME,
      registry: options.registry ?? new Map(),
    },
  );
}

/** The judgement on one pid; fails with who was judged when it has none. */
export function judgementOf({ judged }: Conclusion, pid: number): Judgement {
  const judgement = judged.judgements.get(pid);
  if (judgement !== undefined) return judgement;
  const row = judged.table.get(pid);
  throw new Error(`${pid} was not judged: ${JSON.stringify(row?.argv ?? 'it is not in the table')}`);
}

function sourceOf(name: TestedSource): ProcessSource {
  const machine = {
    hostname: os.hostname(),
    platform: process.platform,
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  };
  const common = { machine, now: Date.now, selfPid: process.pid };
  switch (name) {
    case 'procfs':
      return createProcfsSource({ ...common, markers: MARKER_NAMES });
    case 'ps':
      return createPsSource({ ...common, run: runTool, platform: process.platform });
    case 'portable':
      return createPortableSource(common);
  }
}
