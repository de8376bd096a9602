import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sesswatch } from '../kit/command.js';

const words = async (...typed: string[]): Promise<string[]> => {
  const { out, err, code } = await sesswatch(['completion', 'words', '--', ...typed]);
  expect([err, code]).toEqual(['', 0]);
  return out.split('\n').flatMap((line) => line.split('\t')[0] || []);
};

describe('what may stand in the place of the word that is typed', () => {
  it.each<[string[], readonly string[]]>([
    [['sna'], ['snapshot', 'snapshots']],
    [
      ['snapshots', ''],
      ['show', 'rm', 'prune'],
    ],
    [['ps', '--verdict', 'or'], ['orphan']],
    [['ps', '--verdict', 'orphan,su'], ['orphan,superseded']],
    [['ps', '--by=ro'], ['--by=role']],
    [['ps', '--agent', 'cod'], ['codex']],
    [['count', '--max', ''], []],
    [['completion', 'ba'], ['bash']],
    [
      ['diff', '@'],
      ['@latest', '@now'],
    ],
    [['diff', '$(touch x)'], []],
    [['run', '--', 'ls', ''], []],
    [['doctor', ''], []],
  ])('%j: %j', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
  });

  it('offers flags of the command before those of the program', async () => {
    const flags = await words('diff', '--');
    expect(flags.indexOf('--leaks')).toBeGreaterThanOrEqual(0);
    expect(flags.indexOf('--leaks')).toBeLessThan(flags.indexOf('--json'));
  });
});

describe('the script for bash', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'completion-'));
    const program = path.join(folder, 'sesswatch');
    symlinkSync(path.resolve('bin/sesswatch.js'), program);
    chmodSync(program, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** As readline calls it: the line, and that line broken at `COMP_WORDBREAKS`. */
  function complete(line: string, broken: readonly string[]): string {
    const script = path.join(folder, 'try.sh');
    writeFileSync(
      script,
      `source <(sesswatch completion bash)
       COMP_LINE=$1 COMP_POINT=\${#1}; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
       _sesswatch; echo "\${COMPREPLY[*]}"`,
    );
    return execFileSync('bash', [script, line, ...broken], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    }).trim();
  }

  it.each([
    ['sesswatch sna', ['sesswatch', 'sna'], 'snapshot snapshots'],
    ['sesswatch diff @la', ['sesswatch', 'diff', '@', 'la'], 'latest'],
    ['sesswatch ps --by=ro', ['sesswatch', 'ps', '--by', '=', 'ro'], 'role'],
    ['sesswatch ps --by=', ['sesswatch', 'ps', '--by', '='], 'agent role verdict host'],
  ])('completes %s', (line, broken, expected) => {
    expect(complete(line, broken)).toBe(expected);
  });

  it.each(['$(touch x)', '`touch x`', '"; touch x; "', '*', '$HOME'])('runs nothing of %s', (typed) => {
    const before = readdirSync(folder).concat('try.sh').sort();
    expect(complete(`sesswatch diff ${typed}`, ['sesswatch', 'diff', typed])).toBe('');
    expect(readdirSync(folder).sort()).toEqual([...new Set(before)]);
  });
});

const hasMandoc = spawnSync('mandoc', ['-T', 'lint', '/dev/null']).error === undefined;

describe('the manual page', () => {
  it.runIf(hasMandoc)('is one that mandoc has nothing to say about', async () => {
    const { out } = await sesswatch(['help', 'manual']);
    const checked = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], { input: out, encoding: 'utf8' });
    expect([checked.stdout, checked.stderr, checked.status]).toEqual(['', '', 0]);
  });

  it('names every command and what its flags do', async () => {
    const { out } = await sesswatch(['help', 'manual']);
    for (const command of ['snapshot', 'reap', 'diff', 'schedule install', 'completion'])
      expect(out).toMatch(new RegExp(`^\\.SS ${command}( |$)`, 'm'));
    expect(out).toContain('\\fB\\-\\-expect <expectation>\\fR');
  });
});
