import { describe, expect, it } from 'vitest';
import type { ChildReading } from '../../src/activity/children.js';
import { type ActivityBaseline, type ActivityReading, concludeActivity } from '../../src/activity/conclude.js';
import { CLOSED, OPEN } from '../../src/activity/readers/turns/turn.js';

const T0 = Date.UTC(2026, 0, 15, 10, 0, 0);
const MINUTE = 60_000;
const now = { at: T0 + 30 * MINUTE };

const child = (id: string, more: Partial<ChildReading> = {}): ChildReading => ({
  ...{ id, name: `x(${id})`, isToolCall: false, holdsTerminal: false, cpuSeconds: 5, ioBytes: 1000 },
  ...more,
});
const seven = child('7/700');

/** An agent whose turn is over, thirty minutes after it was last looked at. */
const plain: ActivityReading = {
  now,
  startedAt: T0 - 60 * MINUTE,
  turn: CLOSED.answered,
  children: [seven],
  treeCpuSeconds: 101,
  connections: [],
};
const before: ActivityBaseline = {
  lastActiveAt: T0 - 59 * MINUTE,
  connections: [],
  children: [{ id: '7/700', when: { at: T0 }, cpuSeconds: 5, ioBytes: 1000 }],
  cpu: { when: { at: T0 }, treeSeconds: 100 },
  unmovedSince: { at: T0 },
};
const kinds = (reading: ActivityReading, baseline?: ActivityBaseline) =>
  concludeActivity(reading, baseline).facts.map(({ kind }) => kind);

describe('an agent is busy', () => {
  it.each<[string, Partial<ActivityReading>, string]>([
    [
      'when its own status says so, even where the file cannot be proved its own',
      { status: { state: 'busy', isOurs: false } },
      'status-busy',
    ],
    ['while its status waits for an answer', { status: { state: 'waiting', isOurs: true } }, 'status-busy'],
    ['while its turn is open, however quiet', { turn: OPEN.user }, 'turn-open'],
    ['when a tool call runs', { children: [seven, child('9/9', { isToolCall: true })] }, 'tool-running'],
    ['when a child holds a terminal', { children: [child('7/700', { holdsTerminal: true })] }, 'tool-running'],
    ['when a child used CPU', { children: [child('7/700', { cpuSeconds: 30 })] }, 'child-moved'],
    ['when a child moved data', { children: [child('7/700', { ioBytes: 9e6 })] }, 'child-moved'],
    [
      'when its transcript moved within the last minute and the turn is not known',
      { transcriptAt: now.at - 20_000, turn: undefined },
      'transcript-moved',
    ],
    ['when its tree used 3 % of a core since', { treeCpuSeconds: 100 + 0.03 * 1800 }, 'cpu-used'],
    ['when a child was born since', { children: [seven, child('8/800')] }, 'child-born'],
  ])('%s', (_, reading, kind) => {
    const activity = concludeActivity({ ...plain, ...reading }, before);
    expect(activity).toMatchObject({ state: 'busy', lastActiveAt: now.at, unmovedSince: now });
    expect(activity.facts.map((fact) => fact.kind)).toContain(kind);
  });

  it('whatever an idle status says, while what it left in the background moves', () => {
    const status = { state: 'idle', since: T0, isOurs: true };
    const background = (cpuSeconds: number) => [child('7/700', { isToolCall: true, cpuSeconds })];
    const of = (children: ChildReading[]) => concludeActivity({ ...plain, status, children }, before).state;
    expect(of(background(30))).toBe('busy');
    expect(of(background(5))).toBe('idle');
  });
});

describe('an agent is idle', () => {
  it('since its own status says so, whatever an older transcript tells', () => {
    const status = { state: 'idle', since: T0 - 10 * MINUTE, isOurs: true };
    const activity = concludeActivity({ ...plain, turn: OPEN.user, status }, before);
    expect(activity).toMatchObject({
      ...{ state: 'idle', turn: 'closed', lastActiveAt: T0 - 10 * MINUTE },
      unmovedSince: before.unmovedSince,
    });
  });

  it('since its transcript last moved, where the turn in it is over', () => {
    const activity = concludeActivity(
      { ...plain, transcriptAt: T0 - MINUTE, connections: undefined },
      { ...before, transcriptAt: T0 - MINUTE },
    );
    expect(activity).toMatchObject({ state: 'idle', turn: 'closed', lastActiveAt: T0 - MINUTE });
  });

  it('with children that were there and have not moved, and a connection that stays the same', () => {
    const open = { connections: ['11'] };
    expect(concludeActivity({ ...plain, ...open }, { ...before, ...open }).state).toBe('idle');
    expect(kinds({ ...plain, ...open }, { ...before, ...open })).toContain('connected');
  });
});

