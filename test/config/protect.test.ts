import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { protectTests } from '../../src/config/protect.js';

async function matches(rule: Parameters<typeof protectTests>[0][number], ...values: string[]): Promise<boolean[]> {
  const [tests = []] = await protectTests([rule], [], '/home/ann');
  return values.map((value) => tests.every(({ pattern }) => pattern.test(value)));
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
  ])('tests %s', async (_, rule, value, expected) => {
    expect(await matches(rule, value)).toEqual([expected]);
  });

  it('keeps its parts together, and its text as it was written', async () => {
    const [group] = await protectTests([{ agent: 'claude', cwd: '/srv/**' }], [], undefined);
    expect(group?.map(({ kind }) => kind)).toEqual(['agent', 'cwd']);
    expect(new Set(group?.map(({ text }) => text))).toEqual(new Set(['agent=claude,cwd=/srv/**']));
  });
});

describe('a regular expression of a protect rule', () => {
  it.each<[string, string, boolean]>([
    ['--profile work', 'claude --profile work', true],
    ['^node .*/server\\.js$', 'node /x/server.js', true],
    ['(dev|test)-server', 'prod-server', false],
    ['\\(a+\\)+', 'x(aa)', true],
  ])('%s on %j: %s', async (argv, text, expected) => {
    expect(await matches({ argv }, text)).toEqual([expected]);
  });

  it.each(['((a+))+c', '(a|aa)+c', '(a*)*b', '(.*)*.*=.*!', '(x+x+)+y'])(
    '%s is done with a hostile text at once',
    async (argv) => {
      expect(await matches({ argv }, 'a'.repeat(16_384), 'x'.repeat(16_384))).toEqual([false, false]);
    },
  );

  it.each(['(', '[z-a]', '(?=x)', '(a)\\1', 'x'.repeat(201), '(a{0,1000}){0,1000}'])(
    '%s is refused, with where it stands',
    async (argv) => {
      const env = { SESSWATCH_PROTECT: `argv=${argv}` };
      const reading = loadConfig({ env, cwd: '/', home: undefined, platform: 'linux', flags: {} });
      await expect(reading).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining('SESSWATCH_PROTECT: the argv pattern'),
      });
    },
  );
});
