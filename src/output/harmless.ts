/**
 * Control characters (C0, DEL, C1), line and paragraph separators, the marks that turn the direction of text, and
 * letters that cannot be seen, Unicode's tags among them. A process can put any of them into its title: `ESC[2J`
 * clears a terminal, U+202E reverses a line.
 */
const HARMFUL =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\u{e0000}-\u{e007f}]/gu;

/** Text from outside, safe to print: each harmful character becomes a visible `\xNN` or `\u{NNNN}`. */
export function harmless(text: string): string {
  // Nearly all text is plain: one test without the flag u's cost decides.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(HARMFUL, (mark) => {
    const code = mark.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/**
 * A value as JSON with the same characters written as `\uNNNN`: the text is safe to print, and what is parsed from
 * it is what was there.
 */
export function harmlessJson(value: unknown, indent?: number): string {
  // JSON escapes C0 itself; the line feeds that are left are its own layout.
  return JSON.stringify(value, null, indent).replace(HARMFUL, (mark) =>
    mark === '\n'
      ? mark
      : [...Array(mark.length).keys()].map((at) => `\\u${mark.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** argv as one line that a shell would take apart again in the same way, safe to print. */
export function commandLine(argv: readonly string[]): string {
  let end = argv.length;
  // Trailing empty elements are the padding of a process title, not arguments.
  while (end > 1 && argv[end - 1] === '') end--;
  return argv
    .slice(0, end)
    .map((part, index) =>
      harmless(index === 0 || /^[\w@%+=:,./~<>…-]+$|^…\(\d+ characters\)$/.test(part) ? part : quoted(part)),
    )
    .join(' ');
}

function quoted(part: string): string {
  return `'${part.replaceAll("'", `'\\''`)}'`;
}
