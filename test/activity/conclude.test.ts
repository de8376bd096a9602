import { describe, expect, it } from 'vitest';
import {
  type ActivityBaseline,
  type ActivityReading,
  concludeActivity,
} from '../../src/activity/conclude.js';

const T0 = Date.UTC(2026, 0, 15, 10, 0, 0);
const MINUTE = 60_000;
const now = { at: T0 + 30 * MINUTE };

/** An agent of which only the table is known, thirty minutes after it was last looked at. */
const plain: ActivityReading = {
  now,
  startedAt: T0 - 60 * MINUTE,
  tools: [],
  children: ['7/700'],
  youngestChildAt: T0 - 59 * MINUTE,
  treeCpuSeconds: 101,
  connections: [],
};
const before: ActivityBaseline = {
  lastActiveAt: T0 - 59 * MINUTE,
  connections: [],
  children: ['7/700'],
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
    ['when a tool runs', { tools: ['sleep(9)'] }, 'tool-running'],
    [
      'when its transcript moved within the last minute',
      { transcriptAt: now.at - 20_000 },
      'transcript-moved',
    ],
    ['when its tree used 3 % of a core since', { treeCpuSeconds: 100 + 0.03 * 1800 }, 'cpu-used'],
    [
      'when a child was born since',
      { children: ['7/700', '8/800'], youngestChildAt: T0 + MINUTE },
      'child-born',
    ],
  ])('%s', (_, reading, kind) => {
    const activity = concludeActivity({ ...plain, ...reading }, before);
    expect(activity).toMatchObject({ state: 'busy', lastActiveAt: now.at, unmovedSince: now });
    expect(activity.facts.map((fact) => fact.kind)).toContain(kind);
  });

  it('whatever an idle status says, while a tool runs', () => {
    const status = { state: 'idle', since: T0, isOurs: true };
    expect(concludeActivity({ ...plain, status, tools: ['npm(9)'] }, before).state).toBe('busy');
  });
});

describe('an agent is idle', () => {
  it('since its own status says so', () => {
    const status = { state: 'idle', since: T0 - 10 * MINUTE, isOurs: true };
    const activity = concludeActivity({ ...plain, status }, before);
    expect(activity).toMatchObject({
      ...{ state: 'idle', basis: 'status', lastActiveAt: T0 - 10 * MINUTE },
      unmovedSince: before.unmovedSince,
    });
  });

  it('since its transcript last moved', () => {
    const activity = concludeActivity(
      { ...plain, transcriptAt: T0 - MINUTE, connections: undefined },
      { ...before, transcriptAt: T0 - MINUTE },
    );
    expect(activity).toMatchObject({ state: 'idle', basis: 'transcript', lastActiveAt: T0 - MINUTE });
  });

  it('by CPU, children and connections alone only where all three were read, now and before', () => {
    expect(concludeActivity(plain, before)).toMatchObject({ state: 'idle', basis: 'unmoved' });
    expect(concludeActivity({ ...plain, connections: undefined }, before).state).toBe('unknown');
    expect(concludeActivity({ ...plain, treeCpuSeconds: undefined }, before).state).toBe('unknown');
    expect(concludeActivity(plain, { ...before, connections: undefined }).state).toBe('unknown');
    expect(concludeActivity(plain, { ...before, cpu: undefined }).state).toBe('unknown');
  });

  it('with a connection that stays the same, which is said', () => {
    const open = { connections: ['11'] };
    expect(concludeActivity({ ...plain, ...open }, { ...before, ...open })).toMatchObject({
      basis: 'unmoved',
    });
    expect(kinds({ ...plain, ...open }, { ...before, ...open })).toContain('connected');
  });
});

describe('it is not known whether an agent is idle', () => {
  it('at first sight of one without status and transcript', () => {
    expect(concludeActivity(plain, undefined)).toMatchObject({ state: 'unknown', unmovedSince: now });
    expect(kinds(plain)).toContain('first-sight');
  });

  it('when the status is of another process, or waits for an answer', () => {
    const idle = { state: 'idle', since: T0, isOurs: false };
    expect(concludeActivity({ ...plain, status: idle, connections: undefined }, before).state).toBe(
      'unknown',
    );
    const waiting = { state: 'waiting', since: T0, isOurs: true };
    expect(concludeActivity({ ...plain, status: waiting }, before).state).toBe('unknown');
  });
});

describe('what moved between two looks starts the proof anew', () => {
  it.each<[string, Partial<ActivityReading>, Partial<ActivityBaseline>]>([
    ['a transcript that grew', { transcriptAt: T0 + MINUTE }, { transcriptAt: T0 - MINUTE }],
    ['another set of connections', { connections: ['12'] }, { connections: ['11'] }],
    ['a child that went', { children: [] }, {}],
    ['a whole turn', { status: { state: 'idle', since: T0 + MINUTE, isOurs: true } }, {}],
    ['a look that could not see', { connections: undefined }, {}],
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
    expect(activity.cpuUse).toBeUndefined();
    expect(activity.cpu).toEqual(before.cpu);
    const later = concludeActivity(
      { ...plain, now: { at: T0 + MINUTE }, treeCpuSeconds: 104 },
      { ...before, cpu: activity.cpu },
    );
    expect(later.cpuUse?.ofCore).toBeCloseTo(4 / 60);
    expect(later.cpu).toEqual({ when: { at: T0 + MINUTE }, treeSeconds: 104 });
  });

  it('is measured against the time in which the machine was awake', () => {
    const slept = concludeActivity(
      { ...plain, now: { at: T0 + 8 * 60 * MINUTE, awakeSeconds: 1100 }, treeCpuSeconds: 104 },
      { ...before, cpu: { when: { at: T0, awakeSeconds: 1000 }, treeSeconds: 100 } },
    );
    expect(slept.cpuUse?.ofCore).toBeCloseTo(0.04);
    expect(slept.state).toBe('busy');
  });
});

it('a transcript from the future counts as written now', () => {
  expect(concludeActivity({ ...plain, transcriptAt: now.at + MINUTE }, before).lastActiveAt).toBe(now.at);
});
