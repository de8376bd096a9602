import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, sesswatch } from '../kit/command.js';
import { type Cast, FIRST_ID, openCast, SECOND_ID } from './agents.js';

const CAPTURE = path.resolve(import.meta.dirname, '../../fixtures/corpus/captures/capture-ready.txt');

// What runs, by every command that lists it. Other tests have agents of their own: ours are looked for by pid.

interface Entry {
  readonly pid: number;
  readonly agent?: string;
  readonly role?: string;
  readonly sessionId?: string;
}
interface Document {
  readonly schema: string;
  readonly processes: readonly Entry[];
  readonly totals: { readonly agents: number };
}

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast.stage.close());

const rowOf = (out: string, pid: number): string | undefined =>
  out.split('\n').find((line) => new RegExp(`^ *${pid} `).test(line));

describe('ps', () => {
  it('has a row for each session, with names that tell them apart, and none for what belongs to them', async () => {
    const { out, err, code } = await sesswatch(['ps', '--columns', 'pid,agent,verdict,session,what']);
    expect(rowOf(out, cast.first)).toMatch(/ claude +\w+ +10071007…0001 .*--session-id/);
    expect(rowOf(out, cast.second)).toMatch(/ claude +\w+ +10071007…0002 /);
    expect(rowOf(out, cast.child)).toBeUndefined();
    expect(out).not.toMatch(/\u001b|a prompt/);
    expect([err, code]).toEqual(['', 0]);
  });

  it('--all has the child too', async () => {
    const { out } = await sesswatch(['ps', '--all']);
    expect(rowOf(out, cast.child)).toMatch(/ claude +tool /);
  });

  it.each([[[]], [['--all']]])('--json %j holds the same rows, and members of agents alone', async (flags) => {
    const [text, json] = await Promise.all([
      sesswatch(['ps', '--columns', 'pid', '-q', ...flags]),
      sesswatch(['ps', '--json', ...flags]),
    ]);
    const { schema, processes } = documentOf<Document>(json);
    const ours = new Set([cast.first, cast.second, cast.child]);
    const shown = text.out
      .split('\n')
      .map(Number)
      .filter((pid) => ours.has(pid));
    expect(schema).toBe('sesswatch/snapshot/1');
    const pids = processes.map(({ pid }) => pid).filter((pid) => ours.has(pid));
    expect(pids.sort()).toEqual(shown.sort());
    expect(processes.filter(({ role }) => role === undefined)).toEqual([]);
  });

  it('of an agent that nobody runs says so and is empty', async () => {
    const outcome = await sesswatch(['ps', '--agent', 'kiro']);
    expect(outcome).toMatchObject({ out: '', err: 'sesswatch: no kiro is running\n', code: 0 });
    expect((await sesswatch(['ps', '--agent', 'kiro', '-q'])).err).toBe('');
  });

  it.each(['ps', 'portable'])('by the source %s sees the same sessions', async (source) => {
    const { processes } = documentOf<Document>(await sesswatch(['ps', '--json', '--source', source]));
    const ours = processes.filter(({ pid }) => pid === cast.first || pid === cast.second);
    expect(ours).toEqual([
      expect.objectContaining({ agent: 'claude', role: 'session', rssBytes: expect.any(Number) }),
      expect.objectContaining({ agent: 'claude', role: 'session', rssBytes: expect.any(Number) }),
    ]);
  });

  it('with --verbose says where it looked, on stderr', async () => {
    const { out, err } = await sesswatch(['count', '--verbose']);
    expect(err).toMatch(
      /^sesswatch: processes from: \w+\nsesswatch: configuration files: none\nsesswatch: state folder: .+\n$/,
    );
    expect(out).toMatch(/^\d+\n$/);
  });
});

