import { describe, expect, it } from 'vitest';
import { styleFor } from '../../src/output/style.js';

describe('colour', () => {
  it.each<[string, Record<string, string>, boolean, boolean, number]>([
    ['a terminal has it', {}, true, false, 1],
    ['a pipe has none', {}, false, false, 0],
    ['--no-color forbids it', {}, true, true, 0],
    ['NO_COLOR forbids it', { NO_COLOR: '1' }, true, false, 0],
    ['NO_COLOR of any value forbids it', { NO_COLOR: '0' }, true, false, 0],
    ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, true, false, 1],
    ['FORCE_COLOR colours a pipe', { FORCE_COLOR: '1' }, false, false, 1],
    ['an empty FORCE_COLOR colours a pipe', { FORCE_COLOR: '' }, false, false, 1],
    ['FORCE_COLOR=3 asks for all colours', { FORCE_COLOR: '3' }, false, false, 3],
    ['FORCE_COLOR=0 forbids it', { FORCE_COLOR: '0' }, true, false, 0],
    ['FORCE_COLOR=false forbids it', { FORCE_COLOR: 'false' }, true, false, 0],
    ['NO_COLOR beats FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false, 0],
    ['--no-color beats FORCE_COLOR', { FORCE_COLOR: '1' }, true, true, 0],
    ['a dumb terminal has none', { TERM: 'dumb' }, true, false, 0],
  ])('%s', async (_, env, isTerminal, plain, level) => {
    const style = await styleFor({ env, isTerminal, plain });
    expect(style.bold('x')).toBe(level === 0 ? 'x' : '\u001b[1mx\u001b[22m');
  });
});
