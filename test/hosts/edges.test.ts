import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { amountOf } from '../../src/decode.js';
import { readJson, textOf, timeOf } from '../../src/hosts/registries/fields.js';
import { parsePorts, portsOf } from '../../src/hosts/registries/ports.js';
import { httpGet, probe } from '../../src/hosts/registries/probe.js';
import { createHostReaders } from '../../src/hosts/registries/readers.js';
import { createPaneReader, parsePanes } from '../../src/hosts/registries/tmux.js';

/** POSIX has it everywhere. */
const MKFIFO = 'mkfifo';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-edges-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('fields of registries', () => {
  it.each([
    ['2026-01-15T14:12:42.123Z', 1_768_486_362_123],
    ['2026-01-15 14:12:42', 1_768_486_362_000],
    [1_768_486_362, 1_768_486_362_000],
    [1_768_486_362.5, 1_768_486_362_500],
    [1_768_486_362_123, 1_768_486_362_123],
    [0, undefined],
    [-5, undefined],
    [1e300, undefined],
    [Number.NaN, undefined],
    ['yesterday', undefined],
    [null, undefined],
    [{}, undefined],
  ])('takes %j for the time %j', (value, expected) => expect(timeOf(value)).toBe(expected));

  it('cuts a text that is no id, and takes a number for its digits', () => {
    expect(textOf('x'.repeat(5000))).toHaveLength(200);
    expect([textOf(7), textOf(''), textOf(true), amountOf(-1)]).toEqual(['7', undefined, undefined, undefined]);
  });
});

describe('files of hosts', () => {
  const readers = () =>
    createHostReaders({
      owner: process.getuid?.(),
      sqlite: { temporary: folder },
      tmux: { temporary: folder, uid: 0 },
      platform: 'linux',
    });

  it.each([
    ['a missing file', () => {}, 'absent'],
    ['a folder', (file: string) => mkdirSync(file), 'unreadable'],
    ['a link', (file: string) => symlinkSync('/etc/hostname', file), 'unreadable'],
    ['half a file', (file: string) => writeFileSync(file, '{"pid": 12, "tok'), 'unreadable'],
    ['a pipe, without waiting for a writer', (file: string) => execFileSync(MKFIFO, [file]), 'unreadable'],
    ['an empty object', (file: string) => writeFileSync(file, '{}'), 'read'],
  ])('answers for %s', async (_, make, state) => {
    const file = path.join(folder, 'registry.json');
    make(file);
    expect(await readJson(readers(), file)).toMatchObject({ state });
  });

  it('quotes nothing of a damaged file in its reason', async () => {
    writeFileSync(path.join(folder, 'r.json'), 'sk-secret-key');
    expect(JSON.stringify(await readJson(readers(), path.join(folder, 'r.json')))).not.toContain('secret');
  });
});

