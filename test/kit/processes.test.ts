import { afterEach, describe, expect, it } from 'vitest';
import { eventually, isAlive, openStage, type Stage, statOf } from './processes.js';

describe('the stage for real processes', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  it('ends grandchildren that left their parent, by identity', async () => {
    stage = openStage();
    await stage.start({
      script: {
        name: 'host',
        children: [{ as: stage.program('claude'), script: { name: 'agent', onEof: 'stay' }, detached: true }],
      },
    });
    const host = stage.seen('host');
    const agent = stage.seen('agent');
    process.kill(host.pid, 'SIGKILL');
    await eventually(() => statOf(agent.pid)?.ppid !== host.pid, 'the agent to lose its parent');
    expect(isAlive(agent)).toBe(true);
    await stage.close();
    expect(isAlive(agent)).toBe(false);
    stage = openStage();
  });
});