describe('tree', () => {
  it('of a child is that of its session, with what it holds as a whole', async () => {
    const { out, code } = await sesswatch(['tree', String(cast.child)]);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^claude · \w+ · \d+ MB in 2 processes · .*session 10071007 · up /);
    expect(lines[1]).toMatch(new RegExp(`^ {2}${cast.second} session \\d+ MB {2}\\S*claude `));
    expect(lines[2]).toMatch(new RegExp(`^ {2}└─ ${cast.child} tool .*some-tool$`));
    expect(lines).toHaveLength(3);
    expect(code).toBe(0);
  });

  it('--json holds the rows of the tree alone', async () => {
    const { processes } = documentOf<Document>(await sesswatch(['tree', String(cast.second), '--json']));
    expect(processes.map(({ pid }) => pid).sort()).toEqual([cast.second, cast.child].sort());
  });

  it('of a process that belongs to no agent says what does', async () => {
    const { err, code } = await sesswatch(['tree', '1']);
    expect(err).toBe('sesswatch: process 1 belongs to no agent (sesswatch ps --all lists those that do)\n');
    expect(code).toBe(2);
  });
});

describe('one moment', () => {
  it('has as many agents for count, ps, snapshot and the overview', async () => {
    const saved = `${cast.stage.folder}/moment.json`;
    const { out } = await sesswatch(['snapshot', '--all', '--no-save', '--json']);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(saved, out);
    const [count, counted, ps, again, overview] = await Promise.all([
      sesswatch(['count', '--from', saved]),
      sesswatch(['count', '--json', '--by', 'verdict', '--from', saved]),
      sesswatch(['ps', '--json', '--from', saved]),
      sesswatch(['snapshot', '--no-save', '--json', '--from', saved]),
      sesswatch(['--from', saved]),
    ]);
    const { agents } = (JSON.parse(out) as Document).totals;
    const rows = documentOf<Document>(ps).processes.filter(({ role }) => role !== 'infrastructure');
    expect(agents).toBeGreaterThanOrEqual(2);
    expect(count.out).toBe(`${agents}\n`);
    expect(documentOf<{ count: number }>(counted).count).toBe(agents);
    expect(rows).toHaveLength(agents);
    expect(documentOf<Document>(again).totals.agents).toBe(agents);
    expect(overview.out).toMatch(new RegExp(`^${agents} agents · `));
  });
});

describe('documents', () => {
  it.each([
    [
      'ps',
      ['--from', CAPTURE],
      'sesswatch/snapshot/1',
      ['schema', 'id', 'label', 'takenAt', 'machine', 'complete', 'totals', 'processes'],
    ],
    [
      'tree',
      ['--from', CAPTURE],
      'sesswatch/snapshot/1',
      ['schema', 'id', 'label', 'takenAt', 'machine', 'complete', 'totals', 'processes'],
    ],
    [
      'orphans',
      ['--from', CAPTURE],
      'sesswatch/snapshot/1',
      ['schema', 'id', 'label', 'takenAt', 'machine', 'complete', 'totals', 'processes'],
    ],
    ['count', ['--from', CAPTURE], 'sesswatch/count/1', ['schema', 'count', 'byAgent', 'byRole']],
    ['snapshots', [], 'sesswatch/snapshots/1', ['schema', 'snapshots', 'problems']],
    ['config', [], 'sesswatch/config/1', ['schema', 'files', 'settings']],
    ['hosts', [], 'sesswatch/hosts/1', ['schema', 'hosts']],
    ['doctor', [], 'sesswatch/doctor/1', ['schema', 'findings']],
    ['trend', [], 'sesswatch/trend/1', ['schema', 'steps', 'series']],
  ])('%s --json is one document of its schema', async (command, args, schema, fields) => {
    const document = documentOf(await sesswatch([command, ...args, '--json']));
    expect(document.schema).toBe(schema);
    for (const field of fields) expect(document).toHaveProperty(field);
  });

  it('a process has the fields that scripts rely on', async () => {
    const { processes } = documentOf<Document>(await sesswatch(['ps', '--json']));
    const entry = processes.find(({ pid }) => pid === cast.first);
    // Whole, unlike in the lists for people.
    expect(entry?.sessionId).toBe(FIRST_ID);
    expect(processes.find(({ pid }) => pid === cast.second)?.sessionId).toBe(SECOND_ID);
    expect(Object.keys(entry ?? {})).toEqual(
      expect.arrayContaining(
        ['pid', 'startTime', 'startedAt', 'ppid', 'uid', 'user', 'pgid', 'sid', 'tty', 'state', 'comm', 'exe'].concat([
          'argv',
          'cpuSeconds',
          'rssBytes',
          'threads',
          'ageSeconds',
          'agent',
          'role',
          'sessionId',
          'owner',
          'verdict',
          'evidence',
        ]),
      ),
    );
  });
});
