import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { sessionTrees, treeText } from '../../../src/output/text/tree.js';
import type { ProcessEntry } from '../../../src/snapshot/document/document.js';
import { agent, megabytes } from '../../kit/diff-documents.js';

const style = new Chalk({ level: 0 });
const helpers = (pid: number, ppid: number, fields: Partial<ProcessEntry> = {}): ProcessEntry =>
  agent(pid, {
    ppid,
    agent: undefined,
    helperOf: 'claude',
    role: 'tool',
    sessionId: undefined,
    argv: [`tool-${pid}`],
    rssBytes: megabytes(1),
    ...fields,
  });

describe('trees of sessions', () => {
  it('hold an agent with everything below it, the largest tree first', () => {
    const trees = sessionTrees([
      agent(10, { rssBytes: megabytes(5) }),
      agent(20),
      helpers(21, 20, { leader: 20 }),
      helpers(22, 21, { leader: 20 }),
      { pid: 1, comm: 'init' },
    ]);
    expect(trees.map((tree) => [tree.root.pid, tree.members.map(({ pid }) => pid)])).toEqual([
      [20, [20, 21, 22]],
      [10, [10]],
    ]);
    expect(trees.map(({ rssBytes }) => rssBytes)).toEqual([megabytes(202), megabytes(5)]);
  });

  it('have a launcher above its agent', () => {
    const trees = sessionTrees([
      agent(10, { role: 'launcher', leader: 11, sessionId: undefined }),
      agent(11, { ppid: 10 }),
    ]);
    expect(trees.map((tree) => [tree.root.pid, tree.members.length])).toEqual([[10, 2]]);
  });

  it('take in helpers that left its parent, by its leader', () => {
    const trees = sessionTrees([agent(10), helpers(30, 1, { leader: 10 })]);
    expect(trees.map((tree) => tree.members.map(({ pid }) => pid))).toEqual([[10, 30]]);
  });

  it('of helpers whose agent is gone stand alone', () => {
    expect(sessionTrees([helpers(30, 1, { leader: 10 })]).map(({ root }) => root.pid)).toEqual([30]);
  });

  it('of parents in a circle hang nothing', () => {
    expect(sessionTrees([agent(10, { ppid: 11 }), agent(11, { ppid: 10 })]).length).toBeGreaterThan(0);
  });
});

describe('the text of a tree', () => {
  const trees = sessionTrees([
    agent(20, { verdict: 'live', cwd: '/home/me/a project', ageSeconds: 188 }),
    helpers(21, 20, { leader: 20 }),
    helpers(22, 21, { leader: 20 }),
    helpers(23, 20, { leader: 20, role: 'mcp-server' }),
  ]);

  it('is headed by what it holds as a whole, and shows what is below what', () => {
    expect(treeText(trees, { width: undefined, style })).toEqual([
      'claude · session session- · live · up 3m 8s · 4 processes, 203 MB · /home/me/a project',
      '  20 session, live, 200 MB  claude --session-id session-20',
      '  ├─ 21 tool, 1 MB  tool-21',
      '  │  └─ 22 tool, 1 MB  tool-22',
      '  └─ 23 mcp-server, 1 MB  tool-23',
    ]);
  });

  it('fits into the terminal, head and rows', () => {
    const lines = treeText(trees, { width: 40, style });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(lines[0]).toMatch(/^claude · .*…$/);
  });

  it('paints the name alone, and cuts as if it were not painted', () => {
    const [plain] = treeText(trees, { width: 40, style });
    const [painted] = treeText(trees, { width: 40, style: new Chalk({ level: 1 }) });
    expect(painted).toBe(`\u001b[1mclaude\u001b[22m${plain?.slice('claude'.length)}`);
  });

  it('tells sessions apart that begin alike', () => {
    const alike = sessionTrees([
      agent(20, { sessionId: '296187f1-0000-4000-8000-000000000001' }),
      agent(30, { sessionId: '296187f1-0000-4000-8000-000000000002' }),
    ]);
    const text = treeText(alike, { width: undefined, style }).join('\n');
    expect(text).toContain('session 296187f1…0001');
    expect(text).toContain('session 296187f1…0002');
  });

  it('does no harm', () => {
    const hostile = sessionTrees([agent(20, { cwd: '/a\u001b[2J\nb', argv: ['claude\n', '\u202e'] })]);
    const lines = treeText(hostile, { width: undefined, style });
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toMatch(/[\u001b\n\u202e]/);
  });
});
