import { describe, expect, it } from 'vitest';
import { parseCpuBudget, parseProtectRule, protectRuleText } from '../../src/config/rules.js';

describe('a protect rule', () => {
  it.each([
    ['agent=claude', { agent: 'claude' }],
    ['agent=claude,cwd=/srv/**', { agent: 'claude', cwd: '/srv/**' }],
    ['exe=my-agent,session=296187f1', { exe: 'my-agent', session: '296187f1' }],
    ['agent=codex,argv=--model=(a,b)', { agent: 'codex', argv: '--model=(a,b)' }],
    ['cwd=/a=b', { cwd: '/a=b' }],
  ])('%s reads, and reads back from its own text', (text, rule) => {
    expect(parseProtectRule(text)).toEqual(rule);
    expect(parseProtectRule(protectRuleText(rule))).toEqual(rule);
  });

  it.each([
    ['nothing', ''],
    ['a bare word', 'claude'],
    ['an unknown part', 'name=claude'],
    ['a part without a value', 'agent='],
    ['a part twice', 'agent=a,agent=b'],
    ['a comma at the end', 'agent=a,'],
    ['a session of four characters', 'session=2961'],
  ])('is refused for %s', (_, text) => {
    expect(() => parseProtectRule(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('a CPU budget', () => {
  it('is percent of one CPU for a time', () => {
    expect(parseCpuBudget('80%/10m')).toEqual({ percent: 80, seconds: 600 });
  });
  it.each(['80', '80%', '0%/10m', '80%/ten', '/10m'])('is refused for %s', (text) => {
    expect(() => parseCpuBudget(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
