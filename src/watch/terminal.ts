const ESC = '\u001b';

/** Alternate screen, no cursor. xterm control sequences, private modes 1049 and 25. */
export const ENTER = `${ESC}[?1049h${ESC}[?25l${ESC}[2J`;
export const LEAVE = `${ESC}[?25h${ESC}[?1049l`;
/** Synchronized output: the terminal shows all of it at once. Private mode 2026; others ignore it. */
const BEGIN = `${ESC}[?2026h`;
const END = `${ESC}[?2026l`;

/**
 * What turns the frame that a terminal shows into another one: only the lines that differ, each cleared behind its
 * end. Empty when nothing differs. @param shown `undefined` after a resize or a stop, when all is drawn anew
 */
export function updateOf(shown: readonly string[] | undefined, frame: readonly string[]): string {
  let changes = shown === undefined ? `${ESC}[2J` : '';
  for (let at = 0; at < Math.max(frame.length, shown?.length ?? 0); at++) {
    const line = frame[at] ?? '';
    if (shown !== undefined && shown[at] === line) continue;
    changes += `${ESC}[${at + 1};1H${line}${ESC}[0m${ESC}[K`;
  }
  return changes === '' ? '' : `${BEGIN}${changes}${END}`;
}
