import type { Ledger } from '../activity/ledger/ledger.js';
import type { JudgeInput } from '../verdict/input.js';
import { concludeTable } from '../verdict/judge-table.js';
import type { JudgedTable } from '../verdict/judgement.js';
import { remember } from './remember.js';
import { withRememberedHelpers } from './remembered-helpers.js';

/** A judged table, and the ledger with this observation in it. */
export interface Conclusion {
  readonly judged: JudgedTable;
  readonly ledger: Ledger;
}

/** Judges a table in the light of what earlier observations saw, and says what the next one needs to know. Pure. */
export function conclude(input: JudgeInput): Conclusion {
  const agents = withRememberedHelpers(input.agents, input.ledger);
  const conclusion = concludeTable({ ...input, agents });
  return { judged: conclusion.judged, ledger: remember(input.ledger, conclusion, input.now) };
}
