import { readlinkSync } from 'node:fs';
import type { Ledger } from '../../activity/ledger/ledger.js';
import { treeCpuUse } from '../../activity/tree-cpu.js';
import type { Settings } from '../../config/settings.js';
import { SesswatchError } from '../../errors.js';
import type { ProcessSource } from '../../process/scan.js';
import { procfsChildren, procfsLook } from '../../reap/execute/process-now.js';
import type { PlanFacts } from '../../reap/plan/context.js';
import { DEFAULT_POLICY, type Policy } from '../../reap/plan/policy/policy.js';
import type { ReapDeps } from '../../reap/reap.js';
import type { JudgedTable } from '../../verdict/judgement.js';
import type { CommonOptions, Invocation } from '../invocation.js';
import { edgesOf, judgeNow, redact } from '../look/look.js';
import { judgePolicy, stateFolder, type World } from '../look/world.js';
import { VERSION } from '../version.js';

/** What may be ended, by the settings. */
export function policyOf(settings: Settings): Policy {
  return {
    ...DEFAULT_POLICY,
    include: settings.include,
    idleSeconds: settings.idle,
    minAgeSeconds: settings.minAge,
    graceSeconds: settings.grace,
    maxTrees: settings.max,
    budgets: {
      treeMemoryBytes: settings.budgetTreeMemory,
      descriptors: settings.budgetDescriptors,
      sessions: settings.budgetSessions,
      cpuPercentFor: settings.budgetCpu,
    },
  };
}

/**
 * Everything that a reap takes from this machine.
 *
 * @throws SesswatchError `incomplete-scan` when the process table is that of another pid namespace
 */
export function reapDeps(
  invocation: Invocation,
  options: CommonOptions,
  world: World,
  abort: AbortSignal | undefined,
): ReapDeps {
  const { pid, uid, platform } = invocation;
  if (platform === 'linux') assertOwnNamespace(pid, world.source.name);
  // What the survey knew before this observation, for what was used since.
  let seen: { readonly ledger: Ledger; readonly judged: JudgedTable } | undefined;
  const { protect } = judgePolicy(world);
  const facts: PlanFacts = {
    protect,
    cpuUse: (of) =>
      seen === undefined ? undefined : treeCpuUse(seen.judged.table, seen.ledger, of, edgesOf(invocation, world).now()),
  };
  return {
    survey: async () => {
      seen = await judgeNow(invocation, options, world, { memory: true });
      return seen.judged;
    },
    source: world.source,
    lookNow: world.source.name === 'procfs' ? procfsLook() : undefined,
    childrenNow: world.source.name === 'procfs' ? procfsChildren() : undefined,
    kill: (target, signal) => void process.kill(target, signal),
    treeKill:
      platform === 'win32'
        ? async (target) => (await import('../../reap/execute/tree-kill.js')).treeKill(target)
        : undefined,
    now: () => performance.now(),
    wallClock: invocation.now,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    abort,
    self: { pid, uid },
    facts,
    stateFolder: stateFolder(invocation),
    version: VERSION,
    redact,
  };
}

/**
 * A procfs that is mounted for another pid namespace (`unshare --pid` without `--mount-proc`, a host's /proc in a
 * container) gives other numbers to the same processes, and signals go by ours. It may well show somebody else under
 * our own number, so that the table alone cannot tell. proc(5), pid_namespaces(7).
 */
function assertOwnNamespace(pid: number, source: ProcessSource['name']): void {
  let self: string | undefined;
  try {
    self = readlinkSync('/proc/self');
  } catch {
    // Without a procfs nobody reads one; in one that does not show us the link leads nowhere.
    if (source !== 'procfs') return;
  }
  if (self === `${pid}`) return;
  throw new SesswatchError(
    'incomplete-scan',
    'the process table of /proc is that of another pid namespace; nothing was ended',
    'mount a procfs for this one: mount -t proc proc /proc',
  );
}
