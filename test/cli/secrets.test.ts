import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { piecesOf, SECRET_LINES, SECRETS } from '../agents/secret-shapes.js';
import { sesswatch } from '../kit/command.js';
import { isAlive, openStage } from '../kit/processes.js';
import { agent, leave } from '../verdict/stage-people.js';
import { homeOf, journalLines, now, reapOn } from './orphaned.js';

const PHRASES = SECRETS.flatMap(piecesOf);

let folder: string;
let home: string;
let table: string;
let smaller: string;

/** A snapshot of another program's making, whose command lines hold everything. */
function tableOf(lines: typeof SECRET_LINES): string {
  return JSON.stringify({
    schema: 'sesswatch/snapshot/1',
    id: '20260115T141242123Z-made',
    label: 'made',
    takenAt: '2026-01-15T14:12:42.123Z',
    machine: { hostname: 'devbox', bootId: 'b', platform: 'linux', release: '6', source: 'procfs' },
    complete: true,
    totals: { processes: 1, agents: 0, sessions: 0, rssBytes: 0, byAgent: {}, byRole: {}, byVerdict: {} },
    processes: [
      { pid: 1, ppid: 0, comm: 'init', argv: ['/sbin/init'], startTime: '1', uid: 1000 },
      ...lines.map(({ argv }, at) => ({
        pid: 100 + at,
        ppid: at % 2 === 0 ? 1 : 99 + at,
        startTime: `${100 + at}`,
        uid: 1000,
        comm: path.basename((argv[0] ?? '').split(/[ :]/)[0] ?? ''),
        argv,
        rssBytes: 1e6,
        ageSeconds: 9000,
      })),
    ],
  });
}

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-secrets-'));
  home = path.join(folder, 'state');
  mkdirSync(home, { mode: 0o700 });
  table = path.join(folder, 'table.json');
  smaller = path.join(folder, 'smaller.json');
  writeFileSync(table, tableOf(SECRET_LINES));
  writeFileSync(smaller, tableOf(SECRET_LINES.slice(0, 60)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function holds(text: string): string[] {
  return PHRASES.filter((phrase) => text.includes(phrase));
}

describe('secrets of command lines', () => {
  it.each<[string, () => string[]]>([
    ['ps', () => ['ps', '--all', '--from', table]],
    ['ps as JSON', () => ['ps', '--all', '--json', '--from', table]],
    ['tree', () => ['tree', '--from', table]],
    ['the overview', () => ['--from', table]],
    ['orphans', () => ['orphans', '--from', table]],
    ['why', () => ['why', '100', '--from', table]],
    ['why of a server', () => ['why', '228', '--from', table]],
    ['diff', () => ['diff', '--all', smaller, table]],
    ['diff as JSON', () => ['diff', '--json', smaller, table]],
    ['diff as Markdown', () => ['diff', '--markdown', smaller, table]],
    ['a plan', () => ['reap', '--dry-run', '--idle', '0', '--min-age', '0', '--from', table]],
    ['a plan as JSON', () => ['reap', '--dry-run', '--json', '--idle', '0', '--from', table]],
    ['a snapshot', () => ['snapshot', '--all', '--from', table]],
    ['an error', () => ['ps', '--from', table, '--verdict', 'none']],
  ])('are not in what %s prints or saves', async (_, args) => {
    const { out, err } = await sesswatch(args(), { env: { SESSWATCH_HOME: home }, cwd: folder });
    expect(out + err).not.toBe('');
    expect(holds(out + err)).toEqual([]);
    const saved = readdirSync(home, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
    expect(holds(saved.join('\n'))).toEqual([]);
  });

  it('are not in the journal of a reap, nor in what else it saves', async () => {
    const stage = openStage();
    try {
      const agents = SECRET_LINES.filter(({ argv }) => argv[0] === 'claude').map(({ argv }, at) =>
        agent(stage, { name: `agent-${at}`, children: [] }, { args: argv.slice(1) }),
      );
      await stage.start({ script: { name: 'host', children: agents } });
      const seen = agents.map(({ script }) => stage.seen(script.name));
      const [first] = seen;
      if (first === undefined) throw new Error('nothing was started');
      await leave(stage.seen('host'), first);
      const { out, err, code } = await reapOn(stage, ['--yes', '-v', '--max', '99', ...now(...seen)]);
      expect([code, seen.filter(isAlive)]).toEqual([0, []]);
      const saved = readdirSync(homeOf(stage).SESSWATCH_HOME, {
        recursive: true,
        encoding: 'utf8',
        withFileTypes: true,
      })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
      expect(journalLines(stage).filter(({ kind }) => kind === 'target')).toHaveLength(agents.length);
      expect(holds(out + err + saved.join('\n'))).toEqual([]);
    } finally {
      await stage.close();
    }
  });
});
