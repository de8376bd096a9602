import type { AgentTable } from '../agents/membership.js';
import { sharedSessions } from '../agents/same-session.js';
import { nameOf, type ProcessRecord } from '../process/record.js';
import type { ProcessTable } from '../process/table.js';
import { formatDuration } from '../units.js';
import { evidence, named } from './evidence/words.js';
import type { Evidence } from './judgement.js';

/** Older live processes of an agent whose session a younger one of the same user and agent holds, with who that is. */
export function youngerHolders(agents: AgentTable): ReadonlyMap<number, Evidence> {
  const found = new Map<number, Evidence>();
  for (const [{ pid }, { by, isYounger }] of sharedSessions(agents)) {
    const name = named({ pid: by.pid, name: by.agent });
    const doubt = by.sharedName === true ? 'it may only have the name of one' : 'which is younger is not known';
    found.set(
      pid,
      isYounger
        ? evidence('younger-holder', 'orphan', 2, name, `${name} is younger and holds the same session`)
        : evidence('younger-holder', 'note', 1, name, `${name} holds the same session; ${doubt}`),
    );
  }
  return found;
}

/** A zombie's parent, which alone can remove it. */
export function defunct(table: ProcessTable, record: ProcessRecord): Evidence {
  const parent = table.get(record.ppid ?? -1);
  const name =
    parent === undefined ? `${record.ppid ?? 'its parent'}` : named({ pid: parent.pid, name: nameOf(parent) });
  const age =
    record.startedAt === undefined
      ? ''
      : `, started ${formatDuration((table.scan.takenAt - record.startedAt) / 1000)} ago`;
  return evidence('defunct', 'note', 3, name, `defunct: ${name} has not fetched its exit status${age}`);
}
