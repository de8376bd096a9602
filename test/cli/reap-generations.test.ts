import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive, openStage } from '../kit/processes.js';
import { agent, mcpServer } from '../verdict/stage-people.js';
import { now, reapOn } from './orphaned.js';

const stage = openStage();

beforeAll(async () => {
  // The older copy lost its client: the agent has started it again.
  const older = { ...mcpServer(stage, { name: 'older' }), abandoned: true };
  const servers = [older, mcpServer(stage, { name: 'newer' }), mcpServer(stage, { name: 'newest' })];
  await stage.start({ script: { name: 'host', children: [agent(stage, { name: 'agent', children: servers })] } });
});
afterAll(() => stage.close());

describe.runIf(process.platform === 'linux')('three generations of one MCP server under a live agent', () => {
  it('are left alone unless they are asked for', async () => {
    const older = stage.seen('older');
    const { code } = await reapOn(stage, ['--yes', ...now(older)]);
    expect([code, isAlive(older)]).toEqual([0, true]);
  });

  it('lose the one that nobody holds the input of, and no other', async () => {
    const [older, newer, newest, owner] = ['older', 'newer', 'newest', 'agent'].map((name) => stage.seen(name));
    if (older === undefined || newer === undefined || newest === undefined || owner === undefined) throw new Error('?');
    const include = ['--include', 'generations'];
    const { code, out } = await reapOn(stage, ['--yes', ...include, ...now(older, newer, newest)]);
    expect(out).toMatch(/ended 1 process in 1 tree/);
    expect([code, ...[older, newer, newest, owner].map(isAlive)]).toEqual([0, false, true, true, true]);
  });
});
