import type { Activity, ActivityReading } from '../activity/conclude.js';
import type { Observed, SeenProcess } from '../activity/ledger/ledger.js';
import type { Membership } from '../agents/membership.js';
import type { ProcessRecord } from '../process/record.js';
import { nameOf } from '../process/record.js';
import { identityOf } from '../process/table.js';
import { isHelper, type TableContext } from './context.js';
import type { Judgement } from './judgement.js';
import { type OwnerFinding, seenOwner } from './owner/find-owner.js';

/** What was concluded of one process, for the ledger. */
export interface Concluded {
  readonly record: ProcessRecord;
  readonly member: Membership;
  readonly finding: OwnerFinding;
  readonly judgement: Judgement;
  /** Of agents only. */
  readonly work?: { readonly reading: ActivityReading; readonly activity: Activity } | undefined;
}

/** What the next run needs to know of one process. Pure. */
export function observationOf(context: TableContext, concluded: Concluded): Observed {
  const { record, member, finding, judgement, work } = concluded;
  const { table, agents } = context;
  const parent = table.parent(record.pid);
  // A launcher's leader runs below it; it was not seen under it.
  const leader =
    member.leader === undefined || member.leader === record.pid || !isHelper(member)
      ? undefined
      : table.get(member.leader);
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
      leader === undefined
        ? undefined
        : { ...seen(leader), agent: leading?.agent, sessionId: leading?.sessionId },
    activity:
      work === undefined
        ? undefined
        : {
            lastActiveAt: work.activity.lastActiveAt,
            unmovedSince: work.activity.unmovedSince,
            transcriptAt: work.reading.transcriptAt,
            connections: work.reading.connections,
            children: work.reading.children,
            cpu: work.activity.cpu,
          },
    summary: `${judgement.verdict}: ${judgement.reason}`,
  };
}

function seen(record: ProcessRecord): SeenProcess {
  return { pid: record.pid, startTime: record.startTime, name: nameOf(record) };
}
