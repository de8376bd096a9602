import * as v from 'valibot';
import { SesswatchError } from '../errors.js';
import { DURATION_EXAMPLES, parseDuration } from './duration.js';
import { nearest } from './nearest.js';
import {
  COLOURS,
  type ConfiguredAgent,
  type ConfiguredMcpPattern,
  type CpuBudget,
  type CustomHost,
  INCLUDABLE,
  PROTECT_KEYS,
  type ProtectRule,
  SHORTEST_SESSION,
  SOURCES,
} from './rules.js';
import type { Settings } from './settings.js';
import { parseSize, SIZE_EXAMPLES } from './size.js';

/**
 * Checks what a configuration file says. This module imports valibot, so it is loaded only when there is a file.
 *
 * @param where the file, or the variable or flag that holds JSON
 * @throws SesswatchError `config` that names every fault by key, what was found and what is allowed
 */
export function readSettings(input: unknown, where: string): Partial<Settings> {
  const result = v.safeParse(file, input);
  if (!result.success) {
    const faults = result.issues.map(describe);
    throw new SesswatchError('config', `${where}: ${faults.join('; ')}`, 'sesswatch config lists all settings');
  }
  const { budgets = {}, ...rest } = result.output;
  return withoutAbsent({
    ...rest,
    budgetTreeMemory: budgets.treeMemory,
    budgetDescriptors: budgets.descriptors,
    budgetSessions: budgets.sessions,
    budgetCpu: budgets.cpu,
  });
}

const duration = scalar(`a duration such as ${DURATION_EXAMPLES}`, (input) =>
  input === 0 ? 0 : typeof input === 'string' ? attempt(() => parseDuration(input)) : undefined,
);
const size = scalar(`a size such as ${SIZE_EXAMPLES}`, (input) =>
  input === 0 ? 0 : typeof input === 'string' ? attempt(() => parseSize(input)) : undefined,
);
const count = scalar('a whole number, 0 or more', (input) =>
  typeof input === 'number' && Number.isSafeInteger(input) && input >= 0 ? input : undefined,
);
const percent = scalar('percent of one CPU, more than 0', (input) =>
  typeof input === 'number' && Number.isFinite(input) && input > 0 ? input : undefined,
);
const text = scalar('a text that is not empty', (input) =>
  typeof input === 'string' && input.trim() !== '' ? input : undefined,
);
const session = scalar(`an id, or at least ${SHORTEST_SESSION} characters of its beginning`, (input) =>
  typeof input === 'string' && input.length >= SHORTEST_SESSION ? input : undefined,
);
const texts = list(text, 'a list of texts');

const protectRule = v.pipe(
  object({
    agent: v.optional(text),
    exe: v.optional(text),
    cwd: v.optional(text),
    session: v.optional(session),
    argv: v.optional(text),
  }),
  v.check((rule) => PROTECT_KEYS.some((key) => rule[key] !== undefined), `at least one of ${PROTECT_KEYS.join(', ')}`),
);

const agent = v.pipe(
  object({
    name: text,
    executables: v.optional(texts),
    scripts: v.optional(texts),
    modules: v.optional(texts),
    packages: v.optional(texts),
    serverCommands: v.optional(texts),
    serverFlags: v.optional(texts),
    infrastructureCommands: v.optional(texts),
    sessionFlags: v.optional(texts),
    valueOptions: v.optional(texts),
  }),
  v.check(
    (entry) => [entry.executables, entry.scripts, entry.modules, entry.packages].some(notEmpty),
    'at least one of executables, scripts, modules, packages',
  ),
);

const mcpServer = v.pipe(
  object({ names: v.optional(texts), scripts: v.optional(texts) }),
  v.check((entry) => notEmpty(entry.names) || notEmpty(entry.scripts), 'names or scripts'),
);

const host = object({
  name: text,
  recognise: v.pipe(
    object({ executables: v.optional(texts), scripts: v.optional(texts), arguments: v.optional(texts) }),
    v.check((parts) => notEmpty(parts.executables) || notEmpty(parts.scripts), 'executables or scripts'),
  ),
  registry: v.optional(object({ file: text, sessions: text, fields: v.record(v.string(), text, 'names of fields') })),
  marker: v.optional(text),
});

const file = object({
  idle: v.optional(duration),
  minAge: v.optional(duration),
  grace: v.optional(duration),
  max: v.optional(count),
  include: v.optional(list(word(INCLUDABLE), `a list of ${INCLUDABLE.join(', ')}`)),
  protect: v.optional(list<ProtectRule>(protectRule, 'a list of rules')),
  agents: v.optional(list<ConfiguredAgent>(agent, 'a list of agents')),
  mcpServers: v.optional(list<ConfiguredMcpPattern>(mcpServer, 'a list of MCP servers')),
  hosts: v.optional(list<CustomHost>(host, 'a list of hosts')),
  source: v.optional(word(SOURCES)),
  keep: v.optional(count),
  olderThan: v.optional(duration),
  budgets: v.optional(
    object({
      treeMemory: v.optional(size),
      descriptors: v.optional(count),
      sessions: v.optional(count),
      cpu: v.optional(
        v.pipe(
          object({ percent, for: duration }),
          v.transform((cpu): CpuBudget => ({ percent: cpu.percent, seconds: cpu.for })),
        ),
      ),
    }),
  ),
  color: v.optional(word(COLOURS)),
});

/** A single value: what is allowed, in words, and a reading that answers `undefined` for anything else. */
function scalar<T>(allowed: string, read: (input: unknown) => T | undefined): v.GenericSchema<unknown, T> {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: allowed });
      return NEVER;
    }),
  );
}

function word<T extends string>(words: readonly T[]): v.GenericSchema<unknown, T> {
  return scalar(`one of ${words.join(', ')}`, (input) => words.find((candidate) => candidate === input));
}

function list<T>(entry: v.GenericSchema<unknown, T>, allowed: string): v.GenericSchema<unknown, readonly T[]> {
  return v.array(entry, allowed);
}

/** An object of exactly these keys. */
function object<const T extends v.ObjectEntries>(entries: T) {
  const known = Object.keys(entries);
  const whole = `an object with ${known.join(', ')}`;
  // valibot takes a list for an object without any of its keys.
  const notList = v.custom<unknown>((input) => !Array.isArray(input), whole);
  const strict = v.strictObject(entries, (issue) => {
    if (issue.expected !== 'never') return issue.path === undefined ? whole : MISSING;
    const meant = nearest(String(issue.path?.at(-1)?.key), known);
    return `${UNKNOWN}${meant === undefined ? `allowed: ${known.join(', ')}` : `did you mean ${meant}?`}`;
  });
  return v.pipe(notList, strict);
}

const UNKNOWN = 'is not a setting; ';
const MISSING = 'is missing';

function describe(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue) ?? 'the whole';
  if (issue.message.startsWith(UNKNOWN) || issue.message === MISSING) return `${where} ${issue.message}`;
  return `${where} is ${shown(issue.input)}, allowed is ${issue.message}`;
}

/** The value as JSON, cut: enough to find it again. */
function shown(input: unknown): string {
  const json = JSON.stringify(input) ?? String(input);
  return json.length > 40 ? `${json.slice(0, 39)}…` : json;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // The caller says what is allowed, in the place where it was found.
    if (error instanceof SesswatchError) return undefined;
    throw error;
  }
}

function notEmpty(entries: readonly unknown[] | undefined): boolean {
  return entries !== undefined && entries.length > 0;
}

function withoutAbsent(settings: { [K in keyof Settings]?: Settings[K] | undefined }): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
