import { describe, expect, it } from 'vitest';
import type { Stdio } from '../../../src/activity/readers/stdio.js';
import { NOTHING_AROUND, type Surroundings } from '../../../src/verdict/context.js';
import { claude, type Given, kindsOf, type Row, runs, SYSTEMD, seenBefore, verdictOn } from '../rows.js';

const agent = (ppid: number, more: Partial<Row> = {}): Row => claude({ pid: 50, ppid, ...more });
const LOG = new Map([
  [0, '/dev/null'],
  [1, '/home/u/agent.log'],
]);
/** Nobody holds the other end of both streams of a process. */
const closed = (pid: number): Surroundings => {
  const end = { state: 'closed', target: 'pipe:[7]', holders: [] } as const;
  const stdio: Stdio = new Map([
    [0, end],
    [1, end],
  ]);
  return { ...NOTHING_AROUND, stdio: new Map([[pid, stdio]]) };
};

describe('nothing shows a loss', () => {
  it('of a detached agent below systemd, so that it is unknown', () => {
    const judgement = verdictOn(50, [SYSTEMD, agent(1)]);
    expect(judgement).toMatchObject({ verdict: 'unknown', traces: [] });
    expect(judgement.reason).toContain('nothing shows that somebody lost it');
    expect(judgement.ownerlessSince).toBeDefined();
  });

  it('of one that detached itself as daemons do', () => {
    expect(verdictOn(50, [SYSTEMD, agent(1, { sid: 40, pgid: 40 })]).verdict).toBe('unknown');
  });

  it.each<[string, Row, Given]>([
    ['its output goes to a file', agent(1, { pgid: 29, detail: { fds: LOG } }), {}],
    [
      'it listens on a port that it names',
      agent(1, { pgid: 29, argv: ['claude', '--listen', 'ws://127.0.0.1:4500'] }),
      { around: { ...NOTHING_AROUND, listeners: new Map([[50, [4500]]]) } },
    ],
  ])('when it seems left on purpose: %s', (_, row, given) => {
    const judgement = verdictOn(50, [SYSTEMD, row], given);
    expect(judgement.verdict).toBe('unknown');
    expect(judgement.reason).toContain('on purpose');
  });

  it('does not hold for what listens on another port than it names', () => {
    const row = agent(1, { pgid: 29, argv: ['claude', '--port', '0'] });
    const around = { ...NOTHING_AROUND, listeners: new Map([[50, [4500]]]) };
    expect(verdictOn(50, [SYSTEMD, row], { around }).verdict).toBe('orphan');
  });

  it('does not hold for what a host lost, wherever its output goes', () => {
    const host: Row = { pid: 30, ppid: 1, ...runs('/usr/bin/node', '/opt/t3/dist/bin.mjs', 'serve') };
    const ledger = seenBefore([SYSTEMD, host, agent(30, { detail: { fds: LOG } })]);
    expect(verdictOn(50, [SYSTEMD, agent(1, { detail: { fds: LOG } })], { ledger }).verdict).toBe('orphan');
  });
});

