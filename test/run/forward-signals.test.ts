import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { forwardSignals, isForegroundStat } from '../../src/run/forward-signals.js';

function received(platform: NodeJS.Platform, isForeground: boolean, send: readonly NodeJS.Signals[]) {
  const emitter = new EventEmitter();
  const calls: string[] = [];
  const stop = forwardSignals(
    emitter,
    platform,
    () => isForeground,
    (signal, hasItsOwn) => calls.push(`${signal}${hasItsOwn ? ' its own' : ''}`),
  );
  for (const signal of send) emitter.emit(signal);
  return { calls, stop, emitter };
}

describe('forwardSignals', () => {
  it('says which signals the terminal gave the command too', () => {
    const send: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'];
    expect(received('linux', true, send).calls).toEqual([
      'SIGINT its own',
      'SIGQUIT its own',
      'SIGTERM',
      'SIGHUP',
      'SIGUSR1',
    ]);
    expect(received('linux', false, send).calls).toEqual(send);
  });

  it('listens for no signal that Windows lacks', () => {
    expect(received('win32', false, ['SIGQUIT', 'SIGUSR1', 'SIGINT']).calls).toEqual(['SIGINT']);
  });

  it('leaves no listener behind', () => {
    const { stop, emitter } = received('linux', false, []);
    stop();
    expect(emitter.eventNames()).toEqual([]);
  });
});

describe('isForegroundStat', () => {
  it.each([
    ['in the foreground', '7 (a) b) S 1 40 40 34816 40 0', true],
    ['in the background', '7 (node) S 1 40 40 34816 41 0', false],
    ['without a terminal', '7 (node) S 1 40 40 0 -1 0', false],
    ['not readable', '', false],
  ])('%s', (_, stat, expected) => {
    expect(isForegroundStat(stat)).toBe(expected);
  });
});
