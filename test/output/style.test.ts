import { describe, expect, it } from 'vitest';
import { styleFor } from '../../src/output/style.js';

describe('colour', () => {
  it.each<[string, Record<string, string>, boolean, boolean, boolean]>([
    ['a terminal has it', {}, true, false, true],
    ['a pipe has none', {}, false, false, false],
    ['--no-color forbids it', {}, true, true, false],
    ['NO_COLOR forbids it', { NO_COLOR: '1' }, true, false, false],
    ['NO_COLOR of any value forbids it', { NO_COLOR: '0' }, true, false, false],
    ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, true, false, true],
    ['FORCE_COLOR colours a pipe', { FORCE_COLOR: '1' }, false, false, true],
    ['an empty FORCE_COLOR colours a pipe', { FORCE_COLOR: '' }, false, false, true],
    ['FORCE_COLOR=3 asks for all colours', { FORCE_COLOR: '3' }, false, false, true],
    ['FORCE_COLOR=0 forbids it', { FORCE_COLOR: '0' }, true, false, false],
    ['FORCE_COLOR=false forbids it', { FORCE_COLOR: 'false' }, true, false, false],
    ['NO_COLOR beats FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false, false],
    ['--no-color beats FORCE_COLOR', { FORCE_COLOR: '1' }, true, true, false],
    ['a dumb terminal has none', { TERM: 'dumb' }, true, false, false],
  ])('%s', async (_, env, isTerminal, plain, isPainted) => {
    const style = await styleFor({ env, isTerminal, plain });
    expect(style.bold('x')).toBe(isPainted ? '\u001b[1mx\u001b[22m' : 'x');
  });
});
