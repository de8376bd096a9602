import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, sesswatch } from '../kit/command.js';

const TABLE = `  PID  PPID     ELAPSED    RSS COMMAND
    1     0 02-00:00:00   9000 /sbin/init
  501     1    01:05:00 210000 claude
  502     1    01:05:00 110000 codex app-server
`;

let folder: string;
let files: string[];

/** The same processes as seen on a machine of another name. */
const seenOn = async (hostname: string, bootId = `boot-of-${hostname}`, more = {}): Promise<string> => {
  const table = path.join(folder, 'table.txt');
  writeFileSync(table, TABLE);
  const document = documentOf<object>(await sesswatch(['snapshot', '--all', '--json', '--no-save', '--from', table]));
  const file = path.join(folder, `${hostname}-${bootId}.json`);
  const machine = { hostname, bootId, platform: 'linux', source: 'procfs' };
  writeFileSync(file, JSON.stringify({ ...document, machine, ...more }));
  return file;
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-machines-'));
  files = [await seenOn('alpha'), await seenOn('beta')];
});
afterAll(() => rmSync(folder, { recursive: true }));

const from = (...given: string[]): string[] => given.flatMap((file) => ['--from', file]);

describe('several --from', () => {
  it('stand in one table with the name of each machine', async () => {
    const { out, code } = await sesswatch(['ps', ...from(...files)]);
    const rows = out.split('\n').map((line) => line.split(/\s+/));
    expect(rows[0]).toContain('HOSTNAME');
    expect(rows.slice(1, 5).map((row) => row.filter((word) => /^(alpha|beta|50\d)$/.test(word)))).toEqual([
      ['alpha', '501'],
      ['beta', '501'],
      ['alpha', '502'],
      ['beta', '502'],
    ]);
    expect(out).toContain('4 agents on 2 machines');
    expect(code).toBe(0);
  });

  it('are counted together, and each machine for itself', async () => {
    const [all, each] = await Promise.all([
      sesswatch(['count', ...from(...files)]),
      sesswatch(['count', '--by', 'machine', '--json', ...from(...files)]),
    ]);
    expect(all.out).toBe('4\n');
    expect(documentOf(each)).toMatchObject({
      count: 4,
      byAgent: { claude: 2, codex: 2 },
      byMachine: { alpha: 2, beta: 2 },
    });
  });

  it('are a document each in one', async () => {
    const answer = documentOf<{ schema: string; machines: { machine: object; processes: { machine?: string }[] }[] }>(
      await sesswatch(['ps', '--json', ...from(...files)]),
    );
    expect(answer.schema).toBe('sesswatch/machines/1');
    expect(answer.machines.map(({ machine }) => machine)).toMatchObject([{ hostname: 'alpha' }, { hostname: 'beta' }]);
  });

  it('call a machine without a name by its file', async () => {
    const { out } = await sesswatch(['count', '--by', 'machine', ...from(path.join(folder, 'table.txt'), ...files)]);
    expect(out.split('\n').filter(Boolean).sort()).toEqual(['2 alpha', '2 beta', '2 table']);
  });

  it('take one from standard input', async () => {
    const { out } = await sesswatch(['count', '--by', 'machine', ...from('-', ...files)], { input: TABLE });
    expect(out.split('\n').filter(Boolean).sort()).toEqual(['2 alpha', '2 beta', '2 not named']);
  });

  it('are not whole when one of them is not', async () => {
    const half = await seenOn('gamma', 'boot-of-gamma', { complete: false, problems: ['a row was cut off'] });
    const { out, err, code } = await sesswatch(['count', ...from(...files, half)]);
    expect([out, code]).toEqual(['', 3]);
    expect(err).toContain('a row was cut off');
  });

  it('are refused when two are of one boot of a machine, which would count twice', async () => {
    const { err, code } = await sesswatch(['count', ...from(...files, await seenOn('alpha', 'boot-of-beta'))]);
    expect(err).toMatch(/two files are of the machine alpha/);
    expect(code).toBe(2);
  });

  it.each([['tree'], ['orphans'], ['snapshot']])('are refused by %s, which looks at one machine', async (command) => {
    const { err, code } = await sesswatch([command, ...from(...files)]);
    expect(err).toMatch(/looks at one machine/);
    expect(code).toBe(2);
  });
});

describe('diff', () => {
  it('refuses to mix two machines', async () => {
    const { out, err, code } = await sesswatch(['diff', ...files]);
    expect(err).toMatch(/two machines, alpha and beta/);
    expect([out, code]).toEqual(['', 2]);
  });

  it('takes a machine that got another name for the same, and one that was restarted', async () => {
    const [renamed, restarted] = [await seenOn('alpha-2', 'boot-of-alpha'), await seenOn('alpha', 'boot-2')];
    const outcomes = await Promise.all([renamed, restarted].map((file) => sesswatch(['diff', files[0] ?? '', file])));
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
  });
});
