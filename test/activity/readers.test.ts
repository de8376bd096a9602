import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseEstablished, readConnections } from '../../src/activity/readers/connections.js';
import { loginSessionOf, parseLoginSession } from '../../src/activity/readers/login-sessions.js';
import { collectPipeHolders, type PipeEnd, pipeState } from '../../src/activity/readers/pipes.js';
import { parseLocalSockets, readLocalSockets } from '../../src/activity/readers/sockets.js';
import { stdioOf } from '../../src/activity/readers/stdio.js';
import { systemFiles } from '../../src/activity/readers/system-files.js';
import type { ProcessRecord } from '../../src/process/record.js';
import { type RunTool, runTool } from '../../src/process/sources/run-tool.js';

const SS = [
  'u_str ESTAB  0      0                                  * 41456            * 0      users:(("node",pid=11785,fd=0))   ',
  'u_str ESTAB  0      0                                  * 41455            * 41457  users:(("node",pid=11774,fd=18),("sh",pid=11780,fd=0))',
  'u_str ESTAB  0      0      /run/user/1000/bus with blanks 900            * 901    ',
  'u_dgr ESTAB  0      0                 @/org/x 17           * 18     users:(("a) b",pid=5,fd=3))',
].join('\n');

describe('the list of local sockets', () => {
  it('gives peers and holders, and a closed peer as 0', () => {
    const sockets = parseLocalSockets(SS);
    expect(sockets?.get(41456)).toEqual({ peer: 0, holders: [11785] });
    expect(sockets?.get(41455)).toEqual({ peer: 41457, holders: [11774, 11780] });
    expect(sockets?.get(900)).toEqual({ peer: 901, holders: [] });
    expect(sockets?.get(17)).toEqual({ peer: 18, holders: [5] });
  });

  it('is not believed at all when one line is of another form', () => {
    expect(parseLocalSockets(`${SS}\nCannot open netlink socket`)).toBeUndefined();
  });

  it.each<[string, RunTool | undefined, string]>([
    ['is not there', undefined, 'not there'],
    ['fails', async () => ({ stdout: '', stderr: 'no', exitCode: 1, pid: 1 }), 'exit code 1'],
    ['prints something else', async () => ({ stdout: 'usage: ss', stderr: '', exitCode: 0, pid: 1 }), 'something else'],
    ['cannot be started', async () => Promise.reject(new Error('/usr/bin/ss could not be run')), 'could not be run'],
  ])('is not known when ss %s', async (_, run, says) => {
    const answer = await readLocalSockets(run ?? runTool, () => run !== undefined);
    expect(answer).toHaveProperty('notKnown', expect.stringContaining(says));
  });

  it.runIf(existsSync('/usr/bin/ss') || existsSync('/bin/ss'))('is read from this machine', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    try {
      const inode = Number(/\d+/.exec(systemFiles.readLink(`/proc/${child.pid}/fd/0`) ?? '')?.[0]);
      const sockets = await readLocalSockets(runTool, existsSync);
      if ('notKnown' in sockets) throw new Error(sockets.notKnown);
      const peer = sockets.get(inode)?.peer ?? 0;
      expect(sockets.get(peer)?.holders).toContain(process.pid);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
});

describe('the other end of a pipe', () => {
  const row = (pid: number, fds: readonly [number, string][] | undefined, more: Partial<ProcessRecord> = {}) => ({
    ...{ pid, uid: 1000, state: 'S', comm: 'x' },
    ...more,
    detail: fds === undefined ? {} : { fds: new Map(fds) },
  });
  const mcp = row(5, [[0, 'pipe:[1]']]);
  const inherits = row(6, [[0, 'pipe:[1]']]);
  const writes = row(7, [[4, 'pipe:[1]']]);
  const ends: Readonly<Record<number, PipeEnd>> = { 5: 'reads', 6: 'reads', 7: 'writes' };
  const stateOf = (...others: ProcessRecord[]) =>
    pipeState(mcp, 0, collectPipeHolders([mcp, ...others], new Set(['pipe:[1]'])), ({ pid }) => ends[pid]);

  it.each<[string, ProcessRecord[], string]>([
    ['is closed when nobody else holds it', [], 'closed'],
    ['is closed when others only read from it too', [inherits], 'closed'],
    ['is open when somebody writes into it', [inherits, writes], 'open'],
    ['is not known when a process of the same user could not be read', [row(8, undefined)], 'not-known'],
    ['is not known when the user of an unread process is not', [row(8, undefined, { uid: undefined })], 'not-known'],
    [
      'is not known beside an unread sshd of root, which speaks for users',
      [row(8, undefined, { uid: 0, comm: 'sshd' })],
      'not-known',
    ],
    ['is closed beside unread processes of another user', [row(8, undefined, { uid: 1001 })], 'closed'],
    ['is closed beside a daemon of root', [row(8, undefined, { uid: 0, comm: 'udevd' })], 'closed'],
    ['is closed beside one that is never given an agent’s', [row(8, undefined, { comm: '(sd-pam)' })], 'closed'],
    [
      'is closed beside zombies and kernel threads',
      [row(8, undefined, { state: 'Z' }), row(9, undefined, { kernelThread: true })],
      'closed',
    ],
    ['is not known when what a holder may do could not be read', [row(12, [[3, 'pipe:[1]']])], 'not-known'],
  ])('%s', (_, others, state) => {
    expect(stateOf(...others).state).toBe(state);
  });

  it('is not known when the process itself is not among the holders', () => {
    expect(pipeState(mcp, 0, collectPipeHolders([writes], new Set(['pipe:[1]'])), () => 'reads').state).toBe(
      'not-known',
    );
  });
});

describe('standard streams', () => {
  const record: ProcessRecord = {
    pid: 5,
    detail: {
      fds: new Map([
        [0, 'socket:[1]'],
        [1, 'socket:[9]'],
        [2, '/dev/null'],
      ]),
    },
  };
  it('are open or closed by the list of sockets, and not known when they are not in it', () => {
    const sockets = new Map([
      [1, { peer: 2, holders: [5] }],
      [2, { peer: 1, holders: [77] }],
    ]);
    const stdio = stdioOf(record, { sockets });
    expect(stdio?.get(0)).toMatchObject({ state: 'open', holders: [77] });
    expect(stdio?.get(1)).toMatchObject({ state: 'not-known' });
    expect(stdio?.get(2)).toMatchObject({ state: 'elsewhere' });
  });
  it('are never closed without a list', () => {
    expect(stdioOf(record, {})?.get(0)?.state).toBe('not-known');
    expect(stdioOf({ pid: 5 }, {})).toBeUndefined();
  });
});

describe('established connections', () => {
  const line = (remote: string, state: string, inode: number) =>
    `   0: 0100007F:1F90 ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 20 4 30 10 -1`;
  it.each([
    ['to another machine count', '0A0200C0:01BB', '01', true],
    ['to 127.0.0.1 do not', '0100007F:01BB', '01', false],
    ['to 127.1.2.3 do not', '0302017F:01BB', '01', false],
    ['to ::1 do not', '00000000000000000000000001000000:01BB', '01', false],
    ['to ::ffff:127.0.0.1 do not', '0000000000000000FFFF00000100007F:01BB', '01', false],
    ['over IPv6 count', 'B80D0120000000000000000001000000:01BB', '01', true],
    ['that listen or close do not', '0A0200C0:01BB', '08', false],
  ])('%s', (_, remote, state, counts) => {
    expect([...parseEstablished(`  sl  local_address rem_address   st\n${line(remote, state, 42)}`).keys()]).toEqual(
      counts ? ['42'] : [],
    );
  });

  it('are not known of a process whose descriptors or network namespace cannot be read', () => {
    const files = {
      readText: () => undefined,
      readLink: (file: string) => (file.includes('/6/') ? 'net:[1]' : undefined),
    };
    const fds = new Map([[3, 'socket:[42]']]);
    const records = [{ pid: 5, detail: { fds } }, { pid: 6, detail: { fds } }, { pid: 7 }];
    expect(readConnections(records, '/proc', files).size).toBe(0);
  });

  it.runIf(process.platform === 'linux')('of a loopback client on this machine are none', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const record = { pid: process.pid, detail: { fds: new Map([[3, 'socket:[1]']]) } };
    expect(readConnections([record], '/proc', systemFiles).get(process.pid)).toEqual([]);
    server.close();
  });
});

describe('login sessions', () => {
  it.each([
    ['/user.slice/user-1000.slice/session-5.scope', '5'],
    ['/user.slice/user-1000.slice/session-c2.scope/tool', 'c2'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope', undefined],
  ])('%s', (cgroup, id) => {
    expect(loginSessionOf(cgroup)).toBe(id);
  });
  it.each([
    ['closing has ended', 'UID=1000\nSTATE=closing\n', 'ended'],
    ['active is open', 'STATE=active\n', 'open'],
    ['not to be read is not known', undefined, 'not-known'],
    ['without a state is not known', 'UID=1000\n', 'not-known'],
  ])('one that is %s', (_, text, state) => {
    expect(parseLoginSession(text)).toBe(state);
  });
});
