import { describe, expect, it } from 'vitest';
import { SesswatchError } from '../../../src/errors.js';
import { checkExpectations, parseExpectation } from '../../../src/snapshot/diff/expectation.js';
import { agent } from '../../kit/diff-documents.js';

describe('parseExpectation', () => {
  it.each([
    ['claude=0', { agent: 'claude', role: undefined, compare: 'equal', of: 'count', value: 0 }],
    ['claude<=2', { agent: 'claude', role: undefined, compare: 'most', of: 'count', value: 2 }],
    ['claude:session<=2', { agent: 'claude', role: 'session', compare: 'most', of: 'count', value: 2 }],
    ['claude:mcp-server=3', { agent: 'claude', role: 'mcp-server', compare: 'equal', of: 'count', value: 3 }],
    ['codex=+1', { agent: 'codex', role: undefined, compare: 'equal', of: 'change', value: 1 }],
    ['codex+1', { agent: 'codex', role: undefined, compare: 'equal', of: 'change', value: 1 }],
    ['codex=-1', { agent: 'codex', role: undefined, compare: 'equal', of: 'change', value: -1 }],
    ['codex<=+1', { agent: 'codex', role: undefined, compare: 'most', of: 'change', value: 1 }],
    ['cursor-agent=1', { agent: 'cursor-agent', role: undefined, compare: 'equal', of: 'count', value: 1 }],
    ['*=0', { agent: '*', role: undefined, compare: 'equal', of: 'count', value: 0 }],
  ])('reads %s', (text, expected) => {
    expect(parseExpectation(text)).toEqual({ text, ...expected });
  });

  it.each(['', 'claude', 'claude=', '=3', 'claude=many', 'claude>3', 'claude==3', 'claude=1.5', 'claude:=1'])(
    'refuses “%s” as no expectation',
    (text) => {
      expect(() => parseExpectation(text)).toThrow(SesswatchError);
    },
  );

  it('names the roles when one is misspelt', () => {
    expect(() => parseExpectation('claude:sesion=1')).toThrow(/sesion/);
  });

  it('refuses an agent that is none, which would be met for ever', () => {
    expect(() => parseExpectation('claud=0', new Set(['claude', 'codex']))).toThrow(/claud/);
    expect(parseExpectation('claude=0', new Set(['claude'])).agent).toBe('claude');
  });
});

describe('checkExpectations', () => {
  const three = [
    agent(1),
    agent(2, { role: 'server' }),
    agent(3, { role: 'tool' }),
    agent(4, { agent: 'codex' }),
    agent(5, { state: 'Z' }),
  ];
  it.each([
    ['claude=2', 2, true, 0],
    ['claude=0', 2, false, 2],
    ['claude=3', 2, false, -1],
    ['claude<=5', 2, true, 0],
    ['claude<=1', 2, false, 1],
    ['claude:server=1', 1, true, 0],
    ['claude:tool=0', 1, false, 1],
    ['claude=+1', 2, true, 0],
    ['claude=+0', 2, false, 1],
    ['claude<=+0', 2, false, 1],
    ['*=3', 3, true, 0],
  ])('%s, with one claude before and two claude, a tool, a codex and a zombie after', (text, after, met, excess) => {
    const [result] = checkExpectations([parseExpectation(text)], [agent(1)], three);
    expect(result).toMatchObject({ after, met, excess });
  });
});
