import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { diffMarkdown } from '../../src/output/diff-markdown.js';
import { diffText } from '../../src/output/text/compare/diff.js';
import { diffSnapshots } from '../../src/snapshot/diff/diff.js';
import { parseExpectation } from '../../src/snapshot/diff/expectation.js';
import { bytesChange } from '../../src/units.js';
import { agent, megabytes, snapshot } from '../kit/diff-documents.js';

const style = new Chalk({ level: 0 });
const owner = { kind: 'host', pid: 94002, name: 'T3 Code' } as const;
const five = [1, 2, 3, 4, 5].map((pid) => agent(pid, { owner }));
const heavier = five.map((one) => ({ ...one, rssBytes: megabytes(214) }));

describe('diffText', () => {
  it('says first by how much an expectation is missed, then which processes, then the totals', () => {
    const diff = diffSnapshots(snapshot('before', five), snapshot('after', heavier), [parseExpectation('claude=0')]);
    const lines = diffText(diff, { width: undefined, style });
    expect(lines[0]).toBe('LEAKED 5 claude, 1.1 GB: expected claude=0, 5 stayed, none went');
    expect(lines.filter((line) => line.includes('T3 Code (94002)'))).toHaveLength(5);
    expect(lines.filter((line) => line.includes('200 → 214 MB'))).toHaveLength(5);
    expect(lines).toContain('claude 5 → 5 · 1.0 → 1.1 GB');
  });

  it.each([
    ['claude=0', 'claude 0 → 0', '0 claude, as expected: claude=0'],
    ['claude=2', 'claude 0 → 0', '0 claude: 2 fewer than expected claude=2'],
  ])('says how %s came out with nobody there', (text, _, expected) => {
    const diff = diffSnapshots(snapshot('a', []), snapshot('b', []), [parseExpectation(text)]);
    expect(diffText(diff, { width: undefined, style })[0]).toBe(expected);
  });

  it('groups by agent and session, the agent above its helpers', () => {
    const rows = [
      agent(9, { agent: 'codex' }),
      agent(5, { sessionId: 'b' }),
      agent(2, { sessionId: 'a', role: 'mcp-server', leader: 7 }),
      agent(7, { sessionId: 'a' }),
    ];
    const lines = diffText(diffSnapshots(snapshot('a', []), snapshot('b', rows)), {
      width: undefined,
      style,
    });
    const order = lines.flatMap((line) => /^ +(\d+) +appeared/.exec(line)?.[1] ?? []);
    expect(order).toEqual(['7', '2', '5', '9']);
  });

  it('counts helpers that stayed as they were instead of listing them', () => {
    const helpers = [agent(2, { role: 'mcp-server' }), agent(3, { role: 'tool' })];
    const both = snapshot('a', [agent(1), ...helpers]);
    expect(diffText(diffSnapshots(both, both), { width: undefined, style }).join('\n')).toMatch(
      / 3 stayed as they were \(--all\)/,
    );
    const all = diffText(diffSnapshots(both, both), { width: undefined, style, all: true }).join('\n');
    expect(all).toMatch(/mcp-server/);
    expect(all).not.toMatch(/--all/);
  });

  it('shows only leaks when asked, or says that there are none', () => {
    const diff = diffSnapshots(
      snapshot('a', [agent(11, { sessionId: 's' })]),
      snapshot('b', [agent(11, { sessionId: 's' }), agent(12, { sessionId: 's' }), agent(13)]),
    );
    const text = diffText(diff, { width: undefined, style, leaksOnly: true }).join('\n');
    expect(text).toMatch(/^LEAKED 1, 200 MB: 1 superseded/);
    expect(text).toMatch(/12 holds the same session/);
    expect(text).not.toMatch(/^ +13 /m);
    const none = diffSnapshots(snapshot('a', []), snapshot('b', []));
    expect(diffText(none, { width: undefined, style, leaksOnly: true })[0]).toBe('nothing leaked');
  });

  it('says what moved, what was used again and what limits the comparison', () => {
    const diff = diffSnapshots(
      snapshot('a', [agent(1, { sessionId: 's' }), agent(7)]),
      snapshot('b', [agent(2, { sessionId: 's' }), agent(7, { startTime: '9', agent: 'codex' })], {
        complete: false,
      }),
    );
    const text = diffText(diff, { width: undefined, style }).join('\n');
    expect(text).toMatch(/claude session s moved from 1 to 2/);
    expect(text).toMatch(/pid 7 was used again: it was claude, it is codex now/);
    expect(text).toMatch(/note: b: its scan was incomplete/);
  });

  it('cuts what happened, never the pid, on a narrow terminal', () => {
    const diff = diffSnapshots(snapshot('a', []), snapshot('b', [agent(1, { verdict: 'orphan' })]));
    const row = diffText(diff, { width: 70, style }).find((line) => /^ +1 /.test(line));
    expect(row).toMatch(/^ +1 +leaked/);
    expect(row).toMatch(/…$/);
  });

  it('makes a hostile name harmless', () => {
    const diff = diffSnapshots(snapshot('a', []), snapshot('b', [agent(1, { agent: 'x\u001b[2J' })]));
    expect(diffText(diff, { width: undefined, style }).join('\n')).not.toContain('\u001b');
  });
});

describe('bytesChange', () => {
  it.each([
    [megabytes(212), megabytes(214), '212 → 214 MB'],
    [megabytes(212), megabytes(212.1), '212 MB'],
    [megabytes(900), megabytes(2048), '900 MB → 2.0 GB'],
  ])('%d and %d', (before, after, expected) => {
    expect(bytesChange(before, after)).toBe(expected);
  });
});

describe('diffMarkdown', () => {
  it('holds the sentence, the agents before and after, and each process', () => {
    const diff = diffSnapshots(snapshot('before', five), snapshot('after', heavier), [parseExpectation('claude=0')]);
    const lines = diffMarkdown(diff);
    expect(lines).toContain('- LEAKED 5 claude, 1.1 GB: expected claude=0, 5 stayed, none went');
    expect(lines).toContain('| claude | 5 | 5 | 0 | 1.0 → 1.1 GB |');
    expect(lines.filter((line) => line.includes('**leaked**'))).toHaveLength(5);
  });

  it('keeps text from outside inside its cell', () => {
    const diff = diffSnapshots(snapshot('a', []), snapshot('b', [agent(1, { agent: 'a|b<img>`' })]));
    const row = diffMarkdown(diff).find((line) => line.startsWith('| 1 |'));
    expect(row).toContain('a\\|b\\<img\\>\\`');
    expect(row?.replaceAll('\\|', '').split('|')).toHaveLength(12);
  });

  it('shows no command line', () => {
    const diff = diffSnapshots(snapshot('a', []), snapshot('b', [agent(1, { argv: ['claude', 'secret'] })]));
    expect(diffMarkdown(diff).join('\n')).not.toContain('secret');
  });
});
