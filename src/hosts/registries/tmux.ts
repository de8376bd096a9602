import { lstatSync } from 'node:fs';
import path from 'node:path';
import { firstExecutable, type RunTool, runTool } from '../../process/sources/run-tool.js';
import { foreignOnTheWay, ownAccount } from '../../state/foreign-writer.js';
import { othersNames } from '../../state/others-file.js';

/** One pane of a tmux server. */
export interface Pane {
  readonly session: string;
  readonly pid: number;
  /** Its program has ended and the pane stays (`remain-on-exit`). */
  readonly dead: boolean;
}

type PanesAnswer =
  /** From every socket that was asked; `notes` names those that did not answer. */
  | {
      readonly kind: 'read';
      readonly panes: readonly Pane[];
      readonly whole: boolean;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/** The panes on the sockets whose names are wanted. A failed call is never "no panes". */
export type ReadPanes = (isWanted: (socketName: string) => boolean) => Promise<PanesAnswer>;

export interface TmuxOptions {
  /** `$TMUX_TMPDIR` or /tmp; tmux(1), `-L`. */
  readonly temporary: string;
  readonly uid: number | undefined;
  readonly run?: RunTool;
  readonly programs?: readonly string[];
  /** A tmux server answers within milliseconds; one that hangs must not hold up a scan. Default 3000. */
  readonly timeoutMs?: number;
}

/**
 * Asks the tmux servers of this user for their panes. Only sockets that are there are asked, since a client
 * makes the folder when it is missing; `list-panes` never starts a server. And only sockets of this user in a folder
 * of this user that nobody else may enter: a client runs what the server's command aliases say.
 */
export function createPaneReader(options: TmuxOptions): ReadPanes {
  return async (isWanted) => {
    const folder = path.join(options.temporary, `tmux-${options.uid ?? ''}`);
    const sockets = (othersNames(folder) ?? []).filter(isWanted);
    if (sockets.length === 0) return { kind: 'read', panes: [], whole: true, notes: [] };
    const refused = whyNotFolder(folder, options.uid);
    if (refused !== undefined) return { kind: 'unreadable', why: refused };
    const program = firstExecutable(options.programs ?? PROGRAMS);
    if (program === undefined) return { kind: 'unreadable', why: 'tmux is not installed where it is looked for' };
    const panes: Pane[] = [];
    const notes: string[] = [];
    for (const socket of sockets) {
      const file = path.join(folder, socket);
      const answer = isSocketOf(file, options.uid)
        ? await ask(options, program, file)
        : { failure: 'it is no socket of this user, and was not asked' };
      if ('panes' in answer) panes.push(...answer.panes);
      else notes.push(`tmux on socket ${socket} did not answer: ${answer.failure}`);
    }
    return { kind: 'read', panes, whole: notes.length === 0, notes };
  };
}

/** tmux itself makes the folder 0700 and refuses one that others may enter. */
function whyNotFolder(folder: string, uid: number | undefined): string | undefined {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return `${folder} is no folder`;
  if (uid === undefined) return undefined;
  if (stat.uid !== uid) return `${folder} belongs to user ${stat.uid}`;
  if ((stat.mode & 0o007) !== 0) return `${folder} is open to everybody`;
  const account = ownAccount();
  const foreign = account && foreignOnTheWay(folder, { ...account, uid });
  return foreign && `${foreign.path} ${foreign.what}`;
}

function isSocketOf(file: string, uid: number | undefined): boolean {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat?.isSocket() === true && (uid === undefined || stat.uid === uid);
}

async function ask(
  { run = runTool, timeoutMs = 3000 }: TmuxOptions,
  program: string,
  socket: string,
): Promise<{ readonly panes: readonly Pane[] } | { readonly failure: string }> {
  try {
    const { stdout, stderr, exitCode } = await run({
      file: program,
      args: ['-S', socket, 'list-panes', '-a', '-F', FORMAT],
      // Without a UTF-8 locale tmux replaces what is not ASCII in names.
      env: { LC_ALL: 'C.UTF-8' },
      timeoutMs,
    });
    if (exitCode === 0) return { panes: parsePanes(stdout) };
    // A socket whose server has ended stays as a file; that is an answer: no panes there.
    if (/no server running|Connection refused|No such file/.test(stderr)) return { panes: [] };
    return { failure: stderr.trim().split('\n')[0] || `exit code ${exitCode}` };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

/** Parses `list-panes` of {@link FORMAT}. The session's name stands last: it may hold the separator. */
export function parsePanes(text: string): Pane[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(\d+)\|([01]?)\|(.*)$/.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), dead: match[2] === '1', session: match[3] ?? '' }];
  });
}

/** A tab would be printed as `\t` where there is no terminal. */
const FORMAT = '#{pane_pid}|#{pane_dead}|#{session_name}';
const PROGRAMS = [
  '/usr/bin/tmux',
  '/bin/tmux',
  '/usr/local/bin/tmux',
  '/opt/homebrew/bin/tmux',
  '/opt/local/bin/tmux',
  '/home/linuxbrew/.linuxbrew/bin/tmux',
];
