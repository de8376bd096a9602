import { type Ledger, type Observed, observe, type SeenProcess } from '../activity/ledger/ledger.js';
import type { Moment } from '../activity/moment.js';
import { nameOf, type ProcessRecord } from '../process/record.js';
import { identityOf } from '../process/table.js';
import { isHelper, type TableContext } from '../verdict/context.js';
import type { Concluded, TableConclusion } from '../verdict/judge-table.js';
import { seenOwner } from '../verdict/owner/find-owner.js';

/** The ledger with what one look concluded in it. Pure. */
export function remember(
  ledger: Ledger,
  { context, concluded }: Pick<TableConclusion, 'context' | 'concluded'>,
  now: Moment,
): Ledger {
  const adopters = new Map(concluded.flatMap(({ finding: { adopter } }) => (adopter ? [[adopter.pid, adopter]] : [])));
  return observe(
    ledger,
    concluded.map((one) => observationOf(context, one)),
    [...adopters.values()].map((record) => identityOf(context.table, record)),
    context.presence,
    now,
  );
}

function observationOf(context: TableContext, concluded: Concluded): Observed {
  const { record, member, finding, judgement, activity, reading } = concluded;
  const { table, agents } = context;
  const parent = table.parent(record.pid);
  // Seen under an agent only who works for it: a launcher's leader runs below it, and between others stands somebody
  // who adopts orphans, such as a service manager that a tool started.
  const worksForLeader = isHelper(member) && finding.owner?.pid === member.leader;
  const leader = member.leader === undefined || !worksForLeader ? undefined : table.get(member.leader);
  const leading = leader === undefined ? undefined : agents.members.get(leader.pid);
  return {
    identity: identityOf(table, record),
    name: nameOf(record),
    role: member.role,
    agent: member.agent,
    sessionId: member.sessionId,
    parent: parent === undefined ? undefined : seen(parent),
    owner:
      finding.state === 'owned' && finding.owner !== undefined
        ? { state: 'owned', by: seenOwner(context, finding.owner) }
        : { state: finding.state === 'ownerless' ? 'ownerless' : 'unknown' },
    leader:
      leader === undefined ? undefined : { ...seen(leader), agent: leading?.agent, sessionId: leading?.sessionId },
    activity:
      activity === undefined || reading === undefined
        ? undefined
        : {
            lastActiveAt: activity.lastActiveAt,
            unmovedSince: activity.unmovedSince,
            transcriptAt: reading.transcriptAt,
            connections: reading.connections,
            children: activity.children,
            cpu: activity.cpu,
          },
    burn: concluded.burn,
    summary: `${judgement.verdict}: ${judgement.reason}`,
  };
}

function seen(record: ProcessRecord): SeenProcess {
  return { pid: record.pid, startTime: record.startTime, name: nameOf(record) };
}
