import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../src/hosts/host.js';
import { httpGet, probe } from '../../../src/hosts/registries/probe.js';
import { openStage, type Stage } from '../../kit/processes.js';
import { lookAtHost, startHost } from '../stand-ins.js';

describe('cc-haha, with real sidecars and sockets', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = openStage();
  });
  afterEach(() => stage.close());
  const ask = (timeoutMs: number) => (url: string, facts: (body: unknown) => HostFacts) =>
    probe(httpGet, url, facts, Date.now, timeoutMs);

  it('finds nothing amiss with CLIs whose server listens and answers', async () => {
    const host = await startHost(stage, 'cc-haha');
    const { entry } = await lookAtHost(host, { probe: ask(10_000) });
    const own = entry('cc-haha');
    expect(own.server?.pid).toBe(host.pid('server'));
    expect(own.running.map(({ pid, agentSessionId }) => [pid, agentSessionId])).toEqual([
      [host.pid('chat-1'), '5c0383f0-0000-4000-8000-000000000001'],
      [host.pid('chat-2'), '5c0383f0-0000-4000-8000-000000000002'],
    ]);
    expect(own.mismatches).toEqual([]);
  });

  it('names the CLIs whose port nobody listens on, without their tokens', async () => {
    const host = await startHost(stage, 'cc-haha', '--leak');
    const { entry, document } = await lookAtHost(host);
    const { mismatches } = entry('cc-haha');
    expect(mismatches.map(({ kind, pid }) => [kind, pid])).toEqual(
      host.leaked.map((name) => ['unregistered', host.pid(name)]),
    );
    expect(mismatches[0]?.detail).toMatch(/^nothing listens on port \d+ of its server$/);
    expect(JSON.stringify(document)).not.toMatch(/secret/);
  });

  it('tells a server that takes connections and never answers from one that works', async () => {
    const host = await startHost(stage, 'cc-haha', '--hang');
    const { entry } = await lookAtHost(host, { probe: ask(300) });
    expect(entry('cc-haha').mismatches).toEqual([
      expect.objectContaining({ kind: 'unresponsive', pid: host.pid('server') }),
    ]);
  });
});
