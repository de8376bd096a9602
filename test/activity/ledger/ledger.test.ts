import { describe, expect, it } from 'vitest';
import { formatLedger, parseLedger } from '../../../src/activity/ledger/format.js';
import {
  EMPTY_LEDGER,
  entriesOfPid,
  entryOf,
  isThere,
  type Ledger,
  mergeLedgers,
  type Observed,
  observe,
  type Presence,
  withoutTimes,
} from '../../../src/activity/ledger/ledger.js';
import { secondsBetween } from '../../../src/activity/moment.js';
import type { ProcessIdentity } from '../../../src/process/identity.js';

const T0 = Date.UTC(2026, 0, 15, 10, 0, 0);
const at = (minutes: number) => ({ at: T0 + minutes * 60_000, awakeSeconds: 1000 + minutes * 60 });
const id = (pid: number, startTime = `${pid}00`): ProcessIdentity => ({ bootId: 'b', pid, startTime });

const claude: Observed = {
  identity: id(7),
  name: 'claude',
  role: 'session',
  agent: 'claude',
  parent: { pid: 3, startTime: '300', name: 'node' },
  owner: { state: 'owned', by: { kind: 'host', name: 'T3 Code', pid: 3, startTime: '300' } },
  activity: {
    lastActiveAt: T0,
    unmovedSince: at(0),
    children: [{ id: '8/800', when: at(0), cpuSeconds: 1, ioBytes: 10 }],
    connections: ['11'],
    cpu: { when: at(0), treeSeconds: 2 },
  },
  burn: { when: at(0), cpuSeconds: 1, since: at(0), ofCore: 0.9 },
  summary: 'live: works for T3 Code(3)',
};
const orphaned: Observed = { ...claude, parent: { pid: 1, name: 'systemd' }, owner: { state: 'ownerless' } };

function presence(pids: readonly ProcessIdentity[], complete = true): Presence {
  return { bootId: 'b', complete, lookup: (pid) => pids.find((one) => one.pid === pid) };
}

const seen = (ledger: Ledger, one: Observed, minutes: number) =>
  observe(ledger, [one], [], presence([one.identity]), at(minutes));

describe('what the ledger keeps', () => {
  it('is the owner and the parent of the last time that there was an owner', () => {
    const ledger = seen(seen(EMPTY_LEDGER, claude, 0), orphaned, 10);
    expect(entryOf(ledger, id(7))).toMatchObject({
      owner: { name: 'T3 Code', pid: 3 },
      parent: { pid: 3 },
      ownedAt: T0,
      ownerlessSince: at(10),
      firstSeen: T0,
      lastSeen: at(10).at,
      observations: 2,
    });
  });

  it('is since when it has had no owner, as long as every look says so', () => {
    let ledger = seen(seen(EMPTY_LEDGER, orphaned, 0), orphaned, 10);
    expect(entryOf(ledger, id(7))?.ownerlessSince).toEqual(at(0));
    ledger = seen(ledger, { ...orphaned, owner: { state: 'unknown' } }, 20);
    expect(entryOf(ledger, id(7))?.ownerlessSince).toBeUndefined();
    ledger = seen(seen(ledger, orphaned, 30), claude, 40);
    expect(entryOf(ledger, id(7))?.ownerlessSince).toBeUndefined();
  });

  it('is nothing of a process whose start is not known', () => {
    const unknown = { ...claude, identity: { bootId: 'b', pid: 7, startTime: undefined } };
    expect(seen(EMPTY_LEDGER, unknown, 0).entries.size).toBe(0);
  });

  it('survives the file', () => {
    const ledger = observe(EMPTY_LEDGER, [claude, orphaned], [id(3)], presence([id(7), id(3)]), at(0));
    expect(parseLedger(formatLedger(ledger))).toEqual(ledger);
  });
});