describe('it is not known whether an agent is idle', () => {
  it('when its turn could not be read, however still the rest is', () => {
    expect(concludeActivity({ ...plain, turn: undefined }, before)).toMatchObject({
      ...{ state: 'unknown', turn: undefined },
      unmovedSince: now,
    });
    expect(kinds({ ...plain, turn: undefined }, before)).toContain('turn-unknown');
  });

  it('when an idle status is of another process', () => {
    const status = { state: 'idle', since: T0, isOurs: false };
    expect(concludeActivity({ ...plain, turn: undefined, status }, before).state).toBe('unknown');
  });
});

describe('what moved between two looks starts the proof anew', () => {
  it.each<[string, Partial<ActivityReading>, Partial<ActivityBaseline>]>([
    ['a transcript that grew', { transcriptAt: T0 + MINUTE }, { transcriptAt: T0 - MINUTE }],
    ['another set of connections', { connections: ['12'] }, { connections: ['11'] }],
    ['a child that went', { children: [] }, {}],
    ['a whole turn', { status: { state: 'idle', since: T0 + MINUTE, isOurs: true } }, {}],
    ['a look that could not see', { turn: undefined }, {}],
    ['a first sight', {}, { unmovedSince: undefined }],
  ])('%s', (_, reading, baseline) => {
    const activity = concludeActivity({ ...plain, ...reading }, { ...before, ...baseline });
    expect(activity.state).not.toBe('busy');
    expect(activity.unmovedSince).toEqual(now);
  });

  it('but not CPU time below 3 % of a core, which an idle agent uses too', () => {
    const activity = concludeActivity({ ...plain, treeCpuSeconds: 100 + 0.029 * 1800 }, before);
    expect(activity).toMatchObject({ state: 'idle', unmovedSince: before.unmovedSince });
  });
});

describe('CPU time', () => {
  it('says nothing over less than a minute, and adds up over looks that are closer', () => {
    const soon = { at: T0 + 2000 };
    const activity = concludeActivity({ ...plain, now: soon, treeCpuSeconds: 102 }, before);
    expect(activity.state).toBe('idle');
    expect(activity.cpu).toEqual(before.cpu);
    const at = { at: T0 + MINUTE };
    const later = concludeActivity({ ...plain, now: at, treeCpuSeconds: 104 }, { ...before, cpu: activity.cpu });
    expect(later).toMatchObject({ state: 'busy', cpu: { when: at, treeSeconds: 104 } });
  });

  it('is measured against the time in which the machine was awake', () => {
    const slept = concludeActivity(
      { ...plain, now: { at: T0 + 8 * 60 * MINUTE, awakeSeconds: 1100 }, treeCpuSeconds: 104 },
      { ...before, cpu: { when: { at: T0, awakeSeconds: 1000 }, treeSeconds: 100 } },
    );
    expect(slept.state).toBe('busy');
  });

  it('of a child adds up over looks that are closer than a minute', () => {
    const soon = concludeActivity(
      { ...plain, now: { at: T0 + 20_000 }, children: [child('7/700', { cpuSeconds: 5.05 })] },
      before,
    );
    expect(soon.state).toBe('idle');
    const later = concludeActivity(
      { ...plain, now: { at: T0 + 40_000 }, children: [child('7/700', { cpuSeconds: 5.5 })] },
      { ...before, children: soon.children },
    );
    expect(later.state).toBe('busy');
  });
});

it('a transcript from the future counts as written now', () => {
  expect(concludeActivity({ ...plain, transcriptAt: now.at + MINUTE }, before).lastActiveAt).toBe(now.at);
});
