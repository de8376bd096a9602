import { describe, expect, it } from 'vitest';
import {
  chooseColumns,
  processList,
  sessionNames,
  shortId,
  sortEntries,
} from '../../../src/output/text/agents/process-list.js';
import type { ProcessEntry } from '../../../src/snapshot/document/document.js';
import { agent } from '../../kit/diff-documents.js';
import { PLAIN } from '../../kit/style.js';

const MB = 1_000_000;
const entries: readonly ProcessEntry[] = [
  agent(7, { sessionId: '296187f1-0000-4000-8000-000000000001', verdict: 'live', rssBytes: 3 * MB }),
  agent(9, {
    agent: 'codex',
    role: 'server',
    sessionId: undefined,
    verdict: 'orphan',
    rssBytes: 900 * MB,
    argv: ['codex', 'app-server'],
    owner: { kind: 'host', name: 'a host with a long name', pid: 4 },
  }),
  agent(8, { rssBytes: undefined, verdict: 'idle', idleSeconds: 90 }),
];

describe('names of sessions', () => {
  it.each<[string, readonly (string | undefined)[], readonly string[]]>([
    ['alone', ['296187f1-0000-4000-8000-000000000001'], ['296187f1']],
    [
      'that begin alike',
      ['296187f1-0000-4000-8000-000000000001', '296187f1-0000-4000-8000-000000000002', 'ffff0000-1'],
      ['296187f1…0001', '296187f1…0002', 'ffff0000'],
    ],
    ['that begin and end alike', ['296187f1-a-0001', '296187f1-b-0001'], ['296187f1-a-0001', '296187f1-b-0001']],
    ['twice the same', ['296187f1-0001', '296187f1-0001'], ['296187f1', '296187f1']],
    ['of opencode', ['ses_6f0a12345678', 'ses_6f0affff5678'], ['ses_6f0a1234', 'ses_6f0affff']],
    ['that are none', [undefined, '296187f1-0001'], ['-', '296187f1']],
    ['that would do harm', ['\u001b[2Jabcdef'], ['\\x1b[2Jabcd']],
  ])('%s', (_, ids, expected) => {
    const nameOf = sessionNames(ids);
    expect(ids.map(nameOf)).toEqual(expected);
  });

  it('a name of its own is short', () => {
    expect(shortId('296187f1-0000-4000-8000-000000000001')).toBe('296187f1');
  });
});

describe('columns', () => {
  it('leaves out what nothing is known of', () => {
    const known = [{ pid: 1, agent: 'claude', role: 'session', argv: ['claude'] } as const];
    expect(chooseColumns(undefined, known)).toEqual(['pid', 'agent', 'what']);
  });

  it('shows what was asked for, in that order, known or not', () => {
    expect(chooseColumns(['command', 'tty'], entries, 20)).toEqual(['command', 'tty']);
  });

  it.each<[number, readonly string[]]>([
    [200, ['pid', 'agent', 'verdict', 'memory', 'age', 'idle', 'owner', 'what']],
    [70, ['pid', 'agent', 'verdict', 'memory', 'age', 'idle', 'owner', 'what']],
    [64, ['pid', 'agent', 'verdict', 'memory', 'idle', 'owner', 'what']],
    [50, ['pid', 'agent', 'verdict', 'memory', 'what']],
  ])('in %i cells has %j', (width, expected) => {
    expect(chooseColumns(undefined, entries, width)).toEqual(expected);
  });

  it.each<[string[], RegExp]>([
    [['pid', 'memroy'], /did you mean memory/],
    [['toString'], /columns: pid/],
    [[], /columns: pid/],
  ])('refuses %j', (asked, hint) => {
    expect(() => chooseColumns(asked, entries)).toThrow(expect.objectContaining({ code: 'usage' }));
    try {
      chooseColumns(asked, entries);
    } catch (error) {
      expect((error as { hint: string }).hint).toMatch(hint);
    }
  });
});

describe('order', () => {
  it.each<[string[] | undefined, readonly number[]]>([
    // Dead weight first, then the largest.
    [undefined, [9, 8, 7]],
    [['pid'], [7, 8, 9]],
    [['-pid'], [9, 8, 7]],
    // The largest first; what is not known comes last either way.
    [['memory'], [9, 7, 8]],
    [['-memory'], [7, 9, 8]],
    [['agent'], [7, 8, 9]],
    [
      ['agent', '-pid'],
      [8, 7, 9],
    ],
    [['idle'], [8, 7, 9]],
  ])('by %s', (by, expected) => {
    expect(sortEntries(entries, by).map(({ pid }) => pid)).toEqual(expected);
  });

  it('refuses a column that is none', () => {
    expect(() => sortEntries(entries, ['--memory'])).toThrow(/unknown column/);
  });
});

describe('the list', () => {
  it.each([60, 80, 120, 200])('has no line longer than a terminal of %i columns', (width) => {
    const long = entries.map((entry) => ({ ...entry, argv: ['claude', 'x'.repeat(500)] }));
    const lines = processList(long, chooseColumns(undefined, long, width), { width, style: PLAIN });
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines[1]).toMatch(/x…$/);
  });

  it('is not cut without a width', () => {
    const long = [agent(7, { argv: ['claude', 'x'.repeat(500)] })];
    expect(processList(long, ['pid', 'command'], { width: undefined, style: PLAIN })[1]).toBe(
      `  7  claude ${'x'.repeat(500)}`,
    );
  });

  it('is a line for each process, whatever its title says', () => {
    const hostile = [agent(7, { argv: ['claude\n8 fake', '\u001b[2J\u202e'], cwd: '/a\nb' })];
    const lines = processList(hostile, ['pid', 'cwd', 'command'], { width: undefined, style: PLAIN });
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe("  7  /a\\x0ab  claude\\x0a8 fake '\\x1b[2J\\u{202e}'");
  });

  it('names a process without arguments in brackets', () => {
    const [, line] = processList([agent(7, { argv: undefined, comm: 'claude' })], ['command'], {
      width: undefined,
      style: PLAIN,
    });
    expect(line).toBe('[claude]');
  });

  it('of nothing is nothing', () => {
    expect(processList([], ['pid'], { width: 80, style: PLAIN })).toEqual([]);
  });
});
