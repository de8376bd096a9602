import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/verdict/judgement.js';
import { claude, type Given, mcp, protectRule, type Row, SYSTEMD, verdictOn } from '../rows.js';

const ORPHAN = claude({ pid: 50, ppid: 1, pgid: 29 });
const policy = { idleSeconds: 1800, protect: [], allUsers: false };
const self = { pid: 99, uid: 1000, ancestors: new Set<number>() };

describe('a veto', () => {
  it.each<[string, Row, Given, Evidence['kind']]>([
    ['covers this program', ORPHAN, { self: { ...self, pid: 50 } }, 'self'],
    ['covers what it runs below', ORPHAN, { self: { ...self, ancestors: new Set([50]) } }, 'self'],
    ['covers another user’s processes', { ...ORPHAN, uid: 1001 }, { self }, 'other-user'],
    ['covers those of a user that was not read', { ...ORPHAN, uid: undefined }, { self }, 'other-user'],
    [
      'covers what a rule names',
      ORPHAN,
      { policy: { ...policy, protect: [[protectRule('agent', 'claude')]] } },
      'protect-rule',
    ],
    [
      'covers what a rule may name',
      { ...ORPHAN, detail: { cwd: undefined } },
      { policy: { ...policy, protect: [[protectRule('cwd', '/srv/**')]] } },
      'protect-rule',
    ],
    [
      'covers daemons that are parentless by design',
      { ...ORPHAN, argv: ['claude', 'daemon', 'run'] },
      {},
      'agent-daemon',
    ],
    ['covers services', { ...ORPHAN, detail: { cgroup: '/system.slice/x.service' } }, {}, 'supervised'],
  ])('%s', (_, row, given, kind) => {
    const judgement = verdictOn(50, [SYSTEMD, row], given);
    expect(judgement.verdict).toBe('protected');
    expect(judgement.evidence.find((one) => one.kind === kind)?.argues).toBe('veto');
  });

  it.each([
    ['that is gone says so, and which command ends it', [], /daemon .* is gone; what ends it is claude stop ID/],
    ['that runs', [{ ...ORPHAN, pid: 49, argv: ['claude', 'daemon', 'run'] }], /parentless by design/],
    [
      'of another user says that its own is gone',
      [{ ...ORPHAN, pid: 49, uid: 1001, argv: ['claude', 'daemon', 'run'] }],
      /is gone/,
    ],
  ])('of a spare that is kept by a daemon %s', (_, daemons, expected) => {
    const spare = { ...ORPHAN, argv: ['claude', '--bg-spare', '/tmp/cc-daemon/1000/spare.sock'] };
    const judgement = verdictOn(50, [SYSTEMD, ...daemons, spare]);
    expect([judgement.verdict, judgement.reason]).toEqual(['protected', expect.stringMatching(expected)]);
  });

  it('does not cover other users when they were asked for', () => {
    const given = { self, policy: { ...policy, allUsers: true } };
    expect(verdictOn(50, [SYSTEMD, { ...ORPHAN, uid: 1001 }], given).verdict).toBe('orphan');
  });

  it('of a rule about an agent covers its helpers', () => {
    const protect = [[protectRule('cwd', '/home/u/app')]];
    const rows = [SYSTEMD, ORPHAN, mcp({ pid: 51, ppid: 50, detail: { cwd: '/elsewhere' } })];
    expect(verdictOn(51, rows, { policy: { ...policy, protect } }).verdict).toBe('protected');
  });
});
