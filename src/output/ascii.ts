/** The characters of our own lines and blocks that a terminal without UTF-8 cannot show, each by one that it can. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ['·', '-'],
  ['…', '~'],
  ['→', '>'],
  ['←', '<'],
  ['├', '|'],
  ['└', '`'],
  ['─', '-'],
  ['│', '|'],
  ...[...'▁▂▃▄▅▆▇█'].map((block, at): [string, string] => [block, '_.-:=+*#'.charAt(at)]),
]);

/** A line for a terminal without UTF-8, as wide as before. */
export function asciiLine(line: string): string {
  return line.replace(/[·…→←├└─│▁▂▃▄▅▆▇█]/g, (mark) => PLAIN.get(mark) ?? mark);
}

/** Whether the locale says that a terminal shows ASCII only: locale(7), the first that is set decides. */
export function isAsciiLocale(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale === undefined || !/utf-?8/i.test(locale);
}
