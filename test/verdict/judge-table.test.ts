import { describe, expect, it } from 'vitest';
import { NO_READINGS } from '../../src/activity/agent-reading.js';
import { EMPTY_LEDGER, type Ledger } from '../../src/activity/ledger/ledger.js';
import type { Stdio, StdioEnd } from '../../src/activity/readers/stdio.js';
import { CLOSED } from '../../src/activity/readers/turns/turn.js';
import { NO_BELIEFS } from '../../src/hosts/compare/beliefs.js';
import { NOTHING_AROUND, type Surroundings } from '../../src/verdict/context.js';
import { judgeTable } from '../../src/verdict/judge-table.js';
import {
  agentsOf,
  claude,
  type Given,
  judgeRows,
  kindsOf,
  mcp,
  minutes,
  type Row,
  runs,
  SYSTEMD,
  seenBefore,
  T0,
  verdictOn,
} from './rows.js';

const HOST: Row = { pid: 30, ppid: 1, ...runs('/usr/bin/node', '/opt/t3/dist/bin.mjs', 'serve') };
const ORPHAN = claude({ pid: 50, ppid: 1, pgid: 29 });
const OWNED = claude({ pid: 50, ppid: 30 });
const policy = { idleSeconds: 1800, protect: [], allUsers: false };
const closed = (pid: number, end: Partial<StdioEnd> = {}): Surroundings => ({
  stdio: new Map<number, Stdio>([[pid, new Map([[0, { state: 'closed', target: 'pipe:[7]', holders: [], ...end }]])]]),
  logins: new Map(),
});
const connections = new Map([[50, [] as string[]]]);
const turnClosed = (pid: number, minute: number) =>
  new Map([[pid, { turn: CLOSED.answered, changedAt: minutes(minute).at }]]);
const still = { ...NO_READINGS, connections };
const readings = { ...still, transcripts: turnClosed(50, -5) };
const idleSince = (minute: number, status = 'idle') => ({
  ...NO_READINGS,
  registry: new Map([[50, { status, statusUpdatedAt: minutes(minute).at, procStart: '5000' }]]),
});

/** Looks every ten minutes up to a minute, and judges there. */
function watched(rows: readonly Row[], upTo: number, given: Given = {}, step = 10) {
  let ledger: Ledger | undefined;
  for (let at = 0; at < upTo; at += step) {
    ledger = seenBefore(rows, { ...given, ...(ledger && { ledger }), now: minutes(at) });
  }
  return verdictOn(50, rows, { ...given, ...(ledger && { ledger }), now: minutes(upTo) });
}