describe('ports', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0EBD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 411 1 0 100 0 0 10 0
   1: 0100007F:0EBD 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 412 1 0 20 4 30 10 -1
   2: 0100007F:9C40 0100007F:0EBD 01 00000000:00000000 00:00000000 00000000     0        0 413 1 0 20 4 30 10 -1
   3: 0100007F:0EBD 0100007F:9C41 08 00000000:00000000 00:00000000 00000000     0        0 414 1 0 20 4 30 10 -1
   0: 00000000000000000000000001000000:0EBD 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 415 1 0 100
garbage`;

  it('counts what clients hold to a listener, on its own side only', () => {
    const ports = parsePorts(text);
    expect([...ports.listening]).toEqual([[3773, ['411', '415']]]);
    expect(ports.established.get(3773)).toBe(1);
  });

  it('joins listeners with their process by descriptor, and knows nothing without descriptors', () => {
    const ports = parsePorts(text);
    expect(portsOf(ports, new Map([[5, 'socket:[411]']]))).toEqual([3773]);
    expect(portsOf(ports, new Map([[5, 'socket:[9]']]))).toEqual([]);
    expect(portsOf(ports, undefined)).toBeUndefined();
  });
});

describe('panes', () => {
  it('keeps a session’s name whole, whatever is in it', () => {
    expect(parsePanes('12|0|codeman-1\n13|1|a|b\nnoise\n14||old tmux\n')).toEqual([
      { pid: 12, dead: false, session: 'codeman-1' },
      { pid: 13, dead: true, session: 'a|b' },
      { pid: 14, dead: false, session: 'old tmux' },
    ]);
  });

  const uid = process.getuid?.();
  const sockets = () => path.join(folder, `tmux-${uid}`);
  let listening: Server | undefined;
  afterEach(() => void listening?.close());
  const socket = async (name: string) => {
    mkdirSync(sockets(), { recursive: true, mode: 0o700 });
    const server = createServer();
    listening = server;
    await new Promise<void>((resolve) => server.listen(path.join(sockets(), name), resolve));
  };
  const asked: string[] = [];
  const panes = (exitCode: number, stderr: string, programs = ['/bin/sh']) =>
    createPaneReader({
      temporary: folder,
      uid,
      programs,
      run: async ({ args }) => {
        asked.push(args.join(' '));
        return { stdout: '1|0|s\n', stderr, exitCode, pid: 2 };
      },
    })((name) => name.startsWith('codeman'));

  it('starts nothing where there is no socket that is wanted', async () => {
    await socket('default');
    expect(await panes(1, 'must not be asked')).toEqual({ kind: 'read', panes: [], whole: true, notes: [] });
  });

  it.each([
    [0, '', { kind: 'read', panes: [{ pid: 1, dead: false, session: 's' }], whole: true, notes: [] }],
    [1, 'no server running on /tmp/x', { kind: 'read', panes: [], whole: true, notes: [] }],
    [
      1,
      'protocol version mismatch',
      { kind: 'read', panes: [], whole: false, notes: [expect.stringMatching(/mismatch/)] },
    ],
  ])('takes exit code %j with %j for what it is', async (exitCode, stderr, expected) => {
    await socket('codeman');
    expect(await panes(exitCode, stderr)).toEqual(expected);
  });

  it.each<[string, () => unknown]>([
    ['is open to everybody', () => chmodSync(sockets(), 0o755)],
    ['is a link', () => renameSync(sockets(), `${folder}/x`) ?? symlinkSync(`${folder}/x`, sockets())],
    ['lies in a folder that everybody may write', () => chmodSync(folder, 0o777)],
    ...(uid === 0
      ? ([
          ['is somebody else’s', () => chownSync(sockets(), 65_534, 65_534)],
          ['lies in a folder of somebody else', () => chownSync(folder, 65_534, 65_534)],
        ] satisfies [string, () => unknown][])
      : []),
  ])('asks no server when the folder of its socket %s', async (_, prepare) => {
    await socket('codeman');
    prepare();
    asked.length = 0;
    expect(await panes(0, '')).toMatchObject({ kind: 'unreadable' });
    expect(asked).toEqual([]);
  });

  it('asks nothing that is no socket, or somebody else’s', async () => {
    await socket('codeman');
    writeFileSync(path.join(sockets(), 'codeman-file'), '');
    if (uid === 0) chownSync(path.join(sockets(), 'codeman'), 65_534, 65_534);
    asked.length = 0;
    expect(await panes(0, '')).toMatchObject({ kind: 'read', whole: false });
    expect(asked).toHaveLength(uid === 0 ? 0 : 1);
  });

  it('says when tmux is not there', async () => {
    await socket('codeman');
    expect(await panes(0, '', ['/nowhere/tmux'])).toMatchObject({ kind: 'unreadable' });
  });
});

describe('asking a server', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });
  const serve = async (answer: Parameters<typeof createServer>[1]): Promise<string> => {
    const one = createServer(answer);
    server = one;
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(one.address() as AddressInfo).port}/health`;
  };
  const ask = (url: string) => probe(httpGet, url, () => ({ sessions: 2 }), Date.now, 1000);

  it.each<[string, Parameters<typeof createServer>[1], object]>([
    ['answers', (_q, r) => r.end('{"status":"ok"}'), { state: 'answered', facts: { sessions: 2 } }],
    ['answers in plain text', (_q, r) => r.end('ok'), { state: 'answered' }],
    ['takes the connection and says nothing', () => {}, { state: 'hangs', facts: {} }],
    ['begins an answer and never ends it', (_q, r) => void r.write('{'), { state: 'hangs' }],
    ['refuses what is asked', (_q, r) => r.writeHead(401).end('secret'), { state: 'failed', facts: {} }],
    ['answers without end', (_q, r) => void r.end('x'.repeat(2 ** 21)), { state: 'failed' }],
  ])('tells one that %s', async (_, answer, expected) => {
    expect(await ask(await serve(answer))).toMatchObject(expected);
  });

  it('tells one that is not there', async () => {
    // Nobody listens on port 1.
    expect(await ask('http://127.0.0.1:1/health')).toMatchObject({ state: 'refused' });
  });

  it('ends its own connection to one that hangs', async () => {
    let closed: Promise<unknown> | undefined;
    const tcp = createTcpServer((one) => {
      closed = new Promise((resolve) =>
        one
          .on('error', () => {})
          .once('close', resolve)
          .resume(),
      );
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    await ask(`http://127.0.0.1:${(tcp.address() as AddressInfo).port}/`);
    await closed;
    await new Promise((resolve) => tcp.close(resolve));
  });
});
