import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, sesswatch } from '../kit/command.js';

const CAPTURE = path.resolve(import.meta.dirname, '../../fixtures/corpus/captures/capture-ready.txt');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-usage-'));
  writeFileSync(path.join(folder, 'truncated.json'), '{ "schema": "sesswatch/snapshot/1", "proc');
  writeFileSync(path.join(folder, 'newer.json'), '{ "schema": "sesswatch/snapshot/99", "processes": [] }');
  writeFileSync(path.join(folder, 'foreign.txt'), 'the quick brown fox\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a command line that is not one', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['an unknown option is met with the one that was meant', ['ps', '--jsn'], /--json/],
    ['an unknown command is met with the one that was meant', ['snapshto'], /did you mean snapshot/],
    ['an unknown agent is met with the one that was meant', ['count', '--agent', 'cluade'], /did you mean claude/],
    ['an unknown column is met with the one that was meant', ['ps', '--columns', 'pid,memroy'], /did you mean memory/],
    ['an unknown column to sort by is refused', ['ps', '--sort', 'beauty'], /columns: pid/],
    ['an unknown source names those there are', ['ps', '--source', 'registry'], /procfs/],
    ['a source of another platform is refused', ['ps', '--source', 'cim'], /needs Windows/],
    ['a limit that is no number is refused', ['count', '--max', 'five'], /whole number/],
    ['a pid that is none is refused', ['tree', '-1x'], /unknown option|process id/],
    ['an extra operand is refused', ['count', 'claude'], /too many arguments/],
    ['a missing operand is named', ['snapshots', 'show'], /missing required argument 'ref'/],
    ['a snapshot that does not exist is named', ['snapshots', 'show', 'nothing'], /nothing/],
    ['a file that does not exist is named', ['ps', '--from', 'no-such-file'], /no such file/],
    ['a duration that is none is refused', ['snapshots', 'prune', '--older-than', 'soon'], /90s/],
  ])('%s, with exit code 2 and one line', async (_, args, expected) => {
    const { code, out, err } = await sesswatch(args);
    expect(err).toMatch(/^sesswatch: .+ \(.+\)\n$/);
    expect(err).toMatch(expected);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it.each([
    ['truncated.json', /truncated\.json/],
    ['newer.json', /newer/],
    ['foreign.txt', /foreign\.txt/],
  ])('the file %s that cannot be read as processes is named, with exit code 2', async (name, expected) => {
    const { code, err } = await sesswatch(['ps', '--from', path.join(folder, name)]);
    expect(err).toMatch(/^sesswatch: .+ \(.+\)\n$/);
    expect(err).toMatch(expected);
    expect(code).toBe(2);
  });

  it('with --json the error is a document too', async () => {
    const outcome = await sesswatch(['snapshots', 'show', 'nothing', '--json']);
    expect(documentOf(outcome)).toMatchObject({
      schema: 'sesswatch/error/1',
      code: 'usage',
      message: expect.stringContaining('nothing'),
      hint: expect.any(String),
    });
    expect(outcome.code).toBe(2);
  });
});

