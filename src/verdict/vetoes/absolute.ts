import type { AgentTable, Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import type { Evidence, Veto } from '../judgement.js';
import { type ProtectGroup, protectedBy } from './protect.js';
import { isFirst, isKernelThread, isOthers, isSelf, isTraced, type Self } from './vetoes.js';

/** What forbids an end whatever the verdict is, of agents and of whatever else is in their trees. */
export interface Forbidding {
  readonly agents: AgentTable;
  readonly self: Self;
  readonly protect: readonly ProtectGroup[];
}

/** Vetoes that hold for any process, asked for the plan and once more right before a signal; most forbidding first. */
export function absoluteVetoes(record: ProcessRecord, forbidding: Forbidding): Veto[] {
  const { agents, self, protect } = forbidding;
  const found: (Evidence | Veto | undefined)[] = [
    isSelf(record, self),
    isFirst(record),
    isKernelThread(record),
    hasNoIdentity(record, agents),
    isOthers(record, self, false),
    isTraced(record),
    protectedBy(agents, record, agents.members.get(record.pid) ?? partOfATree(record), protect),
  ];
  return found.flatMap((one) => (one === undefined ? [] : [{ kind: one.kind, value: one.value, text: one.text }]));
}

/** Vetoes that not even a person who forces an end may lift. */
export const UNLIFTABLE: ReadonlySet<Veto['kind']> = new Set(['self', 'pid-1', 'kernel', 'no-identity', 'other-user']);

function hasNoIdentity(record: ProcessRecord, { table }: AgentTable): Veto | undefined {
  if (record.startTime !== undefined && table.scan.machine.bootId !== undefined) return undefined;
  const text = 'its start time could not be read, so it could not be told from a later process with its pid';
  return { kind: 'no-identity', value: 'no start time', text };
}

/** What is no agent's and no helper is covered by rules all the same. */
function partOfATree({ pid }: ProcessRecord): Membership {
  return { pid, role: 'tool', via: 'self', because: 'it is part of a tree' };
}
