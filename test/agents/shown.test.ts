import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import { classify } from '../../src/agents/recognise/classify.js';
import type { Row } from '../../src/agents/recognise/recognition.js';
import { shownArgv } from '../../src/agents/shown.js';
import { commandLine } from '../../src/output/harmless.js';
import { corpusLines, treeNames } from './corpus.js';
import { piecesOf, READABLE, SECRET_LINES } from './secret-shapes.js';
import { recordedTree } from './trees.js';

const lines = [...corpusLines('processes.jsonl'), ...corpusLines('more-processes.jsonl')].map(
  ({ title, row, platform }) => ({ title, row, platform }),
);
const recorded = treeNames().flatMap((name) =>
  recordedTree(name).table.all.map((row) => ({
    title: `${name} ${row.pid}: ${(row.argv ?? []).join(' ').slice(0, 80)}`,
    row: row as Row,
    platform: 'linux' as const,
  })),
);

function taken(row: Row, platform: NodeJS.Platform) {
  const { agent, role, daemon, sessionId, mayLaunch } = classify(row, CATALOGUE, platform) ?? {};
  return { agent, role, daemon, sessionId, mayLaunch };
}

describe('what is shown of a command line', () => {
  it.each([...lines, ...recorded])('is taken for what the whole was: $title', ({ row, platform }) => {
    const before = classify(row, CATALOGUE, platform);
    const argv = shownArgv(row, before);
    expect(taken({ ...row, argv }, platform)).toEqual(taken(row, platform));
  });

  it.each([...lines, ...recorded])('is shown whole when it is shown again: $title', ({ row, platform }) => {
    const before = classify(row, CATALOGUE, platform);
    const argv = shownArgv(row, before);
    expect(shownArgv({ ...row, argv }, before)).toEqual(argv);
  });

  it.each(SECRET_LINES)('holds no secret of $argv', ({ argv, secret }) => {
    for (const split of [false, true]) {
      const words = split ? argv.join(' ').split(' ') : argv;
      const row = { argv: words, argvIsSplitText: split };
      const shown = shownArgv(row, classify(row, CATALOGUE))?.join(' ') ?? '';
      for (const piece of piecesOf(secret)) expect(shown).not.toContain(piece);
    }
  });

  it.each(READABLE)('can be read: %j', (argv, text) => {
    expect(commandLine(shownArgv({ argv }, classify({ argv }, CATALOGUE)) ?? [])).toBe(text);
  });

  it.each([
    ['a key repeated', ['claude', '-eyJ'.repeat(30_000)]],
    ['quotes', ['sh', '-c', `claude -p ${`"'`.repeat(60_000)}`]],
    ['options', ['claude', ...Array(100_000).fill('--a=b')]],
    ['a path', ['node', `/${'a/'.repeat(60_000)}@anthropic-ai/claude-code/cli.js`]],
    ['dots', ['node', '/x/server.js', `https://${'a.'.repeat(60_000)}`]],
    ['a tool shell', ['bash', '-c', `source ${'/shell-snapshots/snapshot-'.repeat(5000)}`]],
    ['wrappers', Array(50_000).fill('nohup')],
    ['blanks', [' '.repeat(120_000)]],
  ])(
    'takes no longer than its length: %s',
    (_, argv) => {
      const shown = shownArgv({ argv }, classify({ argv }, CATALOGUE)) ?? [];
      expect(shown.join(' ').length).toBeLessThan(5000);
    },
    2000,
  );
});
