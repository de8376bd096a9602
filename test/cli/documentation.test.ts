import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, sesswatch } from '../kit/command.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGES = ['README.md', ...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const text = (page: string): string => readFileSync(path.join(ROOT, page), 'utf8');

/** Command lines of fenced blocks, without prompts and remarks. */
function commandLines(page: string): string[] {
  return text(page)
    .split('```')
    .filter((_, at) => at % 2 === 1)
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => /^(?:\$ )?(sesswatch(?: .*)?)$/.exec(line)?.[1] ?? [])
    .map((line) => line.replace(/\s+#.*$/, '').replace(/\s*[>|].*$/, ''))
    .filter((line) => !line.includes(' tells more;'));
}

const LINES = [...new Set(PAGES.flatMap(commandLines))];

/** Words of a line as a shell splits them. */
function wordsOf(line: string): string[] {
  const words = line.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  return words.slice(1).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

/** What would end processes, change a crontab or run something else is held to its declaration only. */
const isHarmless = ([command, second]: readonly string[], words: readonly string[]): boolean =>
  command === 'reap'
    ? words.includes('--dry-run') || words.includes('--history') || words.includes('--last')
    : command === 'schedule'
      ? second === 'status' || words.includes('--print')
      : command !== 'run' && command !== 'kill' && command !== 'hibernate';

let home: string;
const TABLE = '  PID  PPID  ELAPSED    RSS COMMAND\n  501     1    01:05 210000 claude\n';
/** Files of an example are made; those of this repository are there. */
function withFiles(words: readonly string[]): string[] {
  return words.map((word, at) => {
    if (words[at - 1] !== '--from' || word === '-' || existsSync(path.join(ROOT, word))) return word;
    writeFileSync(path.join(home, word), TABLE);
    return path.join(home, word);
  });
}
const run = (words: readonly string[]): Promise<Outcome> =>
  sesswatch(withFiles(words), { cwd: ROOT, env: { SESSWATCH_HOME: home, HOME: home } });

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'documentation-'));
  const labels = LINES.flatMap((line) => {
    const words = wordsOf(line);
    return words[0] === 'diff' ? words.slice(1, 3).filter((word) => !word.startsWith('-')) : [];
  });
  for (const label of new Set(labels)) await run(['snapshot', '--quiet', '--label', label]);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the documents', () => {
  const harmless = LINES.filter((line) => isHarmless(wordsOf(line), wordsOf(line)));
  it.each(harmless)('%s runs', async (line) => {
    const words = wordsOf(line);
    const { code, out, err } = await run(words);
    // A pid of an example is nobody's; whatever was asked about may be found.
    const isExamplePid = /there is no process \d+|belongs to no agent/.test(err);
    expect(isExamplePid ? 0 : code, `${line}: ${err}`).toBeLessThanOrEqual(
      /--exit-code|--max|--expect/.test(line) ? 1 : 0,
    );
    if (words.includes('--json')) expect(JSON.parse(out)).toHaveProperty('schema');
  });

  it.each(LINES.filter((line) => !harmless.includes(line)))('%s names flags that there are', async (line) => {
    const words = wordsOf(line);
    const own = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
    const commands = own.filter((word, at) => /^[a-z]+$/.test(word) && at < (own[0] === 'schedule' ? 2 : 1));
    const { out, code } = await run([...commands, '--help']);
    expect(code).toBe(0);
    for (const word of own.filter((one) => one.startsWith('-')))
      expect(out, line).toMatch(new RegExp(`(^|[ ,])${word.split('=')[0]}\\b`, 'm'));
  });

  it.each(PAGES)('%s links to files that there are', (page) => {
    const links = [...text(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => target);
    const tests = [...text(page).matchAll(/`(test\/[\w./-]+)`/g)].map(([, target = '']) => `/${target}`);
    const missing = [
      ...links.map((link) => path.resolve(ROOT, path.dirname(page), link)),
      ...tests.map((one) => ROOT + one),
    ]
      .filter((file) => !existsSync(file))
      .map((file) => path.relative(ROOT, file));
    expect(missing).toEqual([]);
  });

  it('docs/json.md names every schema that is printed, and no other', () => {
    const sources = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(path.join(ROOT, 'src', name), 'utf8'))
      .join('\n');
    const named = (from: string, mark: string): string[] =>
      [
        ...new Set(
          [...from.matchAll(new RegExp(`${mark}(sesswatch/[a-z-]+/1)${mark}`, 'g'))].map(([, name = '']) => name),
        ),
      ].sort();
    const kept = ['sesswatch/ledger/1', 'sesswatch/schedule-manifest/1', 'sesswatch/notice/1'];
    expect(named(text('docs/json.md'), '`')).toEqual(named(sources, "'").filter((name) => !kept.includes(name)));
  });
});
