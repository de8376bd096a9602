import { durationText, parseDuration } from './duration.js';
import {
  type ChosenSource,
  COLOURS,
  type Colour,
  type ConfiguredAgent,
  type ConfiguredMcpPattern,
  type CpuBudget,
  type CustomHost,
  cpuBudgetText,
  INCLUDABLE,
  type Includable,
  type ProtectRule,
  parseCount,
  parseCpuBudget,
  parseProtectRule,
  parseWord,
  protectRuleText,
  SOURCES,
} from './rules.js';
import { parseSize, sizeText } from './size.js';

/** Everything that can be configured. Durations in seconds, memory in bytes. */
export interface Settings {
  /** How long nothing may have moved before a session counts as idle; 0 waives it. */
  readonly idle: number;
  /** Younger processes are never ended; 0 waives it. */
  readonly minAge: number;
  /** From the second SIGTERM to SIGKILL. */
  readonly grace: number;
  /** Trees that one run may end. */
  readonly max: number;
  readonly include: readonly Includable[];
  readonly protect: readonly ProtectRule[];
  readonly agents: readonly ConfiguredAgent[];
  readonly mcpServers: readonly ConfiguredMcpPattern[];
  readonly hosts: readonly CustomHost[];
  /** `undefined`: chosen by platform. */
  readonly source: ChosenSource | undefined;
  /** Snapshots that `prune` keeps at least. */
  readonly keep: number;
  /** `prune` removes only what is older. */
  readonly olderThan: number;
  /** Budgets: reasons to propose an end, off when `undefined`. */
  readonly budgetTreeMemory: number | undefined;
  readonly budgetDescriptors: number | undefined;
  readonly budgetSessions: number | undefined;
  readonly budgetCpu: CpuBudget | undefined;
  readonly color: Colour;
}

export type SettingKey = keyof Settings;

/** All that is to know about one setting besides how a file says it (that is in schema.ts). */
export interface Setting<T> {
  /** Where it stands in a file. */
  readonly path: string;
  readonly flag: string;
  readonly variable: string;
  readonly what: string;
  readonly default: T;
  /** Reads what flags (each time it was given) or a variable (once) say; `json`: by the schema of the files. */
  readonly read: ((texts: readonly string[]) => T) | 'json';
  /** As a person would write it; `-` for nothing. */
  readonly text: (value: T) => string;
  /** True for lists whose entries of all layers add up, so that no layer takes another's entry away. */
  readonly adds: boolean;
  readonly fromProject: ProjectRule<T>;
}

/** What a project file may do with a setting: narrow what may be reaped, or nothing to do with reaping. */
export interface ProjectRule<T> {
  /** Completes "a project file …". */
  readonly may: string;
  /** Whether it may have this value, given what the user's own file or the default says. */
  readonly allows: (proposed: T, current: T) => boolean;
}

export const SETTINGS: { readonly [K in SettingKey]: Setting<Settings[K]> } = {
  idle: duration('idle', 30 * 60, 'idle for this long counts as idle'),
  minAge: duration('minAge', 5 * 60, 'younger processes are never ended'),
  grace: duration('grace', 10, 'time between SIGTERM and SIGKILL'),
  max: { ...count('max', 20, 'trees that one run may end'), fromProject: lower() },
  include: {
    ...names('include'),
    what: `also end: ${INCLUDABLE.join(', ')}`,
    default: [],
    read: (texts) => [...new Set(words(texts).map((word) => parseWord(word, INCLUDABLE)))],
    text: list,
    adds: false,
    fromProject: never(),
  },
  protect: {
    ...names('protect'),
    what: 'never end what matches: agent=, exe=, cwd=, session=, argv=',
    default: [],
    read: (texts) =>
      texts
        .flatMap((text) => text.split(';'))
        .filter(notBlank)
        .map(trimmedRule),
    text: (rules) => list(rules.map(protectRuleText)),
    adds: true,
    fromProject: { may: 'may add rules', allows: () => true },
  },
  agents: {
    ...json<ConfiguredAgent>('agents', '--add-agent', 'agents of your own', ({ name }) => name),
    fromProject: seen(),
  },
  mcpServers: {
    ...json<ConfiguredMcpPattern>('mcpServers', '--add-mcp-server', 'MCP servers of your own', (pattern) =>
      [...(pattern.names ?? []), ...(pattern.scripts ?? [])].join(' '),
    ),
    fromProject: seen(),
  },
  hosts: {
    ...json<CustomHost>('hosts', '--add-host', 'host applications of your own', ({ name }) => name),
    fromProject: never(),
  },
  source: {
    ...names('source'),
    what: `where the process table is read: ${SOURCES.join(', ')}`,
    default: undefined,
    read: (texts) => parseWord(only(texts), SOURCES),
    text: (value) => value ?? 'auto',
    adds: false,
    fromProject: never(),
  },
  keep: { ...count('keep', 200, 'snapshots that prune keeps'), fromProject: raise() },
  olderThan: duration('olderThan', 30 * 86_400, 'prune removes only older snapshots'),
  budgetTreeMemory: budget('treeMemory', 'propose to end a tree with more memory', parseSize, sizeText),
  budgetDescriptors: budget('descriptors', 'propose to end a tree with more open descriptors', parseCount, String),
  budgetSessions: budget('sessions', 'propose to end the oldest idle sessions beyond', parseCount, String),
  budgetCpu: {
    ...budgetNames('cpu'),
    what: 'propose to end an ownerless tree that uses more CPU',
    default: undefined,
    read: (texts) => parseCpuBudget(only(texts)),
    text: (value) => (value === undefined ? '-' : cpuBudgetText(value)),
    adds: false,
    fromProject: {
      may: 'may only raise one that is set',
      allows: (proposed, current) =>
        proposed !== undefined &&
        current !== undefined &&
        proposed.percent >= current.percent &&
        proposed.seconds >= current.seconds,
    },
  },
  color: {
    ...names('color'),
    what: 'colours: auto, always, never',
    default: 'auto',
    read: (texts) => parseWord(only(texts), COLOURS),
    text: String,
    adds: false,
    fromProject: { may: 'may set it', allows: () => true },
  },
};

