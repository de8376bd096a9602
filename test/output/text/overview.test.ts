import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { overviewText } from '../../../src/output/text/agents/overview.js';
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
    const lines = overviewText(snapshot('now', [], { totals: totals(0, 0) }), [], { width: 80, style });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^no coding agents are running {2}500 processes looked at · devbox, /);
  });

  it('does not say that nothing runs where not everything could be read', () => {
    const blind = snapshot('now', [], { totals: totals(0, 0), complete: false });
    expect(overviewText(blind, undefined, { width: 80, style })[0]).toMatch(/^what runs could not be read/);
  });

  it('puts every agent into one group, so that the numbers add up', () => {
    const document = snapshot(
      'now',
      [
        agent(11, { verdict: 'orphan' }),
        agent(12, { verdict: 'orphan' }),
        agent(13, { verdict: 'superseded' }),
        agent(14, { verdict: 'live' }),
        agent(15, { verdict: 'protected' }),
      ],
      { totals: totals(5, megabytes(1000)) },
    );
    const due = [{ pids: [11], memoryBytes: megabytes(200) }];
    const lines = overviewText(document, due, { width: 80, style });
    expect(lines.slice(1, 6).map((line) => line.trim().split(/ {2,}/).slice(0, 2))).toEqual([
      ['can go', '1 tree'],
      ['soon', '1 tree'],
      ['on ask', '1'],
      ['in use', '1 agent'],
      ['others', '1'],
    ]);
  });

  it('names the first trees and how many more there are', () => {
    const rows = Array.from({ length: 30 }, (_, at) => agent(100 + at, { verdict: 'orphan' }));
    const document = snapshot('now', rows, { totals: totals(30, 0) });
    const lines = overviewText(document, [], { width: 80, style });
    expect(lines.length).toBeLessThan(24);
    expect(lines).toContain('  and 23 more (sesswatch orphans)');
    expect(lines.at(-1)).toBe('Next: sesswatch orphans');
  });

  it('promises no end of what a file says', () => {
    const document = snapshot('now', [agent(11, { verdict: 'orphan' })], { totals: totals(1, 0) });
    expect(overviewText(document, undefined, { width: 80, style })[1]).toMatch(/^ +dead weight +1 tree/);
  });
});