describe('an orphan', () => {
  it('is not proven idle at first sight, whatever its own status says', () => {
    const judgement = verdictOn(50, [SYSTEMD, ORPHAN], { readings: idleSince(-300) });
    expect(judgement).toMatchObject({ verdict: 'orphan', observations: 0, ownerlessSeconds: 0 });
    expect(judgement.idleSeconds).toBeUndefined();
    expect(kindsOf(judgement)).toContain('first-sight');
  });

  it.each<[string, Given]>([
    ['by its own status', { readings: idleSince(-300) }],
    ['by its transcript', { readings }],
  ])('is proven idle once it was watched for the threshold, %s', (_, given) => {
    expect(watched([SYSTEMD, ORPHAN], 20, given).idleSeconds).toBeUndefined();
    const judgement = watched([SYSTEMD, ORPHAN], 30, given);
    expect(judgement).toMatchObject({ verdict: 'orphan', ownerlessSeconds: 1800, observations: 3 });
    expect(judgement.idleSeconds).toBeGreaterThanOrEqual(1800);
    expect(judgement.work).not.toBe('working');
  });

  it('is proven idle by two looks alone that are far enough apart', () => {
    expect(watched([SYSTEMD, ORPHAN], 30, { readings }, 30).idleSeconds).toBeGreaterThanOrEqual(1800);
  });

  it('is never proven idle while only CPU, children and connections are still', () => {
    expect(watched([SYSTEMD, ORPHAN], 300, { readings: still }).idleSeconds).toBeUndefined();
  });

  it('is not proven idle by hours in which the machine slept, or by a clock set forward', () => {
    const ledger = seenBefore([SYSTEMD, ORPHAN], { readings });
    const now = { at: T0 + 8 * 3600_000, awakeSeconds: 90 };
    const judgement = verdictOn(50, [SYSTEMD, ORPHAN], { readings, ledger, now });
    expect(judgement).toMatchObject({ verdict: 'orphan', ownerlessSeconds: 90 });
    expect(judgement.idleSeconds).toBeUndefined();
  });

  it('that works is busy, and its idleness is not waited for', () => {
    const judgement = watched([SYSTEMD, ORPHAN], 30, { readings: idleSince(0, 'busy') });
    expect(judgement).toMatchObject({ verdict: 'orphan', work: 'working' });
    expect(judgement.evidence.find(({ kind }) => kind === 'registry-busy')?.argues).toBe('veto');
    expect(judgement.idleSeconds).toBeUndefined();
  });

  it('that a live host calls busy is busy', () => {
    const hosts = { ...NO_BELIEFS, busy: new Map([[50, { host: 'T3 Code', detail: 'a turn runs' }]]) };
    expect(verdictOn(50, [SYSTEMD, ORPHAN], { hosts })).toMatchObject({ verdict: 'orphan', work: 'working' });
  });

  it('counts from when it was first seen without an owner, not from when it was first seen', () => {
    let ledger = seenBefore([SYSTEMD, HOST, OWNED], { readings });
    ledger = seenBefore([SYSTEMD, ORPHAN], { readings, ledger, now: minutes(60) });
    expect(verdictOn(50, [SYSTEMD, ORPHAN], { readings, ledger, now: minutes(70) }).ownerlessSeconds).toBe(600);
  });

  it('that burns a core for minutes without a terminal is a runaway', () => {
    const ledger = seenBefore([SYSTEMD, ORPHAN]);
    const burning = { ...ORPHAN, cpuSeconds: 1 + 0.6 * 180 };
    const judgement = verdictOn(50, [SYSTEMD, burning], { ledger, now: minutes(3) });
    expect(judgement).toMatchObject({ verdict: 'orphan', work: 'working' });
    expect(kindsOf(judgement)).toContain('runaway');
    expect(judgement.runaway).toEqual({ cpuPercent: 60, since: T0, seconds: 180 });
    const soon = verdictOn(50, [SYSTEMD, burning], { ledger, now: minutes(0.9) });
    expect(soon.runaway).toBeUndefined();
  });

  it('with a threshold of 0 is idle unless it works', () => {
    const given = { policy: { ...policy, idleSeconds: 0 }, readings: idleSince(-1) };
    expect(verdictOn(50, [SYSTEMD, ORPHAN], given).idleSeconds).toBeGreaterThan(0);
  });

  it('is an orphan rather than superseded, when it is both', () => {
    const id = '6abdf030-1111-4222-8333-444455556666';
    const older = { ...ORPHAN, argv: ['claude', '--session-id', id] };
    const younger = claude({ pid: 60, ppid: 30, argv: ['claude', `--resume=${id}`] });
    expect(verdictOn(50, [SYSTEMD, HOST, older, younger]).verdict).toBe('orphan');
  });
});

