import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { overviewText } from '../../../src/output/text/overview.js';
import { agent, megabytes, snapshot } from '../../kit/diff-documents.js';

const style = new Chalk({ level: 0 });
const totals = (agents: number, rssBytes: number) => ({
  processes: 500,
  agents,
  sessions: agents,
  rssBytes,
  byAgent: {},
  byRole: {},
  byVerdict: {},
});

describe('the one screen', () => {
  it('says that nothing runs, and that it looked', () => {
    const lines = overviewText(snapshot('now', [], { totals: totals(0, 0) }), { width: 80, style });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^no coding agents are running {2}500 processes looked at · devbox, /);
  });

  it('sums up agents by name and verdict, and helpers by role', () => {
    const document = snapshot(
      'now',
      [
        agent(1, { verdict: 'live' }),
        agent(2, { verdict: 'idle', idleSeconds: 2820 }),
        agent(3, { agent: 'codex', verdict: 'live' }),
        agent(4, { role: 'infrastructure', verdict: 'protected', rssBytes: megabytes(10) }),
        agent(5, { agent: undefined, helperOf: 'claude', role: 'mcp-server', rssBytes: megabytes(1) }),
        agent(6, { agent: undefined, helperOf: 'claude', role: 'tool', rssBytes: megabytes(1) }),
        { pid: 7, comm: 'bash' },
      ],
      { totals: totals(3, megabytes(612)) },
    );
    const lines = overviewText(document, { width: 80, style });
    expect(lines[0]).toMatch(/^3 agents · 6 processes · 612 MB {2}devbox, /);
    expect(lines.slice(1)).toEqual([
      '  claude   2  410 MB  1 live, 1 idle, 1 infrastructure',
      '  codex    1  200 MB  1 live',
      '  helpers  2    2 MB  1 MCP server, 1 tool process',
    ]);
  });

  it('names what has no owner, why, and what to do next', () => {
    const evidence = [
      { kind: 'no-owner', argues: 'orphan', strength: 1, value: '', text: 'nothing above it lives' },
      { kind: 'terminal-gone', argues: 'orphan', strength: 3, value: '', text: 'its terminal is gone' },
      { kind: 'nothing-moved', argues: 'idle', strength: 3, value: '', text: 'nothing moved' },
    ] as const;
    const document = snapshot(
      'now',
      [
        agent(1, { verdict: 'orphan', idleSeconds: 3900, evidence }),
        agent(2, { verdict: 'live' }),
        agent(3, { agent: undefined, role: 'mcp-server', verdict: 'leftover', rssBytes: megabytes(9) }),
      ],
      { totals: totals(2, megabytes(409)) },
    );
    const text = overviewText(document, { width: 100, style }).join('\n');
    expect(text).toContain('2 processes have no owner or no use, 209 MB: sesswatch orphans');
    expect(text).toMatch(/^ +1 +claude +orphan +idle 1h 5m +200 MB +its terminal is gone$/m);
    expect(text).toMatch(/^ +3 +mcp-server +leftover +not proven idle +9 MB/m);
    expect(text).not.toMatch(/^ +2 +claude/m);
  });
});
