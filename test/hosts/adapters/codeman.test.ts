import { accessSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpGet, probe } from '../../../src/hosts/registries/probe.js';
import { openStage, type Stage } from '../../kit/processes.js';
import { lookAtHost, startHost } from '../stand-ins.js';

describe.skipIf(!isThere('/usr/bin/tmux'))('Codeman, with real tmux', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = openStage();
  });
  afterEach(() => stage.close());

  it('finds nothing amiss with an agent in its pane', async () => {
    const host = await startHost(stage, 'codeman');
    const { entry, beliefs } = await lookAtHost(host);
    const own = entry('Codeman');
    expect(own.server?.pid).toBe(host.pid('server'));
    expect(own.running).toEqual([
      expect.objectContaining({
        pid: host.pid('alive'),
        hostSessionId: '937a0323-65bd-4ea2-b200-f445e15823e5',
        agentSessionId: '937a0323-65bd-4ea2-b200-f445e15823e5',
      }),
    ]);
    expect(own.mismatches).toEqual([]);
    expect(beliefs.disowned.size).toBe(0);
  });

  it('names the row whose pane is dead, the row whose process is gone, and the agent without a row', async () => {
    const host = await startHost(stage, 'codeman', '--leak');
    const { entry, beliefs } = await lookAtHost(host);
    const { mismatches } = entry('Codeman');
    expect(mismatches.map(({ kind, hostSessionId, detail }) => [kind, hostSessionId, detail])).toEqual([
      ['unregistered', 'da0383f0-0000-4000-8000-000000000004', 'its host has no row for it'],
      ['phantom', 'b80383f0-0000-4000-8000-000000000002', 'the program in its tmux pane has ended'],
      ['phantom', 'c90383f0-0000-4000-8000-000000000003', 'process 4194305 is gone'],
    ]);
    expect(mismatches.map(({ hostSessionId }) => hostSessionId).sort()).toEqual([...host.leaked].sort());
    expect([...beliefs.disowned.keys()]).toEqual([host.pid('stray')]);
    expect(JSON.stringify(entry('Codeman'))).not.toMatch(/secret/);
  });

  it('finds agents by their panes alone, where no environment can be read', async () => {
    const host = await startHost(stage, 'codeman', '--leak');
    const { comparisons } = await lookAtHost(host, { withoutMarkers: true });
    const own = comparisons.find(({ view }) => view.name === 'Codeman');
    expect(own?.view.running.map(({ record }) => record.pid).sort()).toEqual(
      [host.pid('alive'), host.pid('stray')].sort(),
    );
  });

  it('asks the server for its own map sizes only when that is wanted', async () => {
    const host = await startHost(stage, 'codeman', '--leak');
    const { entry } = await lookAtHost(host, { probe: (url, facts) => probe(httpGet, url, facts, Date.now) });
    expect(entry('Codeman').mismatches).toContainEqual(
      expect.objectContaining({ kind: 'growth', detail: 'its session map holds 3, 2 agents run' }),
    );
  });
});

function isThere(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}
