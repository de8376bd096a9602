import { entriesOfPid } from '../../../activity/ledger/ledger.js';
import { SesswatchError } from '../../../errors.js';
import type { Observation } from '../../../observe/observe.js';
import { type WhyDocument, whyText } from '../../../output/text/agents/why.js';
import type { ProcessEntry } from '../../../snapshot/document/document.js';
import { formatDuration, withArticle } from '../../../units.js';
import type { JudgedTable } from '../../../verdict/judgement.js';
import { type Command, type Invocation, printJson, printLines } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { documentOf, judgeNow, type LookRequest, revealOf, sampleOf } from '../../look/look.js';
import { planNow } from '../../look/plan-now.js';
import { openWorld, type World, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';

/** Everything known of one process, and what a reap would do about it. */
export const why: Command<{ readonly idle?: string }, readonly [pid: number]> = async (invocation, options, pid) => {
  const world = await openWorld(invocation, options, { idle: options.idle });
  const request = {
    all: true,
    memory: true,
    sampleSeconds: sampleOf(options),
    revealOf: revealOf(invocation, options),
  };
  const judgedNow = await judgeNow(invocation, options, world, request);
  const document = whyOf(world, judgedNow, request)(pid);
  if (document === undefined) throw noSuchProcess(invocation, judgedNow, pid);
  if (options.json === true) printJson(invocation, document);
  else printLines(invocation, whyText(document, await styleOf(invocation, world), widthOf(invocation, options)));
  return completeness(invocation, judgedNow.judged.table.scan);
};

/** Everything known of one process of an observation; `undefined` for one that is not in it. */
export function whyOf(
  world: World,
  judgedNow: Observation,
  request: LookRequest,
): (pid: number) => WhyDocument | undefined {
  const { processes } = documentOf(judgedNow, { ...world, agentNames: undefined }, request);
  const entries = new Map(processes.map((one) => [one.pid, one]));
  return (pid) => whyOne(world, judgedNow, entries, pid);
}

function whyOne(
  world: World,
  judgedNow: Observation,
  entries: ReadonlyMap<number, ProcessEntry>,
  pid: number,
): WhyDocument | undefined {
  const { judged } = judgedNow;
  const process = entries.get(pid);
  if (process === undefined) return undefined;
  const entriesFor = (records: readonly { readonly pid: number }[]) =>
    records.flatMap((record) => entries.get(record.pid) ?? []);
  const leader = process.leader === pid ? undefined : entries.get(process.leader ?? -1);
  return {
    schema: 'sesswatch/why/1',
    takenAt: new Date(judged.table.scan.takenAt).toISOString(),
    process,
    ancestors: entriesFor(judged.table.ancestors(pid)),
    descendants: entriesFor(judged.table.descendants(pid)),
    leader,
    chain: chainOf(judged, pid),
    reason: process.reason,
    reap: reapAnswer(world, judgedNow, pid),
    notes: judged.notes,
  };
}

/** The owner, or the point at which the chain to one breaks. */
function chainOf({ judgements }: JudgedTable, pid: number): string {
  const judgement = judgements.get(pid);
  if (judgement === undefined) return 'not asked: it belongs to no agent';
  const { owner } = judgement;
  if (owner !== undefined)
    return owner.pid === undefined
      ? `${owner.name}, ${withArticle(owner.kind)}`
      : `${owner.name}(${owner.pid}), ${withArticle(owner.kind)}`;
  const broken = judgement.evidence.find((one) => one.kind === 'no-owner' || one.kind === 'owner-lost');
  return broken === undefined ? 'none is known' : `none: ${broken.text}`;
}

/** By the very plan that a reap makes; of a helper that the plan does not name, by its agent. */
function reapAnswer(world: World, judgedNow: Observation, pid: number): WhyDocument['reap'] {
  const { judged, self } = judgedNow;
  if (self === undefined) return { would: false, reason: 'nothing recorded can be reaped' };
  if (!judged.members.has(pid)) return { would: false, reason: 'it belongs to no agent' };
  if (!judged.table.scan.complete) return { would: false, reason: 'the scan is incomplete' };
  const plan = planNow({ ...world, agentNames: undefined }, judgedNow);
  const target = plan?.targets.find((one) => one.processes.some(({ identity }) => identity.pid === pid));
  if (target !== undefined) return { would: true, reason: target.reason };
  const leader = judged.members.get(pid)?.leader;
  for (const one of [pid, leader]) {
    const kept = plan?.kept.find(({ identity }) => identity.pid === one);
    if (kept === undefined) continue;
    const flag = kept.liftedBy === undefined ? '' : ` (${kept.liftedBy})`;
    const reason = `${kept.reason}${flag}`;
    return { would: false, reason: one === pid ? reason : `its agent ${one} is kept: ${reason}` };
  }
  return { would: false, reason: judged.judgements.get(pid)?.reason ?? 'nothing argues for it' };
}

function noSuchProcess(invocation: Invocation, { ledger }: Observation, pid: number): SesswatchError {
  const [last] = [...entriesOfPid(ledger, pid)].sort((a, b) => b.lastSeen - a.lastSeen);
  if (last === undefined) {
    return new SesswatchError('usage', `there is no process ${pid}`, 'sesswatch ps --all lists what belongs to agents');
  }
  const ago = formatDuration((invocation.now() - last.lastSeen) / 1000);
  const who = [last.agent, last.role].filter((part) => part !== undefined).join(' ');
  const what = last.summary === undefined ? who : `${who}, ${last.summary}`;
  return new SesswatchError('usage', `there is no process ${pid} any more`, `last seen ${ago} ago: ${what}`);
}
