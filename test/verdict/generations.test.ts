import { describe, expect, it } from 'vitest';
import type { Generation } from '../../src/verdict/judgement.js';
import { claude, judgeRows, kindsOf, mcp, type Row, runs, SYSTEMD, T0 } from './rows.js';

const TERMINAL: Row = { pid: 30, ppid: 1, ...runs('/usr/bin/node', '/opt/t3/dist/bin.mjs', 'serve') };
const AGENT = claude({ pid: 50, ppid: 30 });
const DESKTOP: Row = {
  pid: 40,
  ppid: 1,
  ...runs('/Applications/Claude.app/Contents/MacOS/Claude'),
};
const ID = (end: number) => `296187f1-0000-4000-8000-00000000000${end}`;

function generationsIn(...rows: readonly Row[]): readonly Generation[] {
  return judgeRows([SYSTEMD, TERMINAL, AGENT, ...rows]).judged.generations ?? [];
}

/** `npm exec x-mcp`, the shell that npm starts, the server, and a watchdog of the server's. */
function launched(pid: number, ppid = 50): Row[] {
  const script = '/home/u/.npm/_npx/15c6/node_modules/.bin/x-mcp';
  return [
    { pid, ppid, ...runs('npm', 'exec', 'x-mcp@latest'), startedAt: T0 + pid },
    { pid: pid + 1, ppid: pid, ...runs('/bin/sh', '-c', 'x-mcp') },
    { pid: pid + 2, ppid: pid + 1, ...runs('/usr/bin/node', script) },
    {
      pid: pid + 3,
      ppid: pid + 2,
      ...runs('/usr/bin/node', '/opt/x/watchdog.js', `--parent-pid=${pid + 2}`),
    },
  ];
}

const server = (pid: number, ...words: readonly string[]): Row =>
  mcp({ pid, ppid: 50, ...runs('/usr/bin/node', '/opt/node_modules/.bin/mcp-server-filesystem', ...words) });

describe('generations of an MCP server', () => {
  it('are counted under the agent that runs them, with the newest and the memory of the others', () => {
    expect(generationsIn(server(60, '/a'), server(61, '/a'), server(62, '/a'))).toEqual([
      {
        ...{ leader: 50, agent: 'claude', server: 'mcp-server-filesystem', count: 3 },
        ...{ newestStartedAt: T0 - 7200_000 + 62, olderRssBytes: 100_000_000, older: [60, 61], unused: [] },
      },
    ]);
  });

  it('are one copy each with their launcher, shell and watchdog', () => {
    expect(generationsIn(...launched(100))).toEqual([]);
    expect(generationsIn(...launched(100), ...launched(110))).toMatchObject([
      { leader: 50, server: 'x-mcp', count: 2, olderRssBytes: 200_000_000, older: [100] },
    ]);
  });

  it('are newest by when they started, not by their pid', () => {
    const rows = [
      { ...server(60), startedAt: T0 },
      { ...server(61), startedAt: T0 - 60_000 },
    ];
    expect(generationsIn(...rows)).toMatchObject([{ newestStartedAt: T0, older: [61] }]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['whose folders differ', ['/a'], ['/b']],
    ['whose options differ', ['/a', '--read-only'], ['/a']],
    ['on ports that somebody chose', ['--port', '3001'], ['--port', '3002']],
  ])('are none of two servers %s', (_, one, other) => {
    expect(generationsIn(server(60, ...one), server(61, ...other))).toEqual([]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['the pid of their parent', ['--parent-pid', '50'], ['--parent-pid', '51']],
    ['a session', ['--session-id=abc'], ['--session-id=def']],
    ['an id', [`/run/${ID(1)}`], [`/run/${ID(2)}`]],
    ['a port that the kernel chose', ['--port=40001'], ['--port=50001']],
  ])('may differ in %s', (_, one, other) => {
    expect(generationsIn(server(60, ...one), server(61, ...other))).toMatchObject([{ count: 2 }]);
  });

  it('are none of two agents that run one each', () => {
    const other = claude({ pid: 51, ppid: 30 });
    expect(generationsIn(server(60), other, { ...server(61), ppid: 51 })).toEqual([]);
  });

  it('are none below an agent that is an orphan itself: they go with it', () => {
    const orphan = claude({ pid: 51, ppid: 1, pgid: 29 });
    const below = [60, 61].map((pid) => ({ ...server(pid), ppid: 51 }));
    expect(generationsIn(orphan, ...below)).toEqual([]);
  });

  it('are none that a tool call started', () => {
    const shell: Row = { pid: 55, ppid: 50, ...runs('/bin/bash', '-c', 'npm test') };
    expect(generationsIn(shell, { ...server(60), ppid: 55 }, { ...server(61), ppid: 55 })).toEqual([]);
  });

  it('are those of a host that runs them without an agent', () => {
    const scan = { source: 'ps' as const, machine: { platform: 'darwin' as const, bootId: 'b' } };
    const below = [60, 61].map((pid) => ({ ...server(pid), ppid: 40 }));
    const { judged } = judgeRows([SYSTEMD, DESKTOP, ...below], { scan });
    expect(judged.generations).toMatchObject([{ leader: 40, host: 'Claude Desktop', count: 2, older: [60] }]);
  });

  it('are named where an older copy is explained, whose verdict stays live', () => {
    const { judgements } = judgeRows([SYSTEMD, TERMINAL, AGENT, ...launched(100), ...launched(110)]).judged;
    for (const pid of [100, 102, 103]) {
      const judgement = judgements.get(pid);
      expect(judgement?.verdict).toBe('live');
      expect(judgement?.evidence.find(({ kind }) => kind === 'older-generation')).toMatchObject({
        argues: 'note',
        value: '2 of x-mcp',
        text: 'claude(50) runs 2 generations of x-mcp, and this is not the newest: it holds 200 MB RSS',
      });
    }
    const newest = judgements.get(112);
    expect(newest && kindsOf(newest)).not.toContain('older-generation');
  });
});