export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

function names(path: SettingKey): Pick<Setting<unknown>, 'path' | 'flag' | 'variable'> {
  const spoken = path.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return { path, flag: `--${spoken}`, variable: `SESSWATCH_${spoken.replaceAll('-', '_').toUpperCase()}` };
}

function budgetNames(name: string): Pick<Setting<unknown>, 'path' | 'flag' | 'variable'> {
  const key = `budget${name.charAt(0).toUpperCase()}${name.slice(1)}` as SettingKey;
  return { ...names(key), path: `budgets.${name}` };
}

function duration(key: SettingKey, standard: number, what: string): Setting<number> {
  return {
    ...names(key),
    what,
    default: standard,
    read: (texts) => parseDuration(only(texts)),
    text: durationText,
    adds: false,
    fromProject: raise(),
  };
}

function count(key: SettingKey, standard: number, what: string): Omit<Setting<number>, 'fromProject'> {
  return {
    ...names(key),
    what,
    default: standard,
    read: (texts) => parseCount(only(texts)),
    text: String,
    adds: false,
  };
}

function budget(
  name: string,
  what: string,
  read: (text: string) => number,
  text: (value: number) => string,
): Setting<number | undefined> {
  return {
    ...budgetNames(name),
    what,
    default: undefined,
    read: (texts) => read(only(texts)),
    text: (value) => (value === undefined ? '-' : text(value)),
    adds: false,
    fromProject: {
      may: 'may only raise one that is set',
      // No budget means that nothing is proposed for it, so setting one would widen.
      allows: (proposed, current) => proposed !== undefined && current !== undefined && proposed >= current,
    },
  };
}

function json<T>(
  key: SettingKey,
  flag: string,
  what: string,
  text: (entry: T) => string,
): Omit<Setting<readonly T[]>, 'fromProject'> {
  return {
    ...names(key),
    flag,
    what: `${what}, as JSON`,
    default: [],
    read: 'json',
    text: (entries) => list(entries.map(text)),
    adds: true,
  };
}

function raise(): ProjectRule<number> {
  return { may: 'may only raise it', allows: (proposed, current) => proposed >= current };
}

function lower(): ProjectRule<number> {
  return { may: 'may only lower it', allows: (proposed, current) => proposed <= current };
}

function never<T>(): ProjectRule<T> {
  return { may: 'may not set it', allows: () => false };
}

function seen<T>(): ProjectRule<T> {
  return { may: 'may add what is seen, never what is ended', allows: () => true };
}

/** Of a flag that was given more than once the last one counts, as everywhere. */
function only(texts: readonly string[]): string {
  return texts.at(-1) ?? '';
}

function words(texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .filter(notBlank);
}

function notBlank(text: string): boolean {
  return text.trim() !== '';
}

function trimmedRule(text: string): ProtectRule {
  return parseProtectRule(text.trim());
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '-' : items.join('; ');
}
