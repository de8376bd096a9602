import { describe, expect, it } from 'vitest';
import { diffSnapshots, hasLeak } from '../../../src/snapshot/diff/diff.js';
import { parseExpectation } from '../../../src/snapshot/diff/expectation.js';
import type { ProcessEntry } from '../../../src/snapshot/document/document.js';
import { agent, snapshot } from '../../kit/diff-documents.js';

function leaksOf(before: readonly ProcessEntry[], after: readonly ProcessEntry[], ...expect: string[]) {
  const diff = diffSnapshots(
    snapshot('a', before),
    snapshot('b', after),
    expect.map((text) => parseExpectation(text)),
  );
  return diff.leaks.map((leak) => `${leak.process.pid} ${leak.reason}`);
}

describe('what a pair of snapshots proves to be leaked', () => {
  it.each([
    ['ownerless and absent before', [], [agent(1, { verdict: 'orphan' })], ['1 ownerless']],
    ['a leftover and absent before', [], [agent(1, { verdict: 'leftover', role: 'mcp-server' })], ['1 ownerless']],
    ['superseded and absent before', [], [agent(1, { verdict: 'superseded' })], ['1 superseded']],
    ['disowned and absent before', [], [agent(1, { verdict: 'disowned' })], ['1 disowned']],
    [
      'live before and ownerless now',
      [agent(1, { verdict: 'live' })],
      [agent(1, { verdict: 'orphan' })],
      ['1 ownerless'],
    ],
    [
      'held by one and then by two, without any verdict: the older',
      [agent(11, { sessionId: 's' })],
      [agent(11, { sessionId: 's' }), agent(12, { sessionId: 's' })],
      ['11 superseded'],
    ],
    [
      'two new ones with one session: the older',
      [],
      [agent(12, { sessionId: 's' }), agent(11, { sessionId: 's' })],
      ['11 superseded'],
    ],
  ])('is what is %s', (_, before, after, expected) => {
    expect(leaksOf(before, after)).toEqual(expected);
  });

  it.each([
    ['new and live', [], [agent(1, { verdict: 'live' })]],
    ['new and idle', [], [agent(1, { verdict: 'idle' })]],
    ['new and not judged', [], [agent(1)]],
    ['ownerless on both sides', [agent(1, { verdict: 'orphan' })], [agent(1, { verdict: 'orphan' })]],
    ['ownerless now, and not judged before', [agent(1)], [agent(1, { verdict: 'orphan' })]],
    [
      'held twice on both sides',
      [agent(1, { sessionId: 's' }), agent(2, { sessionId: 's' })],
      [agent(1, { sessionId: 's' }), agent(2, { sessionId: 's' })],
    ],
    [
      'held twice, by its user and by a stranger',
      [],
      [agent(11, { sessionId: 's', uid: 1000 }), agent(12, { sessionId: 's', uid: 1001 })],
    ],
    [
      'held twice, in the eyes of a judge who knows better',
      [],
      [agent(11, { sessionId: 's', verdict: 'unknown' }), agent(12, { sessionId: 's', verdict: 'live' })],
    ],
    [
      'an agent and the one that it started with its session',
      [],
      [agent(11, { sessionId: 's' }), agent(12, { sessionId: 's', ppid: 11 })],
    ],
    ['a new zombie', [], [agent(1, { verdict: 'orphan', state: 'Z' })]],
    [
      'helpers with the session id of their agent',
      [],
      [agent(1, { sessionId: 's' }), agent(2, { sessionId: 's', role: 'mcp-server' })],
    ],
    [
      'two agents of other makers with one id',
      [],
      [agent(1, { sessionId: 's' }), agent(2, { sessionId: 's', agent: 'codex' })],
    ],
  ])('is not what is %s', (_, before, after) => {
    expect(leaksOf(before, after)).toEqual([]);
  });

  it('is what stayed although none was expected', () => {
    const five = [1, 2, 3, 4, 5].map((pid) => agent(pid));
    expect(leaksOf(five, five, 'claude=0')).toEqual([1, 2, 3, 4, 5].map((pid) => `${pid} expectation`));
  });

  it('is what appeared, when that accounts for the excess', () => {
    expect(leaksOf([agent(1)], [agent(1), agent(2)], 'claude=1')).toEqual(['2 expectation']);
    expect(leaksOf([agent(1)], [agent(1), agent(2)], 'claude=+0')).toEqual(['2 expectation']);
  });

  it('names a process once, with its strongest reason', () => {
    expect(leaksOf([], [agent(1, { verdict: 'orphan' })], 'claude=0')).toEqual(['1 ownerless']);
  });

  it('an expectation that is not reached fails too, though nothing leaked', () => {
    const diff = diffSnapshots(snapshot('a', []), snapshot('b', []), [parseExpectation('claude=1')]);
    expect(diff.leaks).toEqual([]);
    expect(hasLeak(diff)).toBe(true);
  });
});
