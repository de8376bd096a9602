import { copyFileSync, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { type Child, type Script, STAND_IN, type Stage } from '../kit/processes.js';
import { PYTHON } from '../verdict/stage-people.js';

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures');
const PLAYER = path.join(FIXTURES, 'live/player.py');

/** What a player does beyond its script's defaults. */
type Part = Partial<Script> & {
  /** Seconds of CPU time in each second. */
  readonly burn?: number;
  /** User to become, when root starts it. */
  readonly uid?: number;
  /** File that its output goes to. */
  readonly output?: string;
  /** Port of 127.0.0.1 on which it listens. */
  readonly listen?: number;
};

/** Makers of players for one stage: light processes that look like the real programs by name and arguments. */
export interface Cast {
  /** A link to the player's interpreter under this name. */
  link(name: string): string;
  /** `<program> agent.js [words]`: programs are looked at as if the script were not there. */
  player(name: string, program: string, words?: readonly string[], script?: Part): Child;
  /** `<program> <word> [words]`, for programs that are told by their first word. */
  verb(name: string, program: string, words: readonly string[], script?: Part): Child;
  /** `<program> <path> [words]`, for programs that are told by the script that they run. */
  running(name: string, program: string, script: string, words?: readonly string[], more?: Part): Child;
  /** A file of this name that is the player's interpreter itself, as the file of a real program is. */
  executable(name: string): string;
  /** The player itself, as a script. */
  readonly script: string;
  /** Claude Code as hosts start it. */
  claude(name: string, words?: readonly string[], script?: Part): Child;
  mcp(name: string, script?: Part): Child;
  /** Claude's tool shell, in a session of its own with its marks, and below it a player. */
  tool(name: string, program?: string, script?: Part): Child;
}

export function openCast(stage: Stage): Cast {
  const verbs = path.join(stage.folder, 'verbs');
  mkdirSync(verbs);
  const script = path.join(stage.folder, 'agent.js');
  symlinkSync(PLAYER, script);
  const linked = new Set<string>();
  const once = (target: string, at: string): string => {
    if (!linked.has(at)) {
      mkdirSync(path.dirname(at), { recursive: true });
      symlinkSync(target, at);
      linked.add(at);
    }
    return at;
  };
  const link = (name: string): string => once(PYTHON, path.join(stage.folder, 'programs', name));
  const scriptOf = (name: string, more: Part): Script => ({ name, onEof: 'stay', ...more });

  const cast: Cast = {
    link,
    executable(name) {
      const file = path.join(stage.folder, 'executables', name);
      mkdirSync(path.dirname(file), { recursive: true });
      if (!existsSync(file)) copyFileSync(realpathSync(PYTHON), file);
      return file;
    },
    script,
    player: (name, program, words = [], more = {}) => ({
      as: link(program),
      entry: [script],
      args: words,
      script: scriptOf(name, more),
    }),
    verb(name, program, [word = '', ...words], more = {}) {
      once(PLAYER, path.join(verbs, word));
      return { as: link(program), entry: [word], args: words, cwd: verbs, script: scriptOf(name, more) };
    },
    running: (name, program, file, words = [], more = {}) => ({
      as: link(program),
      entry: [once(PLAYER, path.join(stage.folder, file))],
      args: words,
      script: scriptOf(name, more),
    }),
    claude: (name, words = ['--output-format', 'stream-json'], more = {}) => cast.player(name, 'claude', words, more),
    mcp: (name, more = {}) => cast.running(name, 'node', `node_modules/.bin/mcp-server-${name}`, [stage.folder], more),
    tool: (name, program = 'python3', more = {}) => ({
      as: '/bin/bash',
      entry: ['-c', `export CLAUDE_PID=$PPID CLAUDECODE=1; exec /bin/bash -c '${SHELL}' "$0" "$1"`],
      args: [link(program), script],
      detached: true,
      stdio: 'ignore',
      script: scriptOf(name, { onEof: 'unread', ...more }),
    }),
  };
  return cast;
}

/** The beginning of what Claude's Bash tool runs; the rest is the command. */
export const SNAPSHOT = `source ${STAND_IN}/.claude/shell-snapshots/snapshot-bash-1-abc.sh 2> /dev/null`;
const SHELL = `${SNAPSHOT}; "$0" "$1"; exit`;