describe('pruning', () => {
  it('keeps an agent that is gone for a week and its helpers for a day, and says when it went', () => {
    const tool: Observed = { ...claude, identity: id(8), role: 'tool', name: 'bash' };
    const ledger = observe(EMPTY_LEDGER, [claude, tool], [], presence([id(7), id(8)]), at(0));
    const later = observe(ledger, [], [], presence([]), at(60));
    expect(entriesOfPid(later, 7)[0]).toMatchObject({ goneAt: at(60).at, summary: claude.summary });
    expect(entriesOfPid(later, 8)).toHaveLength(1);
    const nextDay = observe(later, [], [], presence([]), at(2 * 24 * 60));
    expect([entriesOfPid(nextDay, 7).length, entriesOfPid(nextDay, 8).length]).toEqual([1, 0]);
    expect(observe(nextDay, [], [], presence([]), at(8 * 24 * 60)).entries.size).toBe(0);
  });

  it('bounds how many of the dead it keeps', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ ...claude, identity: id(1000 + index) }));
    const ledger = observe(EMPTY_LEDGER, many, [], presence(many.map(({ identity }) => identity)), at(0));
    expect(ledger.entries.size).toBe(500);
    expect(observe(ledger, [], [], presence([]), at(1)).entries.size).toBe(200);
  });

  it('drops what another boot saw', () => {
    const ledger = seen(EMPTY_LEDGER, claude, 0);
    expect(observe(ledger, [], [], { ...presence([]), bootId: 'next' }, at(1)).entries.size).toBe(0);
  });

  it('takes nobody for dead whom an incomplete scan did not show', () => {
    const ledger = seen(EMPTY_LEDGER, claude, 0);
    const later = observe(ledger, [], [], presence([], false), at(1));
    expect(entryOf(later, id(7))?.goneAt).toBeUndefined();
  });

  it('takes nobody for dead whose start another source writes in another form', () => {
    const byPs = { bootId: 'b', pid: 7, startTime: '2026-01-15T10:00:00Z' };
    expect(isThere({ pid: 7, startTime: '700' }, presence([byPs]))).toBe('unknown');
    expect(
      entryOf(observe(seen(EMPTY_LEDGER, claude, 0), [], [], presence([byPs]), at(1)), id(7))?.goneAt,
    ).toBeUndefined();
  });

  it('forgets adopters that are gone', () => {
    const ledger = observe(EMPTY_LEDGER, [], [id(3)], presence([id(3)]), at(0));
    expect(ledger.adopters.size).toBe(1);
    expect(observe(ledger, [], [], presence([id(3, '999')]), at(1)).adopters.size).toBe(0);
  });
});

describe('merging with what another run saved meanwhile', () => {
  const base = seen(EMPTY_LEDGER, claude, 0);

  it('keeps of each identity what was seen last', () => {
    const mine = seen(base, claude, 10);
    const theirs = seen(base, orphaned, 20);
    expect(entryOf(mergeLedgers(mine, base, theirs), id(7))?.lastSeen).toBe(at(20).at);
    expect(entryOf(mergeLedgers(theirs, base, mine), id(7))?.lastSeen).toBe(at(20).at);
  });

  it('does not bring back what this run pruned', () => {
    expect(mergeLedgers(EMPTY_LEDGER, base, base).entries.size).toBe(0);
  });
});

it('a ledger without times still proves who was seen under whom, and nothing by time', () => {
  const entry = entryOf(withoutTimes(seen(seen(EMPTY_LEDGER, claude, 0), orphaned, 10)), id(7));
  expect(entry).toMatchObject({ owner: { name: 'T3 Code' }, observations: 0 });
  expect([entry?.ownerlessSince, entry?.unmovedSince, entry?.cpu]).toEqual([undefined, undefined, undefined]);
});

describe('seconds between two moments', () => {
  it.each([
    ['are those of the wall clock where only that is known', { at: 0 }, { at: 5000 }, 5],
    ['leave out sleep', { at: 0, awakeSeconds: 10 }, { at: 3600_000, awakeSeconds: 70 }, 60],
    ['leave out a clock set forward', { at: 0, awakeSeconds: 10 }, { at: 86_400_000, awakeSeconds: 20 }, 10],
    ['are none when the clock was set back', { at: 5000, awakeSeconds: 1 }, { at: 0, awakeSeconds: 9 }, 0],
  ])('%s', (_, from, to, seconds) => {
    expect(secondsBetween(from, to)).toBe(seconds);
  });
});

describe('a damaged ledger is told apart from an empty one', () => {
  const good = JSON.parse(formatLedger(seen(EMPTY_LEDGER, claude, 0)));
  it.each([
    ['cut off', formatLedger(seen(EMPTY_LEDGER, claude, 0)).slice(0, -30)],
    ['empty', ''],
    ['of another schema', JSON.stringify({ ...good, schema: 'sesswatch/ledger/2' })],
    ['a list', '[]'],
    ['without entries', JSON.stringify({ schema: good.schema, adopters: [] })],
    ['with a time that is none', JSON.stringify({ ...good, entries: [{ ...good.entries[0], lastSeen: 'now' }] })],
    ['with a role that is none', JSON.stringify({ ...good, entries: [{ ...good.entries[0], role: 'boss' }] })],
    ['with a moment that is none', JSON.stringify({ ...good, entries: [{ ...good.entries[0], unmovedSince: 3 }] })],
    [
      'with an identity without a start',
      JSON.stringify({ ...good, entries: [{ ...good.entries[0], identity: { pid: 7 } }] }),
    ],
  ])('%s', (_, text) => {
    expect(parseLedger(text)).toHaveProperty('damaged');
  });
});
