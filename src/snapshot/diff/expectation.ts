import { isCounted, isRole, ROLES, type Role } from '../../agents/membership.js';
import { SesswatchError } from '../../errors.js';
import type { ProcessEntry } from '../document/document.js';

/** How many processes of an agent there should be. */
export interface Expectation {
  /** As it was written, for messages. */
  readonly text: string;
  /** Catalogue name; `*` is every agent. */
  readonly agent: string;
  /** Without one, what `count` counts: sessions and servers. */
  readonly role?: Role | undefined;
  /** `equal`: exactly; `most`: at most. */
  readonly compare: 'equal' | 'most';
  /** Whether `value` is a number, or a change against the earlier snapshot. */
  readonly of: 'count' | 'change';
  readonly value: number;
}

/** What came of one `--expect`. */
export interface ExpectationResult {
  readonly expectation: Expectation;
  readonly before: number;
  readonly after: number;
  /** What the expectation comes to in this diff, as a number: the exact one, or the most. */
  readonly wanted: number;
  readonly met: boolean;
  /** How many too many; negative: too few. */
  readonly excess: number;
}

/** AGENT[:ROLE], then `=` or `<=` (both may be left out before a signed number), then a number. */
const FORM = /^([\w.*-]+)(?::([\w-]+))?\s*(<=|=<=|=|(?=[+-]))\s*([+-]?\d{1,9})$/;

/**
 * Reads `AGENT[:ROLE]=N`, `<=N`, `=+N`: `claude=0`, `claude:session<=2`, `codex=+1` (one more than before),
 * `claude=-1` (one less), `codex<=+1` (at most one more).
 * @param agents names that an agent may have; a misspelt one would be met for ever by `=0`.
 * @throws SesswatchError `usage` when it is none of these.
 */
export function parseExpectation(text: string, agents?: ReadonlySet<string>): Expectation {
  const match = FORM.exec(text.trim());
  if (match === null) {
    throw new SesswatchError('usage', `“${text}” is not an expectation`, FORMS);
  }
  const [, agent = '', role, sign = '', number = ''] = match;
  if (role !== undefined && !isRole(role)) {
    throw new SesswatchError('usage', `“${role}” is not a role`, `one of ${ROLES.join(', ')}`);
  }
  if (agents !== undefined && agent !== '*' && !agents.has(agent)) {
    throw new SesswatchError('usage', `“${agent}” is not an agent`, `one of ${[...agents].sort().join(', ')}, or *`);
  }
  return {
    text: text.trim(),
    agent,
    role,
    compare: sign.includes('<') ? 'most' : 'equal',
    of: /^[+-]/.test(number) ? 'change' : 'count',
    value: Number(number),
  };
}

const FORMS = 'write AGENT=N, AGENT<=N, AGENT=+N or AGENT:ROLE=N, for example claude=0';

/** Whether an expectation counts this process. */
export function isExpected(expectation: Expectation, process: Pick<ProcessEntry, 'agent' | 'role'>): boolean {
  if (expectation.agent !== '*' && process.agent !== expectation.agent) return false;
  if (expectation.role !== undefined) return process.role === expectation.role;
  return isCounted(process);
}

/** Holds each expectation against both sides, by their rows; zombies are not counted. */
export function checkExpectations(
  expectations: readonly Expectation[],
  before: readonly ProcessEntry[],
  after: readonly ProcessEntry[],
): ExpectationResult[] {
  return expectations.map((expectation) => {
    const count = (rows: readonly ProcessEntry[]): number =>
      rows.filter((row) => isLiving(row) && isExpected(expectation, row)).length;
    return resultOf(expectation, count(before), count(after));
  });
}

function resultOf(expectation: Expectation, before: number, after: number): ExpectationResult {
  const wanted = expectation.of === 'change' ? before + expectation.value : expectation.value;
  const difference = after - wanted;
  const excess = expectation.compare === 'most' ? Math.max(0, difference) : difference;
  return { expectation, before, after, wanted, met: excess === 0, excess };
}

/** A zombie has ended: it holds a pid, no memory and no work. */
export function isLiving(process: Pick<ProcessEntry, 'state'>): boolean {
  return process.state !== 'Z' && process.state !== 'X';
}