describe('the topmost program that waits', () => {
  it.each<[string, Row]>([
    ['a script', { pid: 40, ppid: 1, ...runs('/bin/sh', '/home/u/job.sh') }],
    ['make', { pid: 40, ppid: 1, ...runs('/usr/bin/make', 'all') }],
    ['timeout', { pid: 40, ppid: 1, ...runs('/usr/bin/timeout', '1h', 'claude') }],
    ['flock', { pid: 40, ppid: 1, ...runs('/usr/bin/flock', '/tmp/x', 'claude') }],
    ['a Python program', { pid: 40, ppid: 1, ...runs('/usr/bin/python3', '/home/u/job.py') }],
    ['an npm script', { pid: 40, ppid: 1, ...runs('npm run agents') }],
  ])('%s owns what it waits for, and loses it with its own owner', (_, job) => {
    const below = agent(40);
    expect(verdictOn(50, [SYSTEMD, job, below])).toMatchObject({ verdict: 'live', owner: { pid: 40 } });
    const judgement = verdictOn(50, [SYSTEMD, job, below], { around: closed(40) });
    expect(judgement.verdict).toBe('orphan');
    expect(kindsOf(judgement)).toContain('stdio-closed');
  });

  it('owns it when its cgroup could not be read under systemd, which may look after it', () => {
    const job: Row = { pid: 40, ppid: 1, ...runs('/bin/sh', '/home/u/job.sh'), detail: { cgroup: undefined } };
    expect(verdictOn(50, [SYSTEMD, job, agent(40)], { around: closed(40) }).verdict).toBe('live');
  });

  it('owns it when it has more to do than to wait for agents, or others may connect to it', () => {
    const host: Row = { pid: 40, ppid: 1, ...runs('/opt/acme/hostapp') };
    const other: Row = { pid: 41, ppid: 40, ...runs('/opt/acme/renderer') };
    const around = closed(40);
    expect(verdictOn(50, [SYSTEMD, host, agent(40)], { around }).verdict).toBe('orphan');
    expect(verdictOn(50, [SYSTEMD, host, other, agent(40)], { around }).verdict).toBe('live');
    const listeners = new Map([[40, [8080]]]);
    expect(verdictOn(50, [SYSTEMD, host, agent(40)], { around: { ...around, listeners } }).verdict).toBe('live');
  });

  it('that is an agent without an owner owns nobody', () => {
    const outer = claude({ pid: 40, ppid: 1, pgid: 29 });
    const script: Row = { pid: 41, ppid: 40, ...runs('/usr/bin/node', 'drive.js') };
    expect(verdictOn(50, [SYSTEMD, outer, script, agent(41)]).verdict).toBe('orphan');
    expect(verdictOn(50, [SYSTEMD, { ...outer, pgid: 40 }, script, agent(41)]).verdict).toBe('live');
  });

  it('that only the shell of a dead agent’s tool call started is lost with it', () => {
    const text = 'source /home/u/.claude/shell-snapshots/snapshot-bash-1-a.sh && eval x';
    const shell: Row = { pid: 40, ppid: 1, ...runs('/bin/bash', '-c', text) };
    const script: Row = { pid: 41, ppid: 40, ...runs('/usr/bin/node', 'drive.js') };
    const rows = [SYSTEMD, shell, script, agent(41)];
    expect([40, 41, 50].map((pid) => verdictOn(pid, rows).verdict)).toEqual(['leftover', 'leftover', 'orphan']);
  });
});

it('what a tracer is attached to is protected', () => {
  const judgement = verdictOn(50, [SYSTEMD, agent(1, { pgid: 29, detail: { tracerPid: 7 } })]);
  expect(judgement).toMatchObject({ verdict: 'protected', vetoes: [{ kind: 'traced' }] });
});

describe('what could not be read', () => {
  const lost: Row = claude({ pid: 30, ppid: 1 });
  const host: Row = { pid: 40, ppid: 30, ...runs('/usr/bin/node', '/home/u/workbench.js') };

  it.each<[string, Partial<Row>, boolean]>([
    ['is known to be no host loses', {}, true],
    ['may be a host, since its arguments are hidden, does not lose', { argv: undefined }, false],
    ['may be a host, since its executable is hidden, does not lose', { exe: undefined }, false],
  ])('below a lost agent %s what works for it', (_, more, isLost) => {
    const rows = [SYSTEMD, lost, { ...host, ...more }, agent(40)];
    expect(verdictOn(50, rows, { around: closed(30) }).verdict === 'orphan').toBe(isLost);
  });

  it('is when a tool shell started: it may be one that was seen under a live agent', () => {
    const words = ['/bin/bash', '-c', 'source /home/u/.claude/shell-snapshots/snapshot-bash-1-abc.sh && eval true'];
    const shell = (more: Partial<Row>): Row => ({ pid: 60, ppid: 1, sid: 60, pgid: 60, ...runs(...words), ...more });
    const detail = { markers: {} };
    const told = verdictOn(60, [SYSTEMD, shell({ startTime: '600', detail })]);
    expect(told.verdict).toBe('leftover');
    expect(verdictOn(60, [SYSTEMD, shell({ startTime: undefined, detail })]).verdict).not.toBe('leftover');
  });
});
