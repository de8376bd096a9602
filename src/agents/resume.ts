import { shellWord } from '../command-line/shell-word.js';
import { AGENTS } from './catalogue/catalogue.js';
import { isCounted, type Membership } from './membership.js';

/** How to go on with a conversation whose process has ended. */
export interface Resume {
  /** Absolute; agents look for a conversation below the folder that it was held in. */
  readonly folder: string;
  /** For a POSIX shell, in that folder: `claude --resume 9c3f8849-…`. */
  readonly command: string;
}

/**
 * The folder and the command that continue a session, by each agent's own `--help`.
 *
 * @param cwd as the OS tells it; a folder that was deleted is none to go on in
 * @returns `undefined` where the agent has no such command, or the id or the folder is not known
 */
export function resumeOf(member: Membership | undefined, cwd: string | undefined): Resume | undefined {
  if (member?.sessionId === undefined || member.inherited === true || !isCounted(member)) return undefined;
  const words = AGENTS.find(({ name }) => name === member.agent)?.resume;
  if (words === undefined || !SESSION_ID.test(member.sessionId)) return undefined;
  if (cwd === undefined || !ABSOLUTE.test(cwd) || cwd.endsWith(' (deleted)')) return undefined;
  return { folder: cwd, command: [...words, member.sessionId].map(shellWord).join(' ') };
}

/** Both as one line to paste into a shell. */
export function resumeLine({ folder, command }: Resume): string {
  return `cd ${shellWord(folder)} && ${command}`;
}

/** One that begins with `-` would be read as a flag. */
const SESSION_ID = /^[A-Za-z0-9][\w.:-]{3,127}$/;
const ABSOLUTE = /^(\/|[A-Za-z]:\\)/;
