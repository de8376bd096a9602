import type { Scan } from '../../process/scan.js';
import { createProcessTable } from '../../process/table.js';
import type { JudgedTable } from '../../verdict/judgement.js';
import type { Target } from '../plan/target.js';
import { type Execution, failed, interrupted } from './execute.js';
import { outcomesOf } from './outcome.js';
import type { SignalSent } from './signal.js';
import { track } from './tracking.js';

export interface WindowsDeps {
  /** Ends the tree below a pid, as {@link treeKill}. */
  readonly treeKill: (pid: number) => Promise<void>;
  readonly scan: () => Promise<Scan>;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly record: (sent: SignalSent) => void;
  readonly abort?: AbortSignal | undefined;
}

/**
 * Ends the targets where there are no signals: hands each root, verified once more, to `taskkill /T /F` and verifies
 * by new scans. `taskkill` chooses the tree by itself, so a target is left alone when its choice would be another
 * than ours: when something below the root was to be leftOut, or a process names a member as its parent that is older
 * than that member (Windows never rewrites a parent's pid, so after the pid was used again a stranger hangs there).
 */
export async function executeByTreeKill(
  targets: readonly Target[],
  judged: JudgedTable,
  deps: WindowsDeps,
): Promise<Execution> {
  const tracking = track(targets, judged.table);
  const begun = deps.now();
  let stopped: Execution['stopped'];
  for (const [tree, target] of targets.entries()) {
    const members = tracking.all.filter((one) => one.tree === tree);
    if (deps.abort?.aborted === true) {
      stopped = interrupted(deps.abort);
      break;
    }
    let scan: Scan;
    try {
      scan = await deps.scan();
    } catch (cause) {
      stopped = failed('scan-failed', cause);
      break;
    }
    const table = createProcessTable(scan);
    if (!scan.complete) {
      stopped = failed('scan-failed', new Error(scan.problems[0]?.what ?? 'the scan is incomplete'));
      break;
    }
    tracking.observe(table, deps.now());
    const root = members.find(({ process }) => process.identity.pid === target.root.identity.pid);
    if (root === undefined || root.fate !== 'there') continue;
    const stranger = strangerBelow(target, scan);
    const reason = target.leftOut.length > 0 ? 'something below it is to be left alone' : stranger;
    if (reason !== undefined) {
      for (const one of members) one.keptBecause = `${reason}, and taskkill would end it too`;
      continue;
    }
    try {
      const detail = 'taskkill /T /F';
      deps.record({ process: target.root, step: 'kill', signal: 'SIGKILL', result: 'sending', detail });
    } catch (cause) {
      stopped = failed('journal-failed', cause);
      break;
    }
    for (const one of members) {
      one.killed = true;
      one.signalledAt = deps.now();
    }
    try {
      await deps.treeKill(target.root.identity.pid);
    } catch {
      // Its exit code says little (a child that ended by itself is an error to it): the scans below tell.
    }
  }
  await verify(tracking, deps);
  return { outcomes: outcomesOf(targets, tracking.all, begun), stopped };
}

/** A process that hangs below the tree by its parent's number alone, or was born too late to be judged. */
function strangerBelow(target: Target, scan: Scan): string | undefined {
  const pids = new Set(target.processes.map(({ identity }) => identity.pid));
  const stranger = scan.processes.find(({ pid, ppid }) => ppid !== undefined && pids.has(ppid) && !pids.has(pid));
  return stranger === undefined ? undefined : `${stranger.pid} names a member as its parent and was not judged with it`;
}

async function verify(tracking: ReturnType<typeof track>, deps: WindowsDeps): Promise<void> {
  const begun = deps.now();
  for (let pause = 50; ; pause *= 2) {
    try {
      const scan = await deps.scan();
      if (scan.complete) tracking.observe(createProcessTable(scan), deps.now());
    } catch {
      // The next look may succeed; until then whoever was there counts as there.
    }
    if (tracking.all.every((one) => one.fate !== 'there' || !one.killed)) return;
    if (deps.now() - begun > VERIFY_MS) return;
    await deps.wait(pause);
  }
}

const VERIFY_MS = 3000;
