import type { CustomAgent, CustomMcpPattern } from '../agents/catalogue/entry.js';
import { SesswatchError } from '../errors.js';
import { durationText } from '../units.js';
import { PROTECT_KINDS } from '../verdict/vetoes/protect.js';
import { parseDuration } from './duration.js';

/** Sources that can be asked for; `recorded` is asked for by `--from`. */
export const SOURCES = ['procfs', 'ps', 'cim', 'portable'] as const;

export const COLOURS = ['auto', 'always', 'never'] as const;

/**
 * Processes that are never ended: those that all of its parts match; at least one is there. `agent`: a name of the
 * catalogue. `exe`: a glob, without `/` for the basename, else for the whole path. `cwd`: a glob for the working
 * folder. `session`: an id, or at least {@link SHORTEST_SESSION} characters of its beginning.
 * `argv`: a regular expression of RE2, tried on the joined command line.
 */
export type ProtectRule = { readonly [K in (typeof PROTECT_KINDS)[number]]?: string | undefined };

/** More than `percent` of one CPU for at least `seconds`. */
export interface CpuBudget {
  readonly percent: number;
  readonly seconds: number;
}

/** Came from a project file: shown, and never ended, because a project file may not widen what may be reaped. */
interface SeenOnly {
  readonly seenOnly?: true | undefined;
}

export type ConfiguredAgent = CustomAgent & SeenOnly;
export type ConfiguredMcpPattern = CustomMcpPattern & SeenOnly;

/**
 * Reads a rule as a flag gives it: `agent=claude,cwd=/srv/**`. `argv=` takes all that follows, commas too, and so
 * comes last.
 *
 * @throws SesswatchError `usage`
 */
export function parseProtectRule(text: string): ProtectRule {
  const rule: Partial<Record<keyof ProtectRule, string>> = {};
  let rest = text;
  do {
    const part = /^(argv)=(.+)$|^(\w+)=([^,]+)(?:,(?=\w+=)|$)/s.exec(rest);
    const key = PROTECT_KINDS.find((name) => name === (part?.[1] ?? part?.[3]));
    const value = part?.[2] ?? part?.[4];
    if (part === null || key === undefined || value === undefined || key in rule) {
      throw new SesswatchError('usage', `"${text}" is not a protect rule`, PROTECT_FORM);
    }
    rule[key] = value;
    rest = rest.slice(part[0].length);
  } while (rest !== '');
  if (rule.session !== undefined && rule.session.length < SHORTEST_SESSION) {
    throw new SesswatchError('usage', `session=${rule.session} is too short`, 'give eight characters of the id');
  }
  return rule;
}

export function protectRuleText(rule: ProtectRule): string {
  return PROTECT_KINDS.flatMap((key) => (rule[key] === undefined ? [] : [`${key}=${rule[key]}`])).join(',');
}

/** Fewer characters of an id would cover strangers' sessions. */
export const SHORTEST_SESSION = 8;

const PROTECT_FORM = 'write agent=claude, cwd=/srv/**, exe=, session= or argv=REGEX, joined by commas, argv last';

/** Reads `80%/10m`: percent of one CPU, and for how long. @throws SesswatchError `usage` */
export function parseCpuBudget(text: string): CpuBudget {
  const [, percent, time] = /^(\d{1,6})%\/(.+)$/.exec(text) ?? [];
  if (percent === undefined || time === undefined || Number(percent) === 0) {
    throw new SesswatchError('usage', `"${text}" is not a CPU budget`, 'write percent and time, such as 80%/10m');
  }
  return { percent: Number(percent), seconds: parseDuration(time) };
}

export function cpuBudgetText(budget: CpuBudget): string {
  return `${budget.percent}%/${durationText(budget.seconds)}`;
}

/** Reads a whole number that is not negative. @throws SesswatchError `usage` */
export function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new SesswatchError('usage', `"${text}" is not a whole number`, 'write one such as 20');
}

/** Reads one of some words. @throws SesswatchError `usage` */
export function parseWord<T extends string>(text: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new SesswatchError('usage', `"${text}" is not known here`, `allowed: ${words.join(', ')}`);
}