describe('help', () => {
  it.each([
    [['--help']],
    [['snapshot', '--help']],
    [['snapshots', '--help']],
    [['snapshots', 'show', '--help']],
    [['snapshots', 'rm', '--help']],
    [['snapshots', 'prune', '--help']],
    [['count', '--help']],
    [['ps', '--help']],
    [['tree', '--help']],
    [['config', '--help']],
    [['doctor', '--help']],
  ])('of %j has examples and ends well', async (args) => {
    const { code, out, err } = await sesswatch(args);
    expect(out).toContain('Examples:');
    expect(out).toContain('sesswatch ');
    expect(err).toBe('');
    expect(code).toBe(0);
  });

  it('the version is that of the package', async () => {
    const { out } = await sesswatch(['--version']);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a recorded capture', () => {
  it('count prints a bare number', async () => {
    expect(await sesswatch(['count', '--from', CAPTURE])).toMatchObject({ out: '6\n', err: '', code: 0 });
  });
  it('count --json tells by agent and by role', async () => {
    expect(documentOf(await sesswatch(['count', '--json', '--from', CAPTURE]))).toEqual({
      schema: 'sesswatch/count/1',
      count: 6,
      byAgent: { claude: 5, codex: 1 },
      byRole: { session: 5, server: 1 },
    });
  });
  it('count --by prints a number for each', async () => {
    expect((await sesswatch(['count', '--by', 'agent', '--from', CAPTURE])).out).toBe('5 claude\n1 codex\n');
  });
  it.each([
    ['6', 0],
    ['5', 1],
  ])('count --max %s exits %i', async (max, code) => {
    expect(await sesswatch(['count', '--max', max, '--from', CAPTURE])).toMatchObject({ out: '6\n', code });
  });
  it('an agent can be chosen, before and after the command', async () => {
    expect((await sesswatch(['count', '--agent', 'codex', '--from', CAPTURE])).out).toBe('1\n');
    expect((await sesswatch(['--agent', 'codex', '--from', CAPTURE, 'count'])).out).toBe('1\n');
    expect((await sesswatch(['count', '--agent', 'codex,claude', '--from', CAPTURE])).out).toBe('6\n');
  });
  it('it can be read from standard input', async () => {
    const { readFileSync } = await import('node:fs');
    const outcome = await sesswatch(['count', '--from', '-'], { input: readFileSync(CAPTURE, 'utf8') });
    expect(outcome.out).toBe('6\n');
  });
  it('help verdicts is a legend of all nine', async () => {
    const { out, code } = await sesswatch(['help', 'verdicts']);
    const named = out.split('\n').flatMap((line) => /^[a-z]+/.exec(line) ?? []);
    expect(named.sort()).toEqual([
      'disowned',
      'idle',
      'leftover',
      'live',
      'orphan',
      'protected',
      'superseded',
      'unknown',
      'zombie',
    ]);
    expect(code).toBe(0);
  });
  it.each([
    ['ls', 'ps'],
    ['clean', 'reap'],
    ['history', 'reap --history'],
  ])('%s points to %s', async (word, meant) => {
    const { err, code } = await sesswatch([word]);
    expect(err).toBe(`sesswatch: unknown command '${word}' (did you mean sesswatch ${meant}?)\n`);
    expect(code).toBe(2);
  });
  it('--reveal is refused where it would be kept', async () => {
    const { err, code, out } = await sesswatch(['ps', '--reveal', '--from', CAPTURE]);
    expect([err, out, code]).toEqual([expect.stringMatching(/for a terminal only/), '', 2]);
  });
  it.each([
    [['ps', '--verdict', 'orphn'], /did you mean orphan/],
    [['ps', '--sort', 'memry'], /did you mean memory/],
    [['ps', '--by', 'colour'], /agent, role, verdict, host/],
  ])('%j says what is meant', async (args, hint) => {
    const { err, code } = await sesswatch([...args, '--from', CAPTURE]);
    expect(err).toMatch(hint);
    expect(code).toBe(2);
  });
  it('ps prints aligned rows without trailing blanks or colour into a pipe', async () => {
    const { out } = await sesswatch(['ps', '--from', CAPTURE]);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^PID +AGENT +.*WHAT$/);
    expect(lines.filter((line) => / claude /.test(line))).toHaveLength(5);
    expect(out).not.toContain('\u001b');
    expect(out).not.toMatch(/ \n/);
    // Commands are whole in a pipe.
    expect(out).toContain('--include-partial-messages');
  });
  it('ps takes columns and an order', async () => {
    const args = ['ps', '--columns', 'pid,memory', '--sort', '-memory', '-q', '--from', CAPTURE];
    const { out } = await sesswatch(args);
    expect(out).toMatch(/^PID +TREE\n/);
    const pids = out
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[0]);
    expect(pids).toEqual(['18', '16', '14', '20', '19', '17']);
  });
  it('FORCE_COLOR colours a pipe, NO_COLOR and --no-color forbid it', async () => {
    const coloured = await sesswatch(['ps', '--from', CAPTURE], { env: { FORCE_COLOR: '1' } });
    expect(coloured.out).toContain('\u001b[');
    const forbidden = await sesswatch(['ps', '--from', CAPTURE], {
      env: { FORCE_COLOR: '1', NO_COLOR: '1' },
    });
    expect(forbidden.out).not.toContain('\u001b[');
    const plain = await sesswatch(['ps', '--no-color', '--from', CAPTURE], { env: { FORCE_COLOR: '1' } });
    expect(plain.out).not.toContain('\u001b[');
  });
});
