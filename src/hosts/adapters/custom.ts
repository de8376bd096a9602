import path from 'node:path';
import { fieldsOf } from '../../decode.js';
import type { BelievedSession, HostAdapter, Seen } from '../host.js';
import { claimOf, notReadable, readJson, registryOf, textOf, timeOf } from '../registries/fields.js';

/** A host that a person describes in configuration. */
export interface HostDescription {
  readonly name: string;
  /** What its server looks like: program or script, and words that must be arguments of their own. */
  readonly recognise: {
    readonly executables?: readonly string[] | undefined;
    /** Ends of script paths, whole folders: `orchestrator/dist/server.js`. */
    readonly scripts?: readonly string[] | undefined;
    readonly arguments?: readonly string[] | undefined;
  };
  /**
   * A JSON file of its sessions. `file`: absolute, or below the home folder (`~/…`, also without `~/`). `sessions`: where in it the
   * list (or an object by id) stands, `.` for the whole file. `fields`: where each of {@link REGISTRY_FIELDS}
   * stands in a session, as `agent.id`.
   */
  readonly registry?:
    | {
        readonly file: string;
        readonly sessions: string;
        readonly fields: Readonly<Record<string, string>>;
      }
    | undefined;
  /** Environment variable that holds the host's session id in what it starts. Must be among those that are read. */
  readonly marker?: string | undefined;
}

/** The names that `registry.fields` may hold. `hostSessionId` is needed unless `sessions` is an object by id. */
const REGISTRY_FIELDS = ['hostSessionId', 'agentSessionId', 'state', 'lastSeen', 'pid', 'startToken', 'busy'] as const;

/** A host of the user's own, as an adapter like any other. */
export function customHost(description: HostDescription): HostAdapter {
  const { name, recognise, registry, marker } = description;
  return {
    name,
    limits: { startSeconds: 60, stopSeconds: 60 },
    // Nothing says whether it means its agents to outlive it.
    agentsEndWithServer: false,
    recognise: (seen) => isServer(recognise, seen),
    async registry(place, readers) {
      if (registry === undefined) return [];
      // Never relative to the current folder, which is not the user's choice.
      const file = path.isAbsolute(registry.file)
        ? registry.file
        : path.join(place.home, registry.file.replace(/^~[/\\]/, ''));
      const { state, value, notes } = await readJson(readers, file);
      if (state !== 'read') return [registryOf({ from: file, state, notes })];
      const rows = rowsAt(value, registry.sessions);
      if (rows === undefined) {
        const missing = notReadable(file, `nothing stands at ${registry.sessions}`);
        return [registryOf({ from: file, state: 'unreadable', notes: missing })];
      }
      const sessions = rows.flatMap(([key, row]) => sessionOf(key, row, registry.fields));
      return [registryOf({ from: file, state, listsAll: true, sessions })];
    },
    attribute({ record, agent }, { server }) {
      if (agent === undefined) return undefined;
      const hostSessionId = marker === undefined ? undefined : record.detail?.markers?.[marker];
      if (hostSessionId === undefined && server() === undefined) return undefined;
      return { hostSessionId, agentSessionId: agent.sessionId };
    },
  };
}

function isServer(
  { executables, scripts, arguments: needed }: HostDescription['recognise'],
  { command }: Seen,
): boolean {
  const isProgram = executables?.some((name) => command.programs.includes(name)) === true;
  const ran = command.scripts.find(({ what }) =>
    scripts?.some((end) => what === end || what.endsWith(`/${end.replace(/^\/+/, '')}`)),
  );
  if (!isProgram && ran === undefined) return false;
  const rest = ran?.rest ?? command.argv.slice(1);
  return (needed ?? []).every((word) => rest.includes(word));
}

function rowsAt(value: unknown, where: string): readonly (readonly [string | undefined, unknown])[] | undefined {
  const found = where === '.' ? value : at(value, where);
  if (Array.isArray(found)) return found.map((row) => [undefined, row] as const);
  if (typeof found !== 'object' || found === null) return undefined;
  return Object.entries(found);
}

function sessionOf(key: string | undefined, row: unknown, fields: Readonly<Record<string, string>>): BelievedSession[] {
  const field = (name: (typeof REGISTRY_FIELDS)[number]): unknown => {
    const where = fields[name];
    return where === undefined ? undefined : at(row, where);
  };
  const hostSessionId = textOf(field('hostSessionId')) ?? key ?? textOf(field('agentSessionId'));
  if (hostSessionId === undefined) return [];
  const word = textOf(field('state'))?.toLowerCase();
  return [
    {
      hostSessionId,
      agentSessionId: textOf(field('agentSessionId')),
      state: fields.state === undefined ? 'live' : stateOf(word),
      busy: field('busy') === true || word === 'busy',
      lastSeen: timeOf(field('lastSeen')),
      claim: claimOf(field('pid'), field('startToken')),
    },
  ];
}

/** The words that hosts use. Any other says nothing, rather than something that it may not mean. */
function stateOf(word: string | undefined): BelievedSession['state'] {
  if (word === undefined) return 'unknown';
  if (/^(live|running|active|idle|busy|waiting|ready|starting|open)$/.test(word)) return 'live';
  if (/^(stopped|ended|exited|closed|finished|completed|failed|error)$/.test(word)) return 'stopped';
  if (word === 'archived' || word === 'deleted') return word;
  return 'unknown';
}

function at(value: unknown, where: string): unknown {
  let found = value;
  for (const name of where.split('.')) {
    const fields = fieldsOf(found);
    // Own fields only: `constructor` is a path to nowhere.
    if (!Object.hasOwn(fields, name)) return undefined;
    found = fields[name];
  }
  return found;
}
