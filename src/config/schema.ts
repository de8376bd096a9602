import * as v from 'valibot';
import { SesswatchError } from '../errors.js';
import type { HostDescription } from '../hosts/adapters/custom.js';
import { nearest } from '../nearest.js';
import { INCLUDE_KINDS } from '../reap/plan/policy/policy.js';
import { PROTECT_KINDS } from '../verdict/vetoes/protect.js';
import { DURATION_EXAMPLES, parseDuration } from './duration.js';
import {
  COLOURS,
  type ConfiguredAgent,
  type ConfiguredMcpPattern,
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
  const settings = {
    ...rest,
    budgetTreeMemory: budgets.treeMemory,
    budgetDescriptors: budgets.descriptors,
    budgetSessions: budgets.sessions,
    budgetCpu: budgets.cpu,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

const duration = spelled(`a duration such as ${DURATION_EXAMPLES}`, parseDuration);
const size = spelled(`a size such as ${SIZE_EXAMPLES}`, parseSize);
const count = v.custom<number>(
  (input) => Number.isSafeInteger(input) && Number(input) >= 0,
  'a whole number, 0 or more',
);
const percent = v.custom<number>(
  (input) => Number.isFinite(input) && Number(input) > 0,
  'percent of one CPU, more than 0',
);
const text = v.custom<string>((input) => typeof input === 'string' && input.trim() !== '', 'a text that is not empty');
const session = v.custom<string>(
  (input) => typeof input === 'string' && input.length >= SHORTEST_SESSION,
  `an id, or at least ${SHORTEST_SESSION} characters of its beginning`,
);
const texts = v.optional(v.array(text, 'a list of texts'));

const protectRule: v.GenericSchema<unknown, ProtectRule> = v.pipe(
  object({
    agent: v.optional(text),
    exe: v.optional(text),
    cwd: v.optional(text),
    session: v.optional(session),
    argv: v.optional(text),
  }),
  v.check(
    (rule) => PROTECT_KINDS.some((key) => rule[key] !== undefined),
    `at least one of ${PROTECT_KINDS.join(', ')}`,
  ),
);

const agent: v.GenericSchema<unknown, ConfiguredAgent> = v.pipe(
  object({
    name: text,
    executables: texts,
    scripts: texts,
    modules: texts,
    packages: texts,
    serverCommands: texts,
    serverFlags: texts,
    infrastructureCommands: texts,
    sessionFlags: texts,
    valueOptions: texts,
  }),
  v.check(
    ({ executables, scripts, modules, packages }) => isAnyGiven(executables, scripts, modules, packages),
    'at least one of executables, scripts, modules, packages',
  ),
);

const mcpServer: v.GenericSchema<unknown, ConfiguredMcpPattern> = v.pipe(
  object({ names: texts, scripts: texts }),
  v.check(({ names, scripts }) => isAnyGiven(names, scripts), 'names or scripts'),
);

const host: v.GenericSchema<unknown, HostDescription> = object({
  name: text,
  recognise: v.pipe(
    object({ executables: texts, scripts: texts, arguments: texts }),
    v.check(({ executables, scripts }) => isAnyGiven(executables, scripts), 'executables or scripts'),
  ),
  registry: v.optional(object({ file: text, sessions: text, fields: v.record(v.string(), text, 'names of fields') })),
  marker: v.optional(text),
});

const cpuBudget = v.pipe(
  object({ percent, for: duration }),
  v.transform((cpu) => ({ percent: cpu.percent, seconds: cpu.for })),
);

const file = object({
  idle: v.optional(duration),
  minAge: v.optional(duration),
  grace: v.optional(duration),
  max: v.optional(count),
  include: v.optional(v.array(word(INCLUDE_KINDS), `a list of ${INCLUDE_KINDS.join(', ')}`)),
  protect: v.optional(v.array(protectRule, 'a list of rules')),
  agents: v.optional(v.array(agent, 'a list of agents')),
  mcpServers: v.optional(v.array(mcpServer, 'a list of MCP servers')),
  hosts: v.optional(v.array(host, 'a list of hosts')),
  source: v.optional(word(SOURCES)),
  keep: v.optional(count),
  olderThan: v.optional(duration),
  budgets: v.optional(
    object({
      treeMemory: v.optional(size),
      descriptors: v.optional(count),
      sessions: v.optional(count),
      cpu: v.optional(cpuBudget),
    }),
  ),
  color: v.optional(word(COLOURS)),
});

/** A number that is written as a text with its unit; a bare 0 needs none. */
function spelled(allowed: string, parse: (text: string) => number): v.GenericSchema<unknown, number> {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, number>(({ dataset: { value }, addIssue, NEVER }) => {
      try {
        if (value === 0) return 0;
        if (typeof value === 'string') return parse(value);
      } catch (error) {
        // What is allowed is said below, with the place where this was found.
        if (!(error instanceof SesswatchError)) throw error;
      }
      addIssue({ message: allowed });
      return NEVER;
    }),
  );
}

function word<const T extends readonly string[]>(words: T) {
  return v.picklist(words, `one of ${words.join(', ')}`);
}

/** An object of exactly these keys. */
function object<const T extends v.ObjectEntries>(entries: T) {
  const known = Object.keys(entries);
  const whole = `an object with ${known.join(', ')}`;
  // valibot takes a list for an object without any of its keys.
  const notList = v.custom<unknown>((input) => !Array.isArray(input), whole);
  const strict = v.strictObject(entries, (issue) => {
    if (issue.expected !== 'never') return issue.path === undefined ? whole : MISSING;
    const [meant] = nearest(String(issue.path?.at(-1)?.key), known, 1);
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

function isAnyGiven(...lists: readonly (readonly unknown[] | undefined)[]): boolean {
  return lists.some((list) => list !== undefined && list.length > 0);
}
