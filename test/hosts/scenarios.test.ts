import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Chalk } from 'chalk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostsText } from '../../src/output/text/machine/hosts.js';
import { plan } from '../../src/reap/plan/plan.js';
import { DEFAULT_POLICY, type IncludeKind } from '../../src/reap/plan/policy/policy.js';
import { reap } from '../../src/reap/reap.js';
import { startT3, type T3Host } from '../hosts-t3/host.js';
import { eventually, isAlive, openStage, type Seen, type Stage, statOf } from '../kit/processes.js';
import { NOW_POLICY, openWorld } from '../reap/kit/world.js';
import { agent, leave, parentOf, toolShell } from '../verdict/stage-people.js';
import { WITHOUT_SQLITE } from './database.js';
import { type Looked, lookAt, lookAtHost, startHost } from './stand-ins.js';

/** The scenarios of docs/hosts.md, each under its heading there. */
describe.skipIf(WITHOUT_SQLITE !== undefined)('scenarios', () => {
  let stage: Stage;
  let pids: Set<number>;
  beforeEach(() => {
    stage = openStage();
    pids = new Set();
  });
  afterEach(() => stage.close());

  const startServer = async (...options: string[]): Promise<T3Host> => {
    const host = await startT3(stage, ['--database', ...options]);
    pids.add(host.pid);
    return host;
  };
  const tell = async (host: T3Host, ...commands: string[]) => {
    for (const command of commands) {
      for (const { pid } of await host.tell(command)) if (pid !== undefined) pids.add(pid);
    }
  };
  const look = (home = stage.folder) => lookAt(home, pids, { env: { T3CODE_HOME: stage.folder } });
  const identity = (pid: number): Seen => ({ pid, startTime: statOf(pid)?.startTime ?? 'gone' });
  const agentsOf = (host: T3Host) => [...pids].filter((pid) => pid !== host.pid);

  it('S1: five archived threads keep five agents', async () => {
    const host = await startServer('--leak');
    for (const thread of ['a', 'b', 'c', 'd', 'e']) await tell(host, `start ${thread}`, `archive ${thread}`);
    const looked = await look();
    expect(looked.entry('T3 Code').running).toHaveLength(5);
    expect(looked.entry('T3 Code').mismatches.map(({ kind }) => kind)).toEqual(Array(5).fill('retired'));
    const judged = await looked.judge();
    expect(agentsOf(host).map((pid) => judged.judgements.get(pid)?.verdict)).toEqual(Array(5).fill('disowned'));
    expect(await targets(looked, [])).toEqual([]);
    expect(await targets(looked, ['disowned'])).toEqual(agentsOf(host).sort());
  });

  it.each(['equals', 'blank'])('S2: a replaced agent is there twice (flags written %s)', async (form) => {
    const host = await startServer('--leak', '--flags', form);
    await tell(host, 'start a', 'effort a low');
    const [older = 0, younger = 0] = agentsOf(host);
    const looked = await look();
    expect(looked.entry('T3 Code').mismatches.map(({ kind, pid }) => [kind, pid])).toEqual([['duplicate', older]]);
    const { judgements } = await looked.judge();
    expect([judgements.get(older)?.verdict, judgements.get(younger)?.verdict]).toEqual(['superseded', 'live']);
    expect(await targets(looked, ['superseded'])).toEqual([older]);
  });

  it('S3: of a killed host’s agents, only those that ignore the end of their input stay', async () => {
    const host = await startServer();
    await tell(host, 'start obedient', 'start deep-in-a-turn', 'busy deep-in-a-turn');
    const [obedient = 0, busy = 0] = agentsOf(host);
    const first = identity(obedient);
    process.kill(host.pid, 'SIGKILL');
    await eventually(() => !isAlive(first) && statOf(busy)?.ppid !== host.pid, 'the agents to notice');
    const looked = await look();
    expect(
      looked.entry('T3 Code').mismatches.map(({ kind, pid, hostSessionId }) => [kind, pid, hostSessionId]),
    ).toEqual([
      ['unregistered', busy, 'deep-in-a-turn'],
      ['phantom', undefined, 'obedient'],
    ]);
    // The registry is one that a crash left: its busy row is no veto.
    expect((await looked.judge()).judgements.get(busy)?.verdict).toBe('orphan');
  });

  it('S4: a tool that outlives its killed agent is nobody’s agent, and a leftover', async () => {
    await stage.start(agent(stage, { children: [toolShell('tool')] }));
    const shell = parentOf(stage.seen('tool'));
    stage.register(shell);
    await leave(stage.seen('agent'), shell);
    pids = new Set([shell.pid, stage.seen('tool').pid]);
    const looked = await look();
    expect(looked.document.hosts).toEqual([]);
    expect((await looked.judge()).judgements.get(shell.pid)?.verdict).toBe('leftover');
  });

  it('S5: an agent that ignores SIGTERM behind its launcher is one agent, and is ended', async () => {
    // node …/.bin/gemini, which runs itself again; the inner one is the agent.
    const gemini = { entry: [stage.stub('node_modules/.bin/gemini')] };
    const stubborn = { ignore: ['SIGTERM'], onEof: 'stay' } as const;
    const real = {
      ...gemini,
      env: { GEMINI_CLI_NO_RELAUNCH: 'true' },
      script: { name: 'real', ...stubborn },
    };
    const launcher = { ...gemini, script: { name: 'launcher', children: [real], ...stubborn } };
    await stage.start({ script: { name: 'host', children: [launcher] } });
    const all = [stage.seen('launcher'), stage.seen('real')];
    await leave(stage.seen('host'), stage.seen('launcher'));
    pids = new Set(all.map(({ pid }) => pid));
    const looked = await look();
    expect(looked.entry('agents').running.map(({ pid }) => pid)).toEqual([stage.seen('real').pid]);
    const world = openWorld(stage.folder, { survey: () => looked.judge() });
    const result = await reap(world.deps, NOW_POLICY, { dryRun: false });
    expect(result.document).toMatchObject({ schema: 'sesswatch/reap/1', survivors: 0 });
    expect(world.signals.at(0)).toEqual({ pid: stage.seen('real').pid, signal: 'SIGTERM' });
    expect(all.filter(isAlive)).toEqual([]);
  });

  it('S6: a worker that is parentless by design is a server, not a leak', async () => {
    const host = await startHost(stage, 'claude-mem');
    const looked = await lookAtHost(host);
    const worker = host.pid('server');
    expect(looked.entry('claude-mem').server?.pid).toBe(worker);
    expect(looked.document.hosts.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    const { judgements } = await looked.judge();
    expect(judgements.get(worker)).toBeUndefined();
    expect(judgements.get(host.pid('observer-1'))?.verdict).toBe('live');
  });

  it('S7: agents in tmux outlive Codeman’s server on purpose', async () => {
    const host = await startHost(stage, 'codeman');
    const server = host.processes.get('server');
    process.kill(host.pid('server'), 'SIGKILL');
    await eventually(() => server !== undefined && hasEnded(server), 'the server to end');
    const looked = await lookAtHost(host);
    expect(looked.entry('Codeman')).toMatchObject({ server: undefined, mismatches: [] });
    const { judgements } = await looked.judge();
    expect(judgements.get(host.pid('alive'))).toMatchObject({
      verdict: 'live',
      owner: { kind: 'multiplexer' },
    });
  });

  it('S8: six workers and no client are six leaks', async () => {
    const looked = await lookAtHost(await startHost(stage, 'hermes', '--leak'));
    const { server, mismatches } = looked.entry('Hermes');
    expect([server?.connections, mismatches.length]).toEqual([0, 6]);
  });

  it('S9: a server that grows while its agents do not is named with what grew', async () => {
    const host = await startHost(stage, 'claude-mem');
    const { server } = (await lookAtHost(host)).entry('claude-mem');
    if (server === undefined) throw new Error('no server');
    const { threads = 0, descriptors = 0 } = server;
    const before = { ...server, rssBytes: 1, threads: threads - 5, descriptors: descriptors - 1, agents: 2 };
    const grown = await lookAtHost(host, { earlier: new Map([['claude-mem', [before]]]) });
    expect(grown.entry('claude-mem').mismatches).toEqual([
      expect.objectContaining({
        kind: 'growth',
        pid: server.pid,
        detail: expect.stringContaining(`threads ${threads - 5} → ${threads} while agents went 2 → 2`),
      }),
    ]);
    // Another process that got the pid did not grow.
    const stranger = { ...before, startTime: '1' };
    const other = await lookAtHost(host, { earlier: new Map([['claude-mem', [stranger]]]) });
    expect(other.entry('claude-mem').mismatches).toEqual([]);
  });

  it('S10: rows that a crash left name no process that has the pid by now', async () => {
    await stage.start({ as: stage.program('claude'), script: { name: 'agent' } });
    const { pid, startTime } = stage.seen('agent');
    pids.add(pid);
    const folder = path.join(stage.folder, 'home', '.claude', 'sessions');
    mkdirSync(folder, { recursive: true });
    const write = (name: string, fields: object) =>
      writeFileSync(path.join(folder, name), JSON.stringify({ status: 'idle', updatedAt: 1, ...fields }));
    write(`${pid}.json`, { pid, sessionId: 'reused', procStart: '1' });
    write('4194305.json', { pid: 4_194_305, sessionId: 'gone', procStart: startTime });
    // Of a container that shares this home: its pids mean others.
    write('77.json', { pid: 77, sessionId: 'elsewhere', pidDomain: 'linux:0123:pid:[4026530000]' });
    writeFileSync(path.join(folder, `${pid}.ab12.key`), 'secret');
    const looked = await look(path.join(stage.folder, 'home'));
    const found = looked
      .entry('agents')
      .mismatches.map(({ kind, hostSessionId, detail }) => [kind, hostSessionId, detail]);
    expect(found.sort()).toEqual([
      ['phantom', 'gone', 'process 4194305 is gone'],
      ['phantom', 'reused', `pid ${pid} is another process by now`],
    ]);
    write(`${pid}.json`, { pid, sessionId: 'its own', procStart: startTime });
    const again = await look(path.join(stage.folder, 'home'));
    expect(again.entry('agents').mismatches.map(({ hostSessionId }) => hostSessionId)).toEqual(['gone']);
  });

  it('S11: a zombie runs no session', async () => {
    const host = await startHost(stage, 'codeman');
    const agent = host.pid('alive');
    // The pane’s process is tmux’s child; stopped, tmux cannot ask for its exit status.
    const tmux = host.pid('tmux');
    process.kill(tmux, 'SIGSTOP');
    try {
      process.kill(agent, 'SIGKILL');
      await eventually(() => statOf(agent)?.state === 'Z', 'the agent to become a zombie');
      const looked = await lookAtHost(host, { isWanted: (name) => name === 'Codeman', tmuxTimeoutMs: 200 });
      const own = looked.entry('Codeman');
      expect(own.running).toEqual([]);
      expect(own.mismatches.map(({ kind, pid }) => [kind, pid])).toEqual([['phantom', agent]]);
      // That tmux did not answer is said, and is not taken for “no panes”.
      expect(looked.document.notes).toEqual([expect.stringMatching(/tmux on socket codeman did not answer/)]);
    } finally {
      process.kill(tmux, 'SIGCONT');
    }
  });

  it('S12: no secret of arguments, settings or rows is in anything that is printed or kept', async () => {
    const server = await startServer('--leak');
    await tell(server, 'start a', 'archive a');
    const haha = await startHost(stage, 'cc-haha', '--leak');
    for (const { pid } of haha.processes.values()) pids.add(pid);
    const looked = await look(haha.home);
    expect(looked.document.hosts.map(({ name }) => name)).toEqual(['T3 Code', 'cc-haha']);
    const printed = hostsText(looked.document, { width: undefined, style: new Chalk({ level: 0 }) });
    const { judgements } = await looked.judge();
    const all = JSON.stringify([looked.document, printed, [...looked.beliefs.disowned], [...judgements]]);
    expect(all).toContain('retired');
    expect(all).not.toMatch(/secret|token|Bearer|Authorization/i);
  });
});

/** The roots of what a reap would end. */
async function targets(looked: Looked, include: readonly IncludeKind[]): Promise<number[]> {
  const policy = { ...DEFAULT_POLICY, idleSeconds: 0, minAgeSeconds: 0, include };
  const judged = await looked.judge();
  return plan(judged, policy, { pid: process.pid, uid: process.getuid?.() })
    .targets.map(({ processes }) => processes[0]?.record.pid ?? 0)
    .sort();
}

/** Also its other threads, which end a moment after the first: while one is left, the process is. */
function hasEnded(one: Seen): boolean {
  if (isAlive(one)) return false;
  try {
    return readdirSync(`/proc/${one.pid}/task`).length <= 1;
  } catch {
    // It has been reaped.
    return true;
  }
}
