import type { Catalogue } from './catalogue.js';
import type { AgentEntry, Mode, ScriptPlace } from './entry.js';

/** An agent's program: its main one, or a companion with a mode of its own. */
export interface KnownProgram {
  readonly entry: AgentEntry;
  readonly companion?: Mode | Pick<Mode, 'below'> | undefined;
}

/** A script of an agent's package. */
export interface KnownScript {
  readonly entry: AgentEntry;
  readonly place: ScriptPlace;
}

/** What a path of a program says by itself. */
export interface ProgramFacts {
  readonly name: string;
  readonly windows: boolean;
  /** Whether a row with it needs a closer look. */
  readonly matters: boolean;
}

/** A catalogue made quick to ask: one lookup by name instead of a walk through all entries. */
export interface NameIndex {
  readonly programs: ReadonlyMap<string, KnownProgram>;
  readonly packages: ReadonlyMap<string, AgentEntry>;
  readonly modules: ReadonlyMap<string, AgentEntry>;
  readonly scripts: readonly KnownScript[];
  /** What scripts that were met already are: a machine runs few of them many times. */
  readonly scriptsMet: Map<string, KnownScript | undefined>;
  /** What is known of program paths that were met already: a machine runs few programs many times. */
  readonly met: Map<string, ProgramFacts>;
  /** Agents with executables that only their path tells. */
  readonly byPath: readonly AgentEntry[];
  readonly byName: ReadonlyMap<string, AgentEntry>;
  readonly mcpNames: ReadonlySet<string>;
  readonly mcpScriptEnds: readonly string[];
  readonly mcpCommands: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The index of a catalogue; made once for each. */
export function indexOf(catalogue: Catalogue): NameIndex {
  const made = indexes.get(catalogue);
  if (made !== undefined) return made;
  const index = makeIndex(catalogue);
  indexes.set(catalogue, index);
  return index;
}

/** The agent whose script lies at a path, with `/`. */
export function scriptAt({ scripts, scriptsMet }: NameIndex, path: string): KnownScript | undefined {
  if (scriptsMet.has(path)) return scriptsMet.get(path);
  const found = scripts.find(({ place }) => place.path.test(path));
  // A watch sees new paths for as long as it runs.
  if (scriptsMet.size >= MOST_MET) scriptsMet.clear();
  scriptsMet.set(path, found);
  return found;
}

export const MOST_MET = 4096;

const indexes = new WeakMap<Catalogue, NameIndex>();

function makeIndex(catalogue: Catalogue): NameIndex {
  const programs = new Map<string, KnownProgram>();
  const packages = new Map<string, AgentEntry>();
  const modules = new Map<string, AgentEntry>();
  for (const entry of catalogue.agents) {
    for (const name of entry.executables) programs.set(name, { entry });
    for (const [name, companion] of Object.entries(entry.companions ?? {})) {
      programs.set(name, { entry, companion });
    }
    for (const name of entry.packages ?? []) packages.set(name, entry);
    for (const name of entry.modules ?? []) modules.set(name, entry);
  }
  return {
    programs,
    packages,
    modules,
    scripts: catalogue.agents.flatMap((entry) => (entry.scripts ?? []).map((place) => ({ entry, place }))),
    scriptsMet: new Map(),
    met: new Map(),
    byPath: catalogue.agents.filter((entry) => entry.executablePaths !== undefined),
    byName: new Map(catalogue.agents.map((entry) => [entry.name, entry])),
    mcpNames: new Set(catalogue.mcp.names),
    mcpScriptEnds: catalogue.mcp.scriptEnds.map((end) => `/${end.replace(/^\/+/, '')}`),
    mcpCommands: new Map(Object.entries(catalogue.mcp.commands).map(([name, words]) => [name, new Set(words)])),
  };
}
