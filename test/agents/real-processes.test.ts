import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import { MARKER_NAMES } from '../../src/agents/catalogue/markers.js';
import type { Membership } from '../../src/agents/membership.js';
import { resolveAgents } from '../../src/agents/resolve/resolve.js';
import { createProcfsSource } from '../../src/process/sources/procfs/procfs.js';
import { createProcessTable, withDetail } from '../../src/process/table.js';
import { eventually, openStage, type Stage, statOf } from '../kit/processes.js';

const U = '11111111-2222-4333-8444-555555555555';

describe.runIf(process.platform === 'linux')('real processes of this machine', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = openStage();
  });
  afterEach(() => stage.close());

  /** Starts a program that waits, as it is. */
  async function run(file: string, args: string[], argv0?: string): Promise<number> {
    const child: ChildProcess = spawn(file, args, {
      stdio: ['pipe', 'ignore', 'ignore'],
      ...(argv0 !== undefined && { argv0 }),
    });
    const pid = child.pid;
    if (pid === undefined) throw new Error(`${file} did not start`);
    const startTime = statOf(pid)?.startTime;
    if (startTime === undefined) throw new Error(`${file} ended at once`);
    stage.register({ pid, startTime });
    return pid;
  }

  async function look(pids: readonly number[]): Promise<ReadonlyMap<number, Membership>> {
    const source = createProcfsSource({
      selfPid: process.pid,
      machine: { platform: 'linux' },
      markers: MARKER_NAMES,
      now: Date.now,
    });
    const table = createProcessTable(await source.scan());
    const records = pids.flatMap((pid) => table.get(pid) ?? []);
    return resolveAgents(withDetail(table, await source.detail(records, ['markers', 'fds'])), CATALOGUE).members;
  }

  it('a link to node under an agent’s name is that agent, with the helpers below it', async () => {
    await stage.start({
      as: stage.program('claude'),
      args: ['--session-id', U],
      script: {
        name: 'agent',
        children: [
          { as: stage.program('mcp-server-git'), script: { name: 'server' } },
          { script: { name: 'shell' }, env: { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: U }, detached: true },
        ],
      },
    });
    const [agent, server, shell] = ['agent', 'server', 'shell'].map((name) => stage.seen(name).pid);
    const members = await look([agent, server, shell].flatMap((pid) => pid ?? []));
    expect(members.get(agent ?? 0)).toMatchObject({ agent: 'claude', role: 'session', sessionId: U });
    expect(members.get(server ?? 0)).toMatchObject({ role: 'mcp-server', leader: agent });
    expect(members.get(shell ?? 0)).toMatchObject({ role: 'tool', leader: agent, sessionIdFrom: 'marker' });
  });

  it.each([
    ['codex', ['app-server'], 'server'],
    ['codex', ['-c', 'k=v', 'app-server'], 'server'],
    ['claude', ['mcp', 'serve'], 'mcp-server'],
    ['opencode', ['serve'], 'server'],
    ['gemini', [], 'session'],
  ])('a link named %s, called with %j, is a %s', async (name, args, role) => {
    await stage.start({ as: stage.program(name), args, script: { name: 'agent' } });
    const { pid } = stage.seen('agent');
    expect((await look([pid])).get(pid)).toMatchObject({ agent: name, role });
  });

  it('a shell script named claude is one, and so is a copy of another program', async () => {
    const folder = path.join(stage.folder, 'own');
    mkdirSync(folder);
    const script = path.join(folder, 'claude');
    writeFileSync(script, '#!/bin/sh\nread line\n');
    chmodSync(script, 0o755);
    const copy = path.join(stage.folder, 'claude');
    copyFileSync('/bin/sleep', copy);
    const pids = [await run(script, ['--continue']), await run(copy, ['600'])];
    const seen = await eventuallySeen(pids);
    expect(pids.map((pid) => seen.get(pid))).toMatchObject([
      { agent: 'claude', role: 'session' },
      { agent: 'claude', role: 'session' },
    ]);
  });

  it('another program that was only called claude is nobody', async () => {
    const pid = await run('/bin/sleep', ['602'], 'claude');
    await eventually(() => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n', 'sleep to run');
    // A tool, where the tests themselves are run by an agent.
    expect([undefined, 'tool']).toContain((await look([pid])).get(pid)?.role);
  });

  /** A script is seen as its interpreter a moment after it started. */
  async function eventuallySeen(pids: readonly number[]): Promise<ReadonlyMap<number, Membership>> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const members = await look(pids);
      if (pids.every((pid) => members.has(pid)) || Date.now() > deadline) return members;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
});
