import type { HostDescription } from '../hosts/adapters/custom.js';
import { INCLUDE_KINDS, type IncludeKind } from '../reap/plan/policy/policy.js';
import { durationText } from '../units.js';
import { parseDuration } from './duration.js';
import {
  COLOURS,
  type ConfiguredAgent,
  type ConfiguredMcpPattern,
  type CpuBudget,
  cpuBudgetText,
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
  readonly include: readonly IncludeKind[];
  readonly protect: readonly ProtectRule[];
  readonly agents: readonly ConfiguredAgent[];
  readonly mcpServers: readonly ConfiguredMcpPattern[];
  readonly hosts: readonly HostDescription[];
  /** `undefined`: chosen by platform. */
  readonly source: (typeof SOURCES)[number] | undefined;
  /** Snapshots that `prune` keeps at least. */
  readonly keep: number;
  /** `prune` removes only what is older. */
  readonly olderThan: number;
  /** Budgets: reasons to propose an end, off when `undefined`. */
  readonly budgetTreeMemory: number | undefined;
  readonly budgetDescriptors: number | undefined;
  readonly budgetSessions: number | undefined;
  readonly budgetCpu: CpuBudget | undefined;
  readonly color: (typeof COLOURS)[number];
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
  /** For lists whose entries of all layers add up, so that no layer takes another's entry away. */
  readonly adds?: true;
  readonly fromProject: ProjectRule<T>;
}

/** What a project file may do with a setting: narrow what may be reaped, or nothing to do with reaping. */
interface ProjectRule<T> {
  /** Completes "a project file …". */
  readonly may: string;
  /** Whether it may have this value, given what the user's own file or the default says. */
  readonly allows: (proposed: T, current: T) => boolean;
}

const RAISE: ProjectRule<number> = { may: 'may only raise it', allows: (proposed, current) => proposed >= current };
const LOWER: ProjectRule<number> = { may: 'may only lower it', allows: (proposed, current) => proposed <= current };
const NEVER: ProjectRule<unknown> = { may: 'may not set it', allows: () => false };
const SEEN_ONLY: ProjectRule<unknown> = { may: 'may add what is seen, never what is ended', allows: () => true };

const DURATION = { read: last(parseDuration), text: durationText, fromProject: RAISE };
const COUNT = { read: last(parseCount), text: String };
const JSON_LIST = { read: 'json', default: [], adds: true } as const;

export const SETTINGS: { readonly [K in SettingKey]: Setting<Settings[K]> } = {
  idle: { ...named('idle', 'idle for this long counts as idle'), ...DURATION, default: 30 * 60 },
  minAge: { ...named('minAge', 'younger processes are never ended'), ...DURATION, default: 5 * 60 },
  grace: { ...named('grace', 'time between SIGTERM and SIGKILL'), ...DURATION, default: 10 },
  max: { ...named('max', 'trees that one run may end'), ...COUNT, default: 20, fromProject: LOWER },
  include: {
    ...named('include', `also end: ${INCLUDE_KINDS.join(', ')}`),
    default: [],
    read: (texts) => [...new Set(parts(texts, ',').map((word) => parseWord(word, INCLUDE_KINDS)))],
    text: listText,
    fromProject: NEVER,
  },
  protect: {
    ...named('protect', 'never end what matches: agent=, exe=, cwd=, session=, argv='),
    default: [],
    read: (texts) => parts(texts, ';').map(parseProtectRule),
    text: (rules) => listText(rules.map(protectRuleText)),
    adds: true,
    fromProject: { may: 'may add rules', allows: () => true },
  },
  agents: {
    ...named('agents', 'agents of your own, as JSON'),
    ...JSON_LIST,
    flag: '--add-agent',
    text: (agents) => listText(agents.map(({ name }) => name)),
    fromProject: SEEN_ONLY,
  },
  mcpServers: {
    ...named('mcpServers', 'MCP servers of your own, as JSON'),
    ...JSON_LIST,
    flag: '--add-mcp-server',
    text: (servers) => listText(servers.map(({ names = [], scripts = [] }) => [...names, ...scripts].join(' '))),
    fromProject: SEEN_ONLY,
  },
  hosts: {
    ...named('hosts', 'host applications of your own, as JSON'),
    ...JSON_LIST,
    flag: '--add-host',
    text: (hosts) => listText(hosts.map(({ name }) => name)),
    fromProject: NEVER,
  },
  source: {
    ...named('source', `where the process table is read: ${SOURCES.join(', ')}`),
    default: undefined,
    read: last((text) => parseWord(text, SOURCES)),
    text: (value) => value ?? 'auto',
    fromProject: NEVER,
  },
  keep: { ...named('keep', 'snapshots that prune keeps'), ...COUNT, default: 200, fromProject: RAISE },
  olderThan: { ...named('olderThan', 'prune removes only older snapshots'), ...DURATION, default: 30 * 86_400 },
  budgetTreeMemory: {
    ...named('budgetTreeMemory', 'propose to end a tree with more memory'),
    ...budget(parseSize, sizeText, RAISE.allows),
  },
  budgetDescriptors: {
    ...named('budgetDescriptors', 'propose to end a tree with more open descriptors'),
    ...budget(parseCount, String, RAISE.allows),
  },
  budgetSessions: {
    ...named('budgetSessions', 'propose to end the oldest idle sessions beyond'),
    ...budget(parseCount, String, RAISE.allows),
  },
  budgetCpu: {
    ...named('budgetCpu', 'propose to end an ownerless tree that uses more CPU'),
    ...budget(
      parseCpuBudget,
      cpuBudgetText,
      (now, before) => RAISE.allows(now.percent, before.percent) && RAISE.allows(now.seconds, before.seconds),
    ),
  },
  color: {
    ...named('color', 'colours: auto, always, never'),
    default: 'auto',
    read: last((text) => parseWord(text, COLOURS)),
    text: String,
    fromProject: { may: 'may set it', allows: () => true },
  },
};

export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

/** `budgetTreeMemory` is `budgets.treeMemory` in a file, `--budget-tree-memory` and `SESSWATCH_BUDGET_TREE_MEMORY`. */
function named(key: SettingKey, what: string): Pick<Setting<unknown>, 'path' | 'flag' | 'variable' | 'what'> {
  const spoken = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const path = key.replace(/^budget(.)/, (_, first: string) => `budgets.${first.toLowerCase()}`);
  return { path, flag: `--${spoken}`, variable: `SESSWATCH_${spoken.replaceAll('-', '_').toUpperCase()}`, what };
}

function budget<T>(parse: (text: string) => T, text: (value: T) => string, raises: (now: T, before: T) => boolean) {
  return {
    default: undefined,
    read: last(parse),
    text: (value: T | undefined) => (value === undefined ? '-' : text(value)),
    fromProject: {
      may: 'may only raise one that is set',
      // No budget means that nothing is proposed for it, so setting one would widen.
      allows: (proposed: T | undefined, current: T | undefined) =>
        proposed !== undefined && current !== undefined && raises(proposed, current),
    },
  };
}

/** Of a flag that was given more than once the last one counts, as everywhere. */
function last<T>(parse: (text: string) => T): (texts: readonly string[]) => T {
  return (texts) => parse(texts.at(-1) ?? '');
}

function parts(texts: readonly string[], separator: string): string[] {
  return texts.flatMap((text) => text.split(separator).map((part) => part.trim())).filter((part) => part !== '');
}

function listText(items: readonly string[]): string {
  return items.length === 0 ? '-' : items.join('; ');
}
