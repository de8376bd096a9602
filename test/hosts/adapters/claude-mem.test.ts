import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../kit/processes.js';
import { WITHOUT_SQLITE } from '../database.js';
import { lookAtHost, startHost } from '../stand-ins.js';

describe.skipIf(WITHOUT_SQLITE !== undefined)('claude-mem, with real processes and a live database', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = openStage();
  });
  afterEach(() => stage.close());

  it('finds nothing amiss with two registered children', async () => {
    const host = await startHost(stage, 'claude-mem');
    const { entry, beliefs } = await lookAtHost(host);
    const own = entry('claude-mem');
    expect(own.server).toMatchObject({
      pid: host.pid('server'),
      startTime: host.processes.get('server')?.startTime,
    });
    expect(own.believed.map(({ hostSessionId, pid }) => [hostSessionId, pid])).toEqual([
      ['1', host.pid('observer-1')],
      ['2', host.pid('observer-2')],
    ]);
    // The observer's own session id comes from the database, joined on the id of the row.
    expect(own.believed[0]?.agentSessionId).toBe('11111111-aaaa-4aaa-8aaa-000000000001');
    const observers = new Set([host.pid('observer-1'), host.pid('observer-2')]);
    expect(new Set(own.running.map(({ pid }) => pid))).toEqual(observers);
    expect(own.mismatches).toEqual([]);
    expect(beliefs.disowned.size).toBe(0);
    expect(beliefs.attributed.get(host.pid('observer-1'))).toEqual({
      host: 'claude-mem',
      hostSessionId: '1',
    });
  });

  it('names exactly the children that the supervisor does not know, and that there are too many', async () => {
    const host = await startHost(stage, 'claude-mem', '--leak');
    const { entry, beliefs } = await lookAtHost(host);
    const { mismatches } = entry('claude-mem');
    const leaked = host.leaked.map((name) => host.pid(name));
    expect(mismatches.filter(({ kind }) => kind === 'unregistered').map(({ pid }) => pid)).toEqual(leaked);
    expect(mismatches[0]?.detail).toContain(`process ${host.pid('leaked-2')} is younger and has the same session`);
    expect(mismatches.filter(({ kind }) => kind !== 'unregistered')).toEqual([
      expect.objectContaining({
        kind: 'growth',
        pid: host.pid('server'),
        detail: '5 SDK children, 2 allowed',
      }),
    ]);
    expect([...beliefs.disowned.keys()]).toEqual(leaked);
  });

  it('has patience with a child that was started a moment ago', async () => {
    const host = await startHost(stage, 'claude-mem', '--leak');
    const { entry, beliefs } = await lookAtHost(host, { laterMs: 0 });
    expect(entry('claude-mem').mismatches.map(({ kind }) => kind)).not.toContain('unregistered');
    expect(beliefs.disowned.size).toBe(0);
  });

  it('lets no secret of settings, prompts or rows into the document', async () => {
    const host = await startHost(stage, 'claude-mem', '--leak');
    const { document, beliefs } = await lookAtHost(host);
    expect(JSON.stringify([document, [...beliefs.disowned], beliefs.notes])).not.toMatch(/secret/);
  });

  it('counts sessions that only the worker’s own map holds, when it is asked', async () => {
    const host = await startHost(stage, 'claude-mem');
    const urls: string[] = [];
    const { entry } = await lookAtHost(host, {
      probe: async (url, facts) => {
        urls.push(url);
        return { state: 'answered', tookMs: 3, facts: facts({ status: 'ok', activeSessions: 7, pid: 1 }) };
      },
    });
    expect(urls).toEqual(['http://127.0.0.1:37700/health']);
    expect(entry('claude-mem').mismatches).toEqual([
      expect.objectContaining({ kind: 'growth', detail: 'it counts 7 active sessions, 2 SDK children run' }),
    ]);
  });
});
