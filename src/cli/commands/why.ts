import { entriesOfPid } from '../../activity/ledger/ledger.js';
import { SesswatchError } from '../../errors.js';
import { type WhyDocument, whyText } from '../../output/text/why.js';
import { plan } from '../../reap/plan/plan.js';
import { DEFAULT_POLICY } from '../../reap/plan/policy.js';
import { toEntry } from '../../snapshot/document/capture.js';
import { formatDuration, withArticle } from '../../units.js';
import type { JudgedTable } from '../../verdict/judgement.js';
import { completeness } from '../completeness.js';
import { type Command, type Invocation, printJson, printLines } from '../invocation.js';
import { type Judged, judgeNow, redact } from '../look.js';
import { policyOf } from '../reap-world.js';
import { styleOf } from '../style.js';
import { openWorld, type World, widthOf } from '../world.js';

/** Everything known of one process, and why it would or would not be reaped. */
export const why: Command<{ readonly idle?: string }, readonly [pid: number]> = async (
  invocation,
  options,
  pid,
) => {
  const world = await openWorld(invocation, options, { idle: options.idle });
  const judgedNow = await judgeNow(invocation, options, world);
  const { judged } = judgedNow;
  const record = judged.table.get(pid);
  if (record === undefined) throw noSuchProcess(invocation, judgedNow, pid);

  const entry = (of: NonNullable<typeof record>) =>
    toEntry(of, { agents: judged, judgements: judged.judgements, redact });
  const judgement = judged.judgements.get(pid);
  const document: WhyDocument = {
    schema: 'sesswatch/why/1',
    takenAt: new Date(judged.table.scan.takenAt).toISOString(),
    process: entry(record),
    ancestors: judged.table.ancestors(pid).map(entry),
    descendants: judged.table.descendants(pid).map(entry),
    chain: chainOf(judged, pid),
    reason: judgement?.reason,
    reap: reapAnswer(world, judgedNow, pid),
    notes: judged.notes,
  };
  if (options.json === true) printJson(invocation, document);
  else
    printLines(invocation, whyText(document, await styleOf(invocation, world), widthOf(invocation, options)));
  return completeness(invocation, judged.table.scan);
};

/** The owner, or the point at which the chain to one breaks. */
function chainOf({ judgements }: JudgedTable, pid: number): string {
  const judgement = judgements.get(pid);
  if (judgement === undefined) return 'not asked: it belongs to no agent';
  const { owner } = judgement;
  if (owner !== undefined)
    return owner.pid === undefined
      ? `${owner.name} (${owner.kind})`
      : `${owner.name}(${owner.pid}), ${withArticle(owner.kind)}`;
  const broken = judgement.evidence.find((one) => one.kind === 'no-owner' || one.kind === 'owner-lost');
  return broken === undefined ? 'none is known' : `none: ${broken.text}`;
}

function reapAnswer(world: World, { judged, self }: Judged, pid: number): WhyDocument['reap'] {
  if (self === undefined) return { would: false, reason: 'nothing recorded can be reaped' };
  if (!judged.members.has(pid)) return { would: false, reason: 'it belongs to no agent' };
  if (!judged.table.scan.complete) return { would: false, reason: 'the scan is incomplete' };
  const policy = {
    ...policyOf(world.settings),
    maxTrees: Number.POSITIVE_INFINITY,
    agents: DEFAULT_POLICY.agents,
  };
  const { targets, kept } = plan(judged, policy, { pid: self.pid, uid: self.uid });
  const target = targets.find((one) => one.processes.some((process) => process.identity.pid === pid));
  if (target !== undefined) return { would: true, reason: target.reason };
  const found = kept.find((one) => one.identity.pid === pid);
  return {
    would: false,
    reason: found?.reason ?? judged.judgements.get(pid)?.reason ?? 'nothing argues for it',
  };
}

function noSuchProcess(invocation: Invocation, { ledger }: Judged, pid: number): SesswatchError {
  const [last] = [...entriesOfPid(ledger, pid)].sort((a, b) => b.lastSeen - a.lastSeen);
  if (last === undefined) {
    return new SesswatchError(
      'usage',
      `there is no process ${pid}`,
      'sesswatch ps --all lists what belongs to agents',
    );
  }
  const ago = formatDuration((invocation.now() - last.lastSeen) / 1000);
  const who = [last.agent, last.role].filter((part) => part !== undefined).join(' ');
  const what = last.summary === undefined ? who : `${who}, ${last.summary}`;
  return new SesswatchError('usage', `there is no process ${pid} any more`, `last seen ${ago} ago: ${what}`);
}
