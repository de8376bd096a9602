import { childId, readingOf } from '../activity/agent-reading.js';
import { type Activity, type ActivityReading, concludeActivity } from '../activity/conclude.js';
import { type BurnMark, burning } from '../activity/runaway.js';
import { isCounted, type Membership } from '../agents/membership.js';
import type { ZombieAgent } from '../agents/resolve/zombies.js';
import { NO_BELIEFS } from '../hosts/compare/beliefs.js';
import type { ProcessRecord } from '../process/record.js';
import { heldTerminal, type TableContext } from './context.js';
import { type Examined, factsOf } from './facts.js';
import { generationsOf, type Use } from './generations.js';
import type { JudgeContext, JudgeInput } from './input.js';
import { judge } from './judge.js';
import type { JudgedTable, Judgement } from './judgement.js';
import { servesHttp } from './left-behind.js';
import { openContext } from './open-context.js';
import { ownerSearch } from './owner/find-owner.js';
import { youngerHolders } from './same-session.js';

/** One process with its judgement and what it rests on. */
export interface Concluded extends Examined {
  readonly judgement: Judgement;
  /** Of agents only. */
  readonly reading?: ActivityReading | undefined;
  readonly burn?: BurnMark | undefined;
}

/** A judged table with how each judgement came about, for the next run. */
export interface TableConclusion {
  readonly judged: JudgedTable;
  readonly context: TableContext;
  /** By pid; without zombies. */
  readonly concluded: readonly Concluded[];
}

/** A verdict for each agent process and its helpers. Pure. */
export function judgeTable(input: JudgeInput): JudgedTable {
  return concludeTable(input).judged;
}

/** The same, with how it came about. Pure. */
export function concludeTable(input: JudgeInput): TableConclusion {
  const { agents } = input;
  const context = openContext(agents, input.ledger, input.around);
  const judging: JudgeContext = {
    ...input,
    context,
    hosts: input.hosts ?? NO_BELIEFS,
    younger: youngerHolders(agents),
  };
  const findOwner = ownerSearch(context);
  const judgements = new Map<number, Judgement>();
  const concluded: Concluded[] = [];
  for (const [pid, member] of [...agents.members].sort(([a], [b]) => a - b)) {
    const record = agents.table.get(pid);
    if (record === undefined) continue;
    const work = workOf(judging, record, member);
    const tty = heldTerminal(agents.table, record);
    const { mark: burn, runaway } = burning({ ...record, tty }, context.entry(record)?.burn, input.now);
    const examined = { record, member, finding: findOwner(record, member), ...work, runaway };
    const judgement = judge(factsOf(judging, examined));
    judgements.set(pid, judgement);
    if (record.state !== 'Z') concluded.push({ ...examined, judgement, burn });
  }
  for (const zombie of input.zombies ?? []) {
    const record = agents.table.get(zombie.pid);
    if (record === undefined || judgements.has(zombie.pid)) continue;
    const member = formerMember(zombie);
    judgements.set(zombie.pid, judge(factsOf(judging, { record, member, finding: findOwner(record, member) })));
  }
  const { generations, notes: older } = generationsOf(agents, judgements, useOf(judging, concluded));
  for (const [pid, note] of older) {
    const judgement = judgements.get(pid);
    if (judgement !== undefined) judgements.set(pid, { ...judgement, evidence: [...judgement.evidence, note] });
  }
  const notes = [...(input.notes ?? []), ...judging.hosts.notes, ...aboutApplications(concluded)];
  return { judged: { ...agents, judgements, generations, notes }, context, concluded };
}

/** By its standard input, and by what the look at its agent saw of it. */
function useOf({ around }: JudgeContext, concluded: readonly Concluded[]): (record: ProcessRecord) => Use {
  const marks = concluded.flatMap(({ activity }) => activity?.children ?? []);
  const stillSince = new Map(marks.map((mark) => [mark.id, mark.stillSince?.at]));
  return (record) => ({
    // A server that clients come to over the network needs nobody at its stdin.
    isClosed:
      around?.stdio.get(record.pid)?.get(0)?.state === 'closed' &&
      !servesHttp(record) &&
      (around.listeners?.get(record.pid)?.length ?? 0) === 0,
    stillSince: stillSince.get(childId(record)),
  });
}

/** What a zombie was, as far as its name tells. */
function formerMember({ pid, agent }: ZombieAgent): Membership {
  return { pid, agent, role: 'session', via: 'self', because: 'the kernel kept its name' };
}

function aboutApplications(concluded: readonly Concluded[]): string[] {
  const names = new Set(concluded.flatMap(({ finding }) => finding.application ?? []));
  return [...names].map(
    (name) =>
      `${name} takes in orphans here and starts programs too, so being its child proves nothing: only what was seen before, a dead group or session leader, a closed stdin or a gone terminal does`,
  );
}

function workOf(
  judging: JudgeContext,
  record: ProcessRecord,
  member: Membership,
): { readonly reading?: ActivityReading; readonly activity?: Activity } {
  if (!isCounted(member) || record.state === 'Z') return {};
  const reading = readingOf(judging.context.agents, record, member, judging.readings, judging.now);
  return { reading, activity: concludeActivity(reading, judging.context.entry(record)) };
}
