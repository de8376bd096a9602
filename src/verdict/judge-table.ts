import { readingOf } from '../activity/agent-reading.js';
import { concludeActivity } from '../activity/conclude.js';
import { type Ledger, type Observed, observe } from '../activity/ledger/ledger.js';
import { isCounted, type Membership } from '../agents/membership.js';
import type { ZombieAgent } from '../agents/resolve/zombies.js';
import { NO_BELIEFS } from '../hosts/compare/beliefs.js';
import type { ProcessRecord } from '../process/record.js';
import { identityOf } from '../process/table.js';
import { openContext } from './context.js';
import { factsOf } from './facts.js';
import type { Court, JudgeInput } from './input.js';
import { judge } from './judge.js';
import type { JudgedTable, Judgement } from './judgement.js';
import { findOwner } from './owner/find-owner.js';
import { type Concluded, observationOf } from './remember.js';
import { withRemembered } from './remembered.js';
import { duplicates, youngerHolders } from './same-session.js';

/** A judged table, and the ledger with this observation in it. */
export interface Survey {
  readonly judged: JudgedTable;
  readonly ledger: Ledger;
}

/** A verdict for each agent process and its helpers. Pure. */
export function judgeAgents(input: JudgeInput): JudgedTable {
  return drawVerdicts(input).judged;
}

/** The same, with what the next run needs to know. Pure. */
export function drawVerdicts(input: JudgeInput): Survey {
  const agents = withRemembered(input.agents, input.ledger);
  const context = openContext(agents, input.ledger, input.around);
  const court: Court = {
    ...input,
    context,
    hosts: input.hosts ?? NO_BELIEFS,
    younger: youngerHolders(agents),
    duplicates: duplicates(agents),
  };
  const judgements = new Map<number, Judgement>();
  const observed: Observed[] = [];
  const adopters = new Map<number, ProcessRecord>();
  const applications = new Set<string>();
  for (const pid of [...agents.members.keys()].sort((a, b) => a - b)) {
    const record = agents.table.get(pid);
    const member = agents.members.get(pid);
    if (record === undefined || member === undefined) continue;
    const finding = findOwner(context, record, member);
    const work = workOf(court, record, member);
    const judgement = judge(factsOf(court, record, member, finding, work?.activity));
    judgements.set(pid, judgement);
    if (finding.adopter !== undefined) adopters.set(finding.adopter.pid, finding.adopter);
    if (finding.application !== undefined) applications.add(finding.application);
    if (record.state !== 'Z')
      observed.push(observationOf(context, { record, member, finding, judgement, work }));
  }
  for (const zombie of input.zombies ?? []) {
    const record = agents.table.get(zombie.pid);
    if (record === undefined || judgements.has(zombie.pid)) continue;
    const member = formerMember(zombie);
    judgements.set(
      zombie.pid,
      judge(factsOf(court, record, member, findOwner(context, record, member), undefined)),
    );
  }
  const ledger = observe(
    input.ledger,
    observed,
    [...adopters.values()].map((record) => identityOf(agents.table, record)),
    context.presence,
    input.now,
  );
  const notes = [...(input.notes ?? []), ...court.hosts.notes, ...[...applications].map(aboutApplication)];
  return { judged: { ...agents, judgements, notes }, ledger };
}

/** What a zombie was, as far as its name tells. */
function formerMember({ pid, agent }: ZombieAgent): Membership {
  return { pid, agent, role: 'session', via: 'self', because: 'the kernel kept its name' };
}

function aboutApplication(name: string): string {
  return `${name} takes in orphans here and starts programs too, so being its child proves nothing: only what was seen before, a dead group or session leader, a closed stdin or a gone terminal does`;
}

function workOf(court: Court, record: ProcessRecord, member: Membership): Concluded['work'] {
  if (!isCounted(member) || record.state === 'Z') return undefined;
  const reading = readingOf(court.context.agents, record, member, court.readings, court.now);
  return { reading, activity: concludeActivity(reading, court.context.entry(record)) };
}