describe('an owned agent', () => {
  it('is live at first sight, and idle once its own status was watched for the threshold', () => {
    expect(verdictOn(50, [SYSTEMD, HOST, OWNED], { readings: idleSince(-300) }).verdict).toBe('live');
    expect(watched([SYSTEMD, HOST, OWNED], 30, { readings: idleSince(-300) })).toMatchObject({
      verdict: 'idle',
      owner: { kind: 'host' },
    });
  });

  it('stays live however long only CPU, children and connections are still', () => {
    const judgement = watched([SYSTEMD, HOST, OWNED], 300, { readings: still });
    expect(judgement).toMatchObject({ verdict: 'live' });
    expect(judgement.idleSeconds).toBeUndefined();
  });

  it('stays live when the idle status is of another process with its pid', () => {
    const entry = { status: 'idle', statusUpdatedAt: minutes(-300).at, procStart: '4999' };
    const stale = { ...NO_READINGS, registry: new Map([[50, entry]]) };
    expect(watched([SYSTEMD, HOST, OWNED], 300, { readings: stale }).verdict).toBe('live');
  });

  it('stays live while a tool runs, also one that hangs on codex’s daemon', () => {
    const tool: Row = { pid: 51, ppid: 50, ...runs('/bin/bash', '-c', 'make') };
    expect(watched([SYSTEMD, HOST, OWNED, tool], 300, { readings }).verdict).toBe('live');
    const tui: Row = { pid: 50, ppid: 30, ...runs('/opt/bin/codex') };
    const daemon: Row = {
      pid: 40,
      ppid: 1,
      ...runs('/opt/bin/codex', 'app-server', '--listen', 'unix://', '--managed-daemon'),
    };
    const given = { readings: { ...still, transcripts: turnClosed(50, -300) } };
    expect(watched([SYSTEMD, HOST, tui, daemon, { ...tool, ppid: 40 }], 60, given).verdict).toBe('live');
    expect(watched([SYSTEMD, HOST, tui, daemon], 60, given).verdict).toBe('idle');
  });

  it('is idle although an MCP server of its own has a helper', () => {
    const rows = [SYSTEMD, HOST, OWNED, mcp({ pid: 51, ppid: 50 }), { pid: 52, ppid: 51, ...runs('/opt/chroma') }];
    expect(watched(rows, 30, { readings: idleSince(-300) }).verdict).toBe('idle');
  });

  it('is disowned when its live host says that it is done with it', () => {
    const hosts = {
      ...NO_BELIEFS,
      disowned: new Map([[50, { host: 'T3 Code', detail: 'thread archived' }]]),
    };
    const judgement = verdictOn(50, [SYSTEMD, HOST, OWNED], { hosts });
    expect(judgement).toMatchObject({
      verdict: 'disowned',
      reason: 'T3 Code: thread archived',
      host: 'T3 Code',
    });
  });
});

describe('superseded', () => {
  const id = '6abdf030-1111-4222-8333-444455556666';
  const older = { ...OWNED, argv: ['claude', '--session-id', id] };
  const younger = (more: Partial<Row> = {}) => claude({ pid: 60, ppid: 30, argv: ['claude', '--resume', id], ...more });
  const verdicts = (...rows: readonly Row[]) =>
    [50, 60].map((pid) => judgeRows([SYSTEMD, HOST, ...rows]).judged.judgements.get(pid)?.verdict);

  it.each<[string, readonly Row[], (string | undefined)[]]>([
    ['is the older of two', [older, younger()], ['superseded', 'live']],
    [
      'is nobody of two sessions',
      [older, younger({ argv: ['claude', '--resume', id.replace('6', '7')] })],
      ['live', 'live'],
    ],
    [
      'is nobody when the second is a fork of the first',
      [older, younger({ argv: ['claude', '--resume', id, '--fork-session'] })],
      ['live', 'live'],
    ],
    ['is nobody when one started the other', [older, younger({ ppid: 50 })], ['live', 'live']],
    ['is not known when both started in one tick', [older, younger({ startTime: '5000' })], ['unknown', 'unknown']],
    [
      'is not known when a start is not',
      [older, younger({ startTime: undefined, startedAt: undefined })],
      ['unknown', 'unknown'],
    ],
    ['is nobody when the other is a zombie', [older, younger({ state: 'Z', argv: [] })], ['live', undefined]],
  ])('%s', (_, rows, expected) => {
    expect(verdicts(...rows)).toEqual(expected);
  });
});

