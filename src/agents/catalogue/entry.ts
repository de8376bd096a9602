import type { Role } from '../membership.js';

/** What a command of an agent makes of the process. */
export interface Mode {
  readonly role: Role;
  /** Parentless by design: never judged by its parent. `worker`: kept by a daemon, which ends it. */
  readonly daemon?: true | 'worker';
  /** Commands below this one: `mcp` → `serve`. */
  readonly below?: Readonly<Record<string, Mode>>;
  /** The word after it is the id of the conversation: `codex resume ID`. */
  readonly sessionIdNext?: true;
}

/** A file that an interpreter runs, by the end of its path. */
export interface ScriptPlace {
  /** Matches the path with `/` on every platform. */
  readonly path: RegExp;
  /**
   * Where not said the agent runs in the interpreter. `shim`: only starts the real program and waits for it, but its
   * command line is the same, so that it stands for the agent where nothing runs below. `wrapper`: never more.
   */
  readonly is?: 'shim' | 'wrapper';
  /** What it is whatever its arguments say. */
  readonly mode?: Mode;
}

/** An environment variable, by name and, where it matters, by how its value ends. */
export interface MarkerTest {
  readonly name: string;
  readonly ends?: string;
}

/** What an agent puts into the environment of what it starts. */
interface AgentMarkers {
  /** Any of these says: started by this agent, or by something that was. */
  readonly present: readonly string[];
  /** Hold the id of the conversation. */
  readonly session?: readonly string[];
  /** Hold the pid of the agent, whole or as the name of a socket `…/PID.sock`. */
  readonly pid?: readonly string[];
  /** Any of these: started by a tool call. */
  readonly tool?: readonly MarkerTest[];
  /** On what a hook or a status line starts, unless the agent itself has it too: a session inside another's tool. */
  readonly hook?: string;
  /** Any of these, no tool's and no hook's marker, and pipes to whoever started it: an MCP server. */
  readonly mcp?: readonly MarkerTest[];
  /** On the real process of an agent that starts itself again, not on its parent. */
  readonly relaunched?: string;
}

/** Other makers' programs of the same name, told by what is said to them. */
export interface ForeignUse {
  /** First positional words that only they know. */
  readonly commands?: readonly string[];
  readonly options?: readonly string[];
  /** First positional words of a form that only they take. */
  readonly positional?: RegExp;
  /** Paths (with `/`) where only they are installed. */
  readonly paths?: RegExp;
  /** Paths (with `/`) that prove the agent, whatever was said to it. */
  readonly exceptPaths?: RegExp;
}

/** How one coding agent looks as a process: all that is known of it, as data. */
export interface AgentEntry {
  readonly name: string;
  /** Names of its programs, as {@link ./program-name.ts} reduces them. */
  readonly executables: readonly string[];
  /** Paths of executables whose basename alone says nothing. */
  readonly executablePaths?: RegExp;
  /** Its executable may be named by a bare version. */
  readonly versionNamed?: true;
  /** Other programs of its maker. Without a role of its own, only the commands below it are the agent's. */
  readonly companions?: Readonly<Record<string, Mode | Pick<Mode, 'below'>>>;
  /** Names as which its own binary runs when it is another program. */
  readonly multiCall?: readonly string[];
  /** Which interpreter runs `…/bin/NAME`; JavaScript's where not said. */
  readonly interpreter?: 'python' | 'any';
  readonly scripts?: readonly ScriptPlace[];
  /** What the interpreter with `…/bin/NAME` is: the agent itself, where not said. */
  readonly binScript?: 'shim' | 'none';
  /** Programs of its own that start another of its programs and wait: `kiro-cli`. */
  readonly fronts?: readonly string[];
  /** Starts itself once more with the same arguments, and waits. */
  readonly relaunches?: true;
  /** `python -m NAME`. */
  readonly modules?: readonly string[];
  /** As npx, uvx and their like know it. */
  readonly packages?: readonly string[];
  /** What it is without a command; a session where not said. */
  readonly bare?: Mode;
  readonly commands?: Readonly<Record<string, Mode>>;
  /** Options that decide the mode, `--flag` or `--flag=value`. */
  readonly flags?: Readonly<Record<string, Mode>>;
  /** Options that take the next word. */
  readonly values?: readonly string[];
  /** Options that take all words up to the next option. */
  readonly lists?: readonly string[];
  /** Options whose value is a text that a person wrote: never saved, never shown. */
  readonly promptFlags?: readonly string[];
  /** What ends a worker whose daemon is gone: `claude stop ID`. */
  readonly endsWorker?: string;
  /** The words before the id that continue a conversation: `claude --resume`. */
  readonly resume?: readonly string[];
  /** Options whose value is the id of the conversation. */
  readonly sessionFlags?: readonly string[];
  /** With these a conversation is copied: the id that was named is not that of the new one. */
  readonly forkFlags?: readonly string[];
  /** Commands that these layouts (by path with `/`) no longer know, and take for a prompt. */
  readonly retiredCommands?: Readonly<Record<string, RegExp>>;
  readonly foreign?: ForeignUse;
  readonly markers?: AgentMarkers;
}

/** An agent that a person adds by configuration. Text only: no patterns, so that no file can stall a scan. */
export interface CustomAgent {
  readonly name: string;
  readonly executables?: readonly string[] | undefined;
  /** Ends of script paths, whole folders: `@acme/agent/cli.js`. */
  readonly scripts?: readonly string[] | undefined;
  /** `python -m NAME`. */
  readonly modules?: readonly string[] | undefined;
  /** As npx or uvx know it. */
  readonly packages?: readonly string[] | undefined;
  readonly serverCommands?: readonly string[] | undefined;
  readonly serverFlags?: readonly string[] | undefined;
  readonly infrastructureCommands?: readonly string[] | undefined;
  readonly sessionFlags?: readonly string[] | undefined;
  /** Options that take the next word, so that it is not read as a command. */
  readonly valueOptions?: readonly string[] | undefined;
}

/** MCP servers that a person adds by configuration. */
export interface CustomMcpPattern {
  /** Names of programs, scripts or packages, exactly. */
  readonly names?: readonly string[] | undefined;
  /** Ends of script paths, whole folders: `my-tools/serve.py`. */
  readonly scripts?: readonly string[] | undefined;
}
