import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { treeText } from '../../../src/output/text/agents/tree.js';
import type { ProcessEntry } from '../../../src/snapshot/document/document.js';
import { treesOf } from '../../../src/snapshot/document/trees.js';
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

describe('the text of a tree', () => {
  const trees = treesOf([
    agent(20, { verdict: 'live', cwd: '/home/me/a project', ageSeconds: 188 }),
    helpers(21, 20, { leader: 20 }),
    helpers(22, 21, { leader: 20 }),
    helpers(23, 20, { leader: 20, role: 'mcp-server' }),
  ]);

  it('is headed by what it holds as a whole, and shows what is below what', () => {
    expect(treeText(trees, { width: undefined, style })).toEqual([
      'claude · live · 200 MB in 1 process · ~/a project · session session- · up 3m 8s',
      '  20 session 200 MB  claude --session-id session-20',
      '  ├─ 21 tool 1 MB  tool-21',
      '  │  └─ 22 tool 1 MB  tool-22',
      '  └─ 23 mcp-server 1 MB  tool-23',
    ]);
  });

  it('fits into the terminal, head and rows', () => {
    const lines = treeText(trees, { width: 40, style });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(lines[0]).toMatch(/^claude · .*…$/);
  });

  it('paints the name and the verdict, and cuts as if it were not painted', () => {
    const [plain] = treeText(trees, { width: 40, style });
    const [painted] = treeText(trees, { width: 40, style: new Chalk({ level: 1 }) });
    expect(painted).toBe(
      plain?.replace('claude', '\u001b[1mclaude\u001b[22m').replace('live', '\u001b[32mlive\u001b[39m'),
    );
  });

  it('tells sessions apart that begin alike', () => {
    const alike = treesOf([
      agent(20, { sessionId: '296187f1-0000-4000-8000-000000000001' }),
      agent(30, { sessionId: '296187f1-0000-4000-8000-000000000002' }),
    ]);
    const text = treeText(alike, { width: undefined, style }).join('\n');
    expect(text).toContain('session 296187f1…0001');
    expect(text).toContain('session 296187f1…0002');
  });

  it('does no harm', () => {
    const hostile = treesOf([agent(20, { cwd: '/a\u001b[2J\nb', argv: ['claude\n', '\u202e'] })]);
    const lines = treeText(hostile, { width: undefined, style });
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toMatch(/[\u001b\n\u202e]/);
  });
});