describe('an MCP server', () => {
  const channel = { fds: new Map([[0, 'pipe:[7]']]) };
  const marked = { ...channel, markers: { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'gone' } };
  const left = (detail: Row['detail'], more: Partial<Row> = {}) => mcp({ pid: 50, ppid: 1, detail, ...more });

  it.each<[string, Row, Given, string]>([
    ['with nobody at the other end of its stdin is left over', left(channel), { around: closed(50) }, 'leftover'],
    [
      'over a channel, of a session that nobody holds, is left over',
      left(marked),
      { around: closed(50, { state: 'open' }) },
      'leftover',
    ],
    [
      'over a channel that nobody is known to use is an orphan, when its group leader is gone',
      left(channel, { pgid: 29 }),
      { around: closed(50, { state: 'open' }) },
      'orphan',
    ],
    [
      'over a channel of which nothing is known may be in use',
      left(channel),
      { around: closed(50, { state: 'not-known' }) },
      'unknown',
    ],
    ['without a channel may be there on purpose', left({}), {}, 'unknown'],
    ['without a channel may be, whatever its environment says', left({ markers: marked.markers }), {}, 'unknown'],
    [
      'whose client still holds its stdin works for that',
      left(channel),
      { around: closed(50, { state: 'open', holders: [40] }) },
      'live',
    ],
  ])('%s', (_, row, given, verdict) => {
    const client = claude({ pid: 40, ppid: 30 });
    expect(verdictOn(50, [SYSTEMD, HOST, client, row], given).verdict).toBe(verdict);
  });

  it('that was seen under an agent is left over once that ended, and idle from then on', () => {
    const under = [SYSTEMD, HOST, claude({ pid: 40, ppid: 30 }), { ...left({}), ppid: 40 }];
    let ledger = seenBefore(under);
    ledger = seenBefore([SYSTEMD, left({})], { ledger, now: minutes(10) });
    const judgement = verdictOn(50, [SYSTEMD, left({})], { ledger, now: minutes(40) });
    expect(judgement).toMatchObject({ verdict: 'leftover', ownerlessSeconds: 1800, idleSeconds: 1800 });
    expect(judgement.reason).toContain('claude(40)');
  });

  it('of an orphan belongs to it', () => {
    const rows = [SYSTEMD, ORPHAN, mcp({ pid: 51, ppid: 50 })];
    expect(verdictOn(51, rows)).toMatchObject({ verdict: 'live', owner: { kind: 'agent', pid: 50 } });
  });

  it('on macOS needs the loss of its group leader, and must not serve over HTTP', () => {
    const scan = { source: 'ps' as const, machine: { platform: 'darwin' as const, bootId: 'b' } };
    const launchd: Row = { pid: 1, ppid: 0, ...runs('/sbin/launchd') };
    const bare = { detail: { fds: undefined, markers: undefined, cgroup: undefined, cwd: undefined } };
    const row = (more: Partial<Row>) => mcp({ pid: 50, ppid: 1, ...bare, ...more });
    const argv = ['/usr/bin/node', '/opt/node_modules/.bin/mcp-server-filesystem', '--transport=http'];
    expect(verdictOn(50, [launchd, row({ pgid: 31 })], { scan }).verdict).toBe('orphan');
    expect(verdictOn(50, [launchd, row({})], { scan }).verdict).toBe('unknown');
    expect(verdictOn(50, [launchd, row({ pgid: 31, argv })], { scan }).verdict).toBe('unknown');
  });
});

