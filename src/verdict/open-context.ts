import { entryOf, type Ledger } from '../activity/ledger/ledger.js';
import type { AgentTable } from '../agents/membership.js';
import type { Adopter } from '../process/adopters.js';
import type { ProcessRecord } from '../process/record.js';
import { identityOf } from '../process/table.js';
import { presenceOf, type Surroundings, type TableContext } from './context.js';
import { adopterOf } from './owner/adopters.js';
import { type Link, linkOf } from './owner/known-owners.js';
import { findTraces } from './traces/find-traces.js';
import type { Trace } from './traces/trace.js';

/** A table with all that verdicts are drawn from; what many processes ask of one ancestor is worked out once. */
export function openContext(agents: AgentTable, ledger: Ledger, around: Surroundings): TableContext {
  const { table, members } = agents;
  const context: TableContext = {
    agents,
    table,
    ledger,
    presence: presenceOf(table),
    around,
    adopter: remembered<Adopter | undefined>((record) => adopterOf(table, ledger, record)),
    link: remembered<Link>((record) => linkOf(record, members.get(record.pid))),
    traces: remembered<readonly Trace[]>((record) => findTraces(context, record)),
    entry: (record) => entryOf(ledger, identityOf(table, record)),
  };
  return context;
}

function remembered<T>(find: (record: ProcessRecord) => T): (record: ProcessRecord) => T {
  const known = new Map<number, { readonly answer: T }>();
  return (record) => {
    const before = known.get(record.pid);
    if (before !== undefined) return before.answer;
    const answer = find(record);
    known.set(record.pid, { answer });
    return answer;
  };
}
