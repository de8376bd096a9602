import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../kit/processes.js';
import { lookAtHost, startHost } from '../stand-ins.js';

describe('Hermes, with real workers and sockets', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = openStage();
  });
  afterEach(() => stage.close());

  it('finds nothing amiss while clients hold their connections', async () => {
    const host = await startHost(stage, 'hermes');
    const { entry, beliefs } = await lookAtHost(host);
    const own = entry('Hermes');
    expect(own.server).toMatchObject({ pid: host.pid('server'), connections: 2 });
    expect(own.running.map(({ pid }) => pid)).toEqual([host.pid('worker-1'), host.pid('worker-2')]);
    expect(own.mismatches).toEqual([]);
    expect(beliefs.disowned.size).toBe(0);
  });

  it('names every slash worker whose client is gone, by session key', async () => {
    const host = await startHost(stage, 'hermes', '--leak');
    const { entry, beliefs } = await lookAtHost(host);
    const own = entry('Hermes');
    expect(own.server).toMatchObject({ connections: 0 });
    expect(own.mismatches.map(({ kind, hostSessionId, detail }) => [kind, hostSessionId, detail])).toEqual(
      host.leaked.map((key) => ['unregistered', key, 'no client is connected to its server']),
    );
    expect(beliefs.disowned.size).toBe(6);
    expect(JSON.stringify(own)).not.toMatch(/secret/);
  });

  it('waits as long as the gateway itself does before it calls a worker detached', async () => {
    const host = await startHost(stage, 'hermes', '--leak');
    const { entry } = await lookAtHost(host, { laterMs: 0 });
    expect(entry('Hermes').limits.detachedSeconds).toBe(20);
    expect(entry('Hermes').mismatches).toEqual([]);
  });

  it('sees threads and memory of the server rise against an earlier look', async () => {
    const host = await startHost(stage, 'hermes', '--leak');
    const { entry } = await lookAtHost(host);
    const { server } = entry('Hermes');
    if (server === undefined) throw new Error('no server');
    const before = { ...server, threads: (server.threads ?? 0) - 6, rssBytes: 30_000_000, agents: 6 };
    const later = await lookAtHost(host, { earlier: new Map([['Hermes', [before]]]) });
    expect(later.entry('Hermes').mismatches).toContainEqual(
      expect.objectContaining({
        kind: 'growth',
        detail: expect.stringMatching(/memory 30 MB → \d+ MB, threads/),
      }),
    );
  });
});