describe('a tool', () => {
  const markers = { CLAUDECODE: '1', CLAUDE_PID: '40' };
  const shell: Row = {
    ...{ pid: 50, ppid: 1, detail: { markers } },
    ...runs('/bin/bash', '-c', 'source /home/u/.claude/shell-snapshots/snapshot-bash-1-a.sh && eval x'),
  };

  it('shell of its own session that names a dead agent is left over, with what it runs', () => {
    expect(verdictOn(50, [SYSTEMD, shell]).verdict).toBe('leftover');
    const child: Row = { pid: 51, ppid: 50, detail: { markers }, ...runs('/usr/bin/node', 'serve.js') };
    expect(verdictOn(51, [SYSTEMD, shell, child]).verdict).toBe('leftover');
  });

  it.each<[string, Row]>([
    [
      'that is no shell, such as a dev server',
      { pid: 50, ppid: 1, detail: { markers }, ...runs('/usr/bin/node', 'serve.js') },
    ],
    ['that is in somebody else’s session', { ...shell, sid: 1, pgid: 1 }],
  ])('%s is not left over for a marker alone', (_, row) => {
    expect(verdictOn(50, [SYSTEMD, row]).verdict).toBe('unknown');
  });

  it('that a later process with the dead agent’s pid cannot claim', () => {
    const later: Row = { pid: 40, ppid: 1, startTime: '5001', ...runs('/usr/bin/vi') };
    expect(verdictOn(50, [SYSTEMD, shell, later]).verdict).toBe('leftover');
  });

  it('of a live agent works for it wherever it hangs', () => {
    const agent = claude({ pid: 40, ppid: 30 });
    expect(verdictOn(50, [SYSTEMD, HOST, agent, shell])).toMatchObject({
      verdict: 'live',
      owner: { pid: 40 },
    });
  });

  it('that only the ledger knows is left over once its agent ended, and the agent’s until then', () => {
    const sleep: Row = { pid: 50, ppid: 40, detail: {}, ...runs('/bin/sleep', '900') };
    const agent = claude({ pid: 40, ppid: 30 });
    const ledger = seenBefore([SYSTEMD, HOST, agent, sleep]);
    const alone = { ...sleep, ppid: 1 };
    expect(verdictOn(50, [SYSTEMD, HOST, agent, alone], { ledger }).owner).toMatchObject({ pid: 40 });
    const judgement = verdictOn(50, [SYSTEMD, HOST, alone], { ledger });
    expect(judgement.verdict).toBe('leftover');
    expect(kindsOf(judgement)).toContain('seen-under');
    expect(judgeRows([SYSTEMD, HOST, alone]).judged.judgements.has(50)).toBe(false);
  });
});

it('a zombie names the parent that does not remove it', () => {
  const rows = [SYSTEMD, { ...HOST, comm: undefined }, { ...OWNED, state: 'Z', argv: [], exe: undefined }];
  const zombies = [{ pid: 50, agent: 'claude', parent: 30 }];
  expect(verdictOn(50, rows, { zombies })).toMatchObject({
    verdict: 'zombie',
    reason: expect.stringContaining('node(30)'),
  });
});

it('judges without a thought for the next run, too', () => {
  const input = {
    ...{ agents: agentsOf([SYSTEMD, ORPHAN]), ledger: EMPTY_LEDGER, readings: NO_READINGS, policy },
    ...{ around: NOTHING_AROUND, now: minutes(0) },
  };
  const { judged } = judgeRows([SYSTEMD, ORPHAN]);
  expect([...judgeTable(input).judgements]).toEqual([...judged.judgements]);
});

it('every judgement says why, and no evidence holds an argument', () => {
  const secret = ['claude', '--mcp-config', '{"Authorization":"Bearer s3cret"}', 'say s3cret'];
  const rows = [
    SYSTEMD,
    HOST,
    { ...OWNED, argv: secret },
    { ...ORPHAN, pid: 60, argv: secret },
    mcp({ pid: 61, ppid: 50 }),
  ];
  const { judged, ledger } = judgeRows(rows);
  expect(judged.judgements.size).toBe(3);
  for (const judgement of judged.judgements.values()) expect(judgement.reason).not.toBe('');
  expect(JSON.stringify([[...judged.judgements], [...ledger.entries]])).not.toContain('s3cret');
});
