import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type StatePlace, stateHome } from '../../src/state/home.js';

const place = (more: Partial<StatePlace>): StatePlace => ({
  env: {},
  home: '/home/dev',
  platform: 'linux',
  ...more,
});

describe('stateHome', () => {
  it.each<[string, Partial<StatePlace>, string | undefined]>([
    ['SESSWATCH_HOME wherever it is set', { env: { SESSWATCH_HOME: '/srv/sw', XDG_STATE_HOME: '/x' } }, '/srv/sw'],
    ['SESSWATCH_HOME relative to the current folder', { env: { SESSWATCH_HOME: 'sw' } }, path.resolve('sw')],
    ['the XDG state folder', { env: { XDG_STATE_HOME: '/x' } }, '/x/sesswatch'],
    ['~/.local/state without one', {}, '/home/dev/.local/state/sesswatch'],
    [
      '~/.local/state for a relative XDG folder, which is to be ignored',
      { env: { XDG_STATE_HOME: 'x' } },
      '/home/dev/.local/state/sesswatch',
    ],
    ['the default for an empty SESSWATCH_HOME', { env: { SESSWATCH_HOME: '' } }, '/home/dev/.local/state/sesswatch'],
    [
      'Application Support on macOS',
      { platform: 'darwin', home: '/Users/dev' },
      '/Users/dev/Library/Application Support/sesswatch',
    ],
    ['LOCALAPPDATA on Windows', { platform: 'win32', env: { LOCALAPPDATA: '/local' } }, '/local/sesswatch'],
    ['AppData below the home on Windows without it', { platform: 'win32' }, '/home/dev/AppData/Local/sesswatch'],
    ['nothing on Linux when no home is known', { home: undefined }, undefined],
    ['nothing on macOS when no home is known', { home: undefined, platform: 'darwin' }, undefined],
    ['nothing on Windows when no home is known', { home: undefined, platform: 'win32' }, undefined],
  ])('is %s', (_, given, expected) => {
    expect(stateHome(place(given))).toBe(expected);
  });
});
