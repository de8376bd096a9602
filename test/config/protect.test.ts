import { describe, expect, it } from 'vitest';
import { protectTests } from '../../src/config/protect.js';

function matches(rule: Parameters<typeof protectTests>[0][number], value: string): boolean {
  const [tests = []] = protectTests([rule], '/home/ann');
  return tests.every(({ pattern }) => pattern.test(value));
}

describe('a protect rule of the configuration', () => {
  it.each([
    ['exe without a folder', { exe: 'acme' }, '/opt/acme/bin/acme', true],
    ['exe without a folder, of another name', { exe: 'acme' }, '/opt/acme/bin/other', false],
    ['exe with a folder', { exe: '/opt/*/acme' }, '/opt/bin/acme', true],
    ['exe with another folder', { exe: '/opt/*/acme' }, '/usr/bin/acme', false],
    ['cwd in the home folder', { cwd: '~/work' }, '/home/ann/work/below', true],
    ['agent', { agent: 'claude' }, 'claude', true],
    ['agent that only begins so', { agent: 'claude' }, 'claude-x', false],
    ['the beginning of a session', { session: '296187f1' }, '296187f1-aaaa', true],
  ])('tests %s', (_, rule, value, expected) => {
    expect(matches(rule, value)).toBe(expected);
  });

  it('keeps its parts together, and its text as it was written', () => {
    const [group] = protectTests([{ agent: 'claude', cwd: '/srv/**' }], undefined);
    expect(group?.map(({ kind }) => kind)).toEqual(['agent', 'cwd']);
    expect(new Set(group?.map(({ text }) => text))).toEqual(new Set(['agent=claude,cwd=/srv/**']));
  });
});
