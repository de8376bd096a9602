import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startT3, type T3Host } from '../../hosts-t3/host.js';
import { eventually, isAlive, openStage, type Stage, statOf } from '../../kit/processes.js';
import { folderImage, openWriter, WITHOUT_SQLITE } from '../database.js';
import { type LookOptions, lookAt } from '../stand-ins.js';

describe.skipIf(WITHOUT_SQLITE !== undefined)('T3 Code, with real agents and a live state.sqlite', () => {
  let stage: Stage;
  let pids: Set<number>;
  beforeEach(() => {
    stage = openStage();
    pids = new Set();
  });
  afterEach(() => stage.close());

  const start = async (...options: string[]): Promise<T3Host> => {
    const host = await startT3(stage, ['--database', ...options]);
    pids.add(host.pid);
    return host;
  };
  /** Obeys commands in turn, and remembers every agent that ever was. */
  const tell = async (host: T3Host, ...commands: string[]) => {
    let threads: Awaited<ReturnType<T3Host['tell']>> = [];
    for (const command of commands) {
      threads = await host.tell(command);
      for (const { pid } of threads) if (pid !== undefined) pids.add(pid);
    }
    return new Map(threads.map((thread) => [thread.thread, thread]));
  };
  // The server’s --base-dir says where its files are: the home that is looked at holds none.
  const look = (options?: LookOptions) => {
    const home = path.join(stage.folder, 'home');
    mkdirSync(home, { recursive: true });
    return lookAt(home, pids, options);
  };
  const kinds = async (options?: LookOptions) =>
    (await look(options)).entry('T3 Code').mismatches.map(({ kind, pid, detail }) => [kind, pid, detail]);

  it('finds nothing amiss with three running threads, one of them archived and stopped', async () => {
    const host = await start();
    const threads = await tell(host, 'start one', 'start two', 'start three', 'archive three');
    const { entry, beliefs } = await look();
    const own = entry('T3 Code');
    expect(own.server?.pid).toBe(host.pid);
    expect(own.running.map(({ pid, hostSessionId }) => [pid, hostSessionId])).toEqual([
      [threads.get('one')?.pid, 'one'],
      [threads.get('two')?.pid, 'two'],
    ]);
    expect(own.mismatches).toEqual([]);
    expect(beliefs.disowned.size).toBe(0);
  });

  it('names the agents of archived threads, and the judge may take it', async () => {
    const host = await start('--leak');
    const threads = await tell(host, 'start one', 'start two', 'archive two');
    const two = threads.get('two');
    const { entry, beliefs, document } = await look();
    expect(entry('T3 Code').mismatches).toEqual([
      expect.objectContaining({
        kind: 'retired',
        pid: two?.pid,
        hostSessionId: 'two',
        agentSessionId: two?.session,
        rssBytes: expect.any(Number),
        detail: 'its session is archived',
      }),
    ]);
    expect([...beliefs.disowned]).toEqual([[two?.pid, { host: 'T3 Code', detail: 'its session is archived' }]]);
    expect(JSON.stringify(document)).not.toMatch(/secret|Bearer|stand-in-token/);
  });

  it('has the patience that the host itself needs to end an agent', async () => {
    const host = await start('--leak');
    await tell(host, 'start one', 'archive one');
    expect(await kinds({ laterMs: 5000 })).toEqual([]);
  });

  it('names an agent whose row was swept without it', async () => {
    const host = await start('--leak', '--idle-after', '0');
    const threads = await tell(host, 'start one', 'idle-reap');
    expect(await kinds()).toEqual([['retired', threads.get('one')?.pid, 'its session is stopped']]);
  });

  it('names an agent that no row speaks of, once no row waits for one', async () => {
    const host = await start('--leak');
    const threads = await tell(host, 'start one', 'start two');
    const writer = openWriter(path.join(stage.folder, 'userdata', 'state.sqlite'));
    await writer.say("DELETE FROM provider_session_runtime WHERE thread_id = 'two'");
    await writer.close();
    expect(await kinds()).toEqual([['unregistered', threads.get('two')?.pid, 'its host has no row for it']]);
    expect(await kinds({ laterMs: 10_000 })).toEqual([]);
  });

  it.each(['equals', 'blank'])('names the older of two agents for one session, flags written %s', async (form) => {
    const host = await start('--leak', '--flags', form);
    const before = await tell(host, 'start one');
    const after = await tell(host, 'model one claude-opus-4-6');
    const detail = `process ${after.get('one')?.pid} is younger and has the same session`;
    expect(await kinds()).toEqual([['duplicate', before.get('one')?.pid, detail]]);
  });

  it('vetoes an agent whose turn is running', async () => {
    const host = await start();
    const threads = await tell(host, 'start one', 'start two', 'busy one');
    const { beliefs } = await look();
    expect([...beliefs.busy]).toEqual([[threads.get('one')?.pid, { host: 'T3 Code', detail: 'a turn is running' }]]);
  });

  it('names agents that outlived their server, and takes no word of the registry it left behind', async () => {
    const host = await start('--stubborn');
    const threads = await tell(host, 'start one', 'busy one');
    const one = threads.get('one')?.pid ?? 0;
    process.kill(host.pid, 'SIGKILL');
    await eventually(() => statOf(one)?.ppid !== host.pid, 'the agent to lose its parent');
    const { entry, beliefs } = await look({ env: { T3CODE_HOME: stage.folder } });
    const own = entry('T3 Code');
    expect(own.server).toBeUndefined();
    expect(own.mismatches).toEqual([
      expect.objectContaining({
        kind: 'unregistered',
        pid: one,
        hostSessionId: 'one',
        detail: 'its server is gone',
      }),
    ]);
    expect(beliefs.disowned.size + beliefs.busy.size).toBe(0);
  });

  it('calls the rows of a crashed server stale', async () => {
    const host = await start();
    const threads = await tell(host, 'start one');
    const one = threads.get('one')?.pid ?? 0;
    const identity = { pid: one, startTime: statOf(one)?.startTime ?? '' };
    process.kill(host.pid, 'SIGKILL');
    await eventually(() => !isAlive(identity), 'the agent to end with its stdin');
    expect(await kinds({ env: { T3CODE_HOME: stage.folder } })).toEqual([
      ['phantom', undefined, 'no agent runs for it; its server is gone too'],
    ]);
  });

  it.each([
    ['without archiving (before migration 17)', 'ALTER TABLE projection_threads DROP COLUMN archived_at', []],
    [
      'without instances (before migration 27)',
      'ALTER TABLE provider_session_runtime DROP COLUMN provider_instance_id',
      ['retired'],
    ],
    ['with a state that nobody knows yet', "UPDATE provider_session_runtime SET status = 'hibernating'", ['retired']],
    ['with a damaged cursor', "UPDATE provider_session_runtime SET resume_cursor_json = '{'", []],
  ])('reads a schema %s', async (_, change, expected) => {
    const host = await start('--leak');
    await tell(host, 'start one', 'archive one');
    const writer = openWriter(path.join(stage.folder, 'userdata', 'state.sqlite'));
    await writer.say(change);
    await writer.close();
    expect((await kinds()).map(([kind]) => kind)).toEqual(expected);
  });

  it.each([
    ['renamed tables', 'ALTER TABLE provider_session_runtime RENAME TO sessions_v3', /tables are not those/],
    ['renamed columns', 'ALTER TABLE provider_session_runtime RENAME COLUMN status TO phase', /tables are not those/],
  ])('neither disowns nor vetoes by a registry with %s', async (_, change, why) => {
    const host = await start('--leak');
    await tell(host, 'start one', 'start two', 'busy two', 'archive one');
    const writer = openWriter(path.join(stage.folder, 'userdata', 'state.sqlite'));
    await writer.say(change);
    await writer.close();
    const { entry, beliefs, document } = await look();
    expect(entry('T3 Code').mismatches).toEqual([]);
    expect(beliefs.disowned.size + beliefs.busy.size).toBe(0);
    expect(document.notes).toEqual([expect.stringMatching(why)]);
  });

  it('leaves the folder of a live host as it was, byte for byte', async () => {
    const host = await start('--leak');
    await tell(host, 'start one', 'archive one');
    const folder = path.join(stage.folder, 'userdata');
    const before = folderImage(folder);
    await look();
    expect(folderImage(folder)).toEqual(before);
  });

  it('takes a pid in server-runtime.json that others have by now for no server', async () => {
    const folder = path.join(stage.folder, 'home', '.t3', 'userdata');
    mkdirSync(folder, { recursive: true });
    const claim = { version: 1, pid: process.pid, port: 3773, startedAt: '2020-01-01T00:00:00.000Z' };
    writeFileSync(path.join(folder, 'server-runtime.json'), JSON.stringify(claim));
    const { document } = await look();
    expect(document.hosts).toEqual([]);
  });
});
