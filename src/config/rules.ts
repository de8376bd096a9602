import type { CustomAgent, CustomMcpPattern } from '../agents/catalogue/entry.js';
import { SesswatchError } from '../errors.js';
import type { HostDescription } from '../hosts/adapters/custom.js';
import { durationText, parseDuration } from './duration.js';

/** What `reap` may be asked to end beyond its default, as `--include` names it. */
export const INCLUDABLE = ['idle', 'busy-orphan', 'superseded', 'disowned', 'leftover'] as const;
export type Includable = (typeof INCLUDABLE)[number];

/** Sources that can be asked for; `recorded` is asked for by `--from`. */
export const SOURCES = ['procfs', 'ps', 'cim', 'portable'] as const;
export type ChosenSource = (typeof SOURCES)[number];

export const COLOURS = ['auto', 'always', 'never'] as const;
export type Colour = (typeof COLOURS)[number];

/** Processes that are never ended: those that all of its parts match. At least one part is there. */
export interface ProtectRule {
  /** Name of an agent in the catalogue. */
  readonly agent?: string | undefined;
  /** Glob: without `/` for the basename of the executable, else for its whole path. */
  readonly exe?: string | undefined;
  /** Glob for the working folder: `*` within a folder's name, `**` across folders. */
  readonly cwd?: string | undefined;
  /** The session's id, or at least eight characters of its beginning: fewer would cover strangers' sessions. */
  readonly session?: string | undefined;
  /** Regular expression of RE2, tried on the joined command line. */
  readonly argv?: string | undefined;
}

export const PROTECT_KEYS = ['agent', 'exe', 'cwd', 'session', 'argv'] as const;

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

/** A host application that a person adds by configuration. */
export type CustomHost = HostDescription;

/**
 * Reads a rule as a flag gives it: `agent=claude,cwd=/srv/**`. `argv=` takes all that follows, commas too, and so
 * comes last.
 *
 * @throws SesswatchError `usage`
 */
export function parseProtectRule(text: string): ProtectRule {
  const rule: Partial<Record<(typeof PROTECT_KEYS)[number], string>> = {};
  for (let rest = text; rest !== ''; ) {
    const part = /^(argv)=(.+)$|^(\w+)=([^,]+)(?:,(?=\w+=)|$)/s.exec(rest);
    const key = PROTECT_KEYS.find((name) => name === (part?.[1] ?? part?.[3]));
    const value = part?.[2] ?? part?.[4];
    if (part === null || key === undefined || value === undefined || key in rule) {
      throw new SesswatchError('usage', `"${text}" is not a protect rule`, PROTECT_FORM);
    }
    rule[key] = value;
    rest = rest.slice(part[0].length);
  }
  if (Object.keys(rule).length === 0) {
    throw new SesswatchError('usage', 'a protect rule needs at least one part', PROTECT_FORM);
  }
  if (rule.session !== undefined && rule.session.length < SHORTEST_SESSION) {
    throw new SesswatchError('usage', `session=${rule.session} is too short`, 'give eight characters of the id');
  }
  return rule;
}

export function protectRuleText(rule: ProtectRule): string {
  return PROTECT_KEYS.flatMap((key) => (rule[key] === undefined ? [] : [`${key}=${rule[key]}`])).join(',');
}

/** As verdict/protect.ts asks for it. */
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
  const count = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  if (count !== undefined) return count;
  throw new SesswatchError('usage', `"${text}" is not a whole number`, 'write one such as 20');
}

/** Reads one of some words. @throws SesswatchError `usage` */
export function parseWord<T extends string>(text: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new SesswatchError('usage', `"${text}" is not known here`, `allowed: ${words.join(', ')}`);
}
