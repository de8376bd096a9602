import { accessSync, constants, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/activity/ledger/ledger.js';
import { eventually, openStage, type Seen, STAND_IN, type Stage, statOf } from '../kit/processes.js';
import { judgementOf, look, SOURCES, type TestedSource } from './look.js';
import {
  agent,
  isStdinDeleted,
  leave,
  mcpServer,
  PYTHON,
  parentOf,
  startAlone,
  startInTmux,
  startUnderSubreaper,
  TMUX,
  toolShell,
} from './stage-people.js';

type Ledgers = ReadonlyMap<TestedSource, Ledger>;

describe.runIf(process.platform === 'linux')('real processes, by procfs, ps and ps-list', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = openStage();
  });
  afterEach(() => stage.close());

  describe('are orphans', () => {
    it('when the host was killed and they ignore the end of their input', async () => {
      await stage.start({ script: { name: 'host', children: [agent(stage)] } });
      await leave(stage.seen('host'), stage.seen('agent'));
      await expectVerdict(stage.seen('agent'), 'orphan');
    });

    it('when they are in a session of their own', async () => {
      await stage.start({ script: { name: 'host', children: [agent(stage, {}, { detached: true })] } });
      await leave(stage.seen('host'), stage.seen('agent'));
      await expectVerdict(stage.seen('agent'), 'orphan');
    });

    it.runIf(existsSync(PYTHON))('when a child subreaper was seen to adopt them', async () => {
      const subreaper = await startUnderSubreaper(stage, [agent(stage)]);
      const before = await lookByAll();
      await leave(stage.seen('host'), stage.seen('agent'));
      expect(statOf(stage.seen('agent').pid)?.ppid).toBe(subreaper.pid);
      await expectVerdict(stage.seen('agent'), 'orphan', before);
    });

    it('when the shell above them is one', async () => {
      const shell = { as: '/bin/bash', entry: ['-c', '"$0" "$1"; exit'] };
      const args = [stage.program('claude'), STAND_IN];
      await stage.start({ script: { name: 'host', children: [agent(stage, {}, { ...shell, args })] } });
      const one = stage.seen('agent');
      const bash = parentOf(one);
      stage.register(bash);
      const before = await lookByAll();
      await leave(stage.seen('host'), bash);
      expect(statOf(one.pid)?.ppid).toBe(bash.pid);
      await expectVerdict(one, 'orphan', before);
    });

    it.runIf(TMUX !== undefined)('when their tmux server was killed and they ignore SIGHUP', async () => {
      const { server, one } = await startInTmux(stage);
      await leave(server, one);
      await eventually(() => isStdinDeleted(one), 'the terminal to go');
      const { evidence } = judgementOf(await look(), one.pid);
      expect(evidence.map(({ kind }) => kind)).toContain('terminal-gone');
      await expectVerdict(one, 'orphan');
    });

    it('when the launcher between them and a live host was killed', async () => {
      const real = { as: stage.program('codex'), args: ['app-server'], stdio: 'inherit' as const };
      const native = { ...real, script: { name: 'agent', onEof: 'stay' as const } };
      const launcher = {
        entry: [stage.stub('node_modules/.bin/codex')],
        args: ['app-server'],
        script: { name: 'launcher', onEof: 'unread' as const, children: [native] },
      };
      await stage.start({ script: { name: 'host', children: [launcher] } });
      const before = await lookByAll();
      await leave(stage.seen('launcher'), stage.seen('agent'));
      await expectVerdict(stage.seen('agent'), 'orphan', before);
    });
  });

  describe('are leftovers', () => {
    it('when they are an MCP server with nobody at the other end of its socket', async () => {
      await stage.start(agent(stage, { children: [mcpServer(stage)] }));
      await leave(stage.seen('agent'), stage.seen('mcp'));
      await expectVerdict(stage.seen('mcp'), 'leftover');
    });

    it('when they are an MCP server with nobody at the other end of its pipe', async () => {
      const writer = { name: 'writer', onEof: 'unread', report: path.join(stage.folder, 'reports') };
      const reader = { ...writer, name: 'mcp', onEof: 'stay' };
      await stage.start({
        as: '/bin/bash',
        entry: ['-c', 'STAND_IN="$A" "$0" "$1" | STAND_IN="$B" "$0" "$2"; exit'],
        args: [process.execPath, STAND_IN, stage.stub('node_modules/.bin/mcp-server-git')],
        env: { A: JSON.stringify(writer), B: JSON.stringify(reader) },
        detached: true,
        script: { name: 'writer' },
      });
      const mcp = await stage.ready('mcp');
      const shell = parentOf(mcp);
      stage.register(shell);
      await leave(shell, mcp);
      await expectNever(mcp, ['leftover', 'orphan']);
      process.kill(stage.seen('writer').pid, 'SIGKILL');
      // The other threads of a program that was killed hold its end of the pipe a little longer than the first one.
      const isFree = async () => judgementOf(await look(), mcp.pid).traces.some(({ kind }) => kind === 'stdio-closed');
      await eventually(isFree, 'the writer to end with all its threads');
      await expectVerdict(mcp, 'leftover');
    });

    it('when they are a tool shell of its own session that names a dead agent, with what it runs', async () => {
      await stage.start(agent(stage, { children: [toolShell('tool')] }));
      const shell = parentOf(stage.seen('tool'));
      stage.register(shell);
      await leave(stage.seen('agent'), shell);
      await expectVerdict(shell, 'leftover');
      await expectVerdict(stage.seen('tool'), 'leftover');
    });

    it('when only an earlier look saw them under an agent that is gone', async () => {
      const tool = {
        detached: true,
        stdio: 'ignore' as const,
        script: { name: 'tool', onEof: 'unread' as const },
      };
      await stage.start(agent(stage, { children: [tool] }));
      const before = await lookByAll();
      await leave(stage.seen('agent'), stage.seen('tool'));
      expect((await look()).judged.judgements.has(stage.seen('tool').pid)).toBe(false);
      await expectVerdict(stage.seen('tool'), 'leftover', before);
    });
  });

  it.each([
    ['--session-id U, then --resume U', '--session-id U', '--resume U'],
    ['--session-id=U, then --resume=U', '--session-id=U', '--resume=U'],
  ])('are superseded when a younger one holds their session: %s', async (_, first, second) => {
    const id = '6abdf030-1111-4222-8333-444455556666';
    const words = (text: string) => text.replace('U', id).split(' ');
    const as = stage.executable('claude');
    const older = agent(stage, { name: 'older' }, { as, args: words(first) });
    const younger = agent(stage, { name: 'younger' }, { as, args: words(second) });
    await stage.start({ script: { name: 'host', children: [older] } });
    await stage.start({ script: { name: 'other-host', children: [younger] } });
    await expectVerdict(stage.seen('younger'), 'live');
    await expectVerdict(stage.seen('older'), 'superseded');
  });

  it('are unknown, and not superseded, when what holds their session only calls itself claude', async () => {
    const args = ['--resume', '6abdf030-1111-4222-8333-444455556666'];
    const older = agent(stage, { name: 'older' }, { as: stage.executable('claude'), args });
    await stage.start({ script: { name: 'host', children: [older] } });
    await stage.start({ script: { name: 'other-host', children: [agent(stage, { name: 'younger' }, { args })] } });
    await expectVerdict(stage.seen('older'), 'unknown');
  });

  describe('stay alone', () => {
    it.runIf(TMUX !== undefined)('in a pane of any tmux server', async () => {
      const { server, one } = await startInTmux(stage);
      expect(judgementOf(await look(), one.pid).owner).toEqual({
        kind: 'multiplexer',
        pid: server.pid,
        name: 'tmux',
      });
      await expectVerdict(one, 'live');
    });

    it('under a live host with pipes, at first sight and later', async () => {
      await stage.start({ script: { name: 'host', children: [agent(stage)] } });
      const { pid } = stage.seen('host');
      expect(judgementOf(await look(), stage.seen('agent').pid).owner).toMatchObject({
        kind: 'program',
        pid,
      });
      await expectVerdict(stage.seen('agent'), 'live');
      await expectVerdict(stage.seen('agent'), 'live', await lookByAll());
    });

    it('under ssh', async () => {
      await stage.start({ as: stage.program('sshd'), script: { name: 'ssh', children: [agent(stage)] } });
      expect(judgementOf(await look(), stage.seen('agent').pid).owner).toMatchObject({ kind: 'ssh' });
      await expectVerdict(stage.seen('agent'), 'live');
    });

    it.runIf(canMakeUnits())('as a service, whatever else speaks against them', async () => {
      await stage.start({ script: { name: 'host', children: [agent(stage, {}, { detached: true })] } });
      const before = await look();
      const unit = `/sys/fs/cgroup/systemd/sesswatch-test-${process.pid}.service`;
      mkdirSync(unit);
      try {
        const { pid } = stage.seen('agent');
        writeFileSync(path.join(unit, 'cgroup.procs'), `${pid}`);
        await leave(stage.seen('host'), stage.seen('agent'));
        const judgement = judgementOf(await look({ ledger: before.ledger }), pid);
        expect(judgement).toMatchObject({ verdict: 'protected', owner: { kind: 'service' } });
        expect(judgement.evidence.map(({ kind }) => kind)).toContain('supervised');
      } finally {
        await stage.close();
        stage = openStage();
        // A process stays in its group until its parent has fetched its exit status.
        await eventually(() => rmdirSync(unit), 'the group to be empty');
      }
    });

    it.each([
      ['claude daemon run', () => ({ entry: ['daemon'], args: ['run'], cwd: path.dirname(stage.stub('daemon')) })],
      ['a spare of it', () => ({ args: ['--bg-spare', '/tmp/cc-daemon/spare.sock'] })],
      [
        'the worker of claude-mem',
        () => ({
          as: stage.program('bun'),
          entry: [stage.stub('scripts/worker-service.cjs')],
          args: ['--daemon'],
        }),
      ],
      [
        "codex's managed daemon",
        () => ({
          as: stage.program('codex'),
          args: ['app-server', '--listen', 'unix://', '--managed-daemon'],
        }),
      ],
    ])('parentless by design: %s', async (_, how) => {
      const one = await startAlone(stage, {
        ...agent(stage),
        ...how(),
        script: { name: 'agent', onEof: 'unread' },
      });
      const { judged } = await look();
      expect(['protected', undefined]).toContain(judged.judgements.get(one.pid)?.verdict);
      expect(judged.table.get(one.pid)?.ppid).not.toBe(stage.seen('starter').pid);
    });

    it('while they wait in a long tool call', async () => {
      await stage.start({
        script: { name: 'host', children: [agent(stage, { children: [toolShell('tool')] })] },
      });
      stage.register(parentOf(stage.seen('tool')));
      const { judged, ledger } = await look();
      const later = { at: judged.table.scan.takenAt + 7200_000 };
      const judgement = judgementOf(await look({ ledger, now: later }), stage.seen('agent').pid);
      expect(judgement.verdict).toBe('live');
      expect(judgement.evidence.map(({ kind }) => kind)).toContain('tool-running');
    });

    it('when they are idle for two minutes', async () => {
      await stage.start({ script: { name: 'host', children: [agent(stage)] } });
      const one = stage.seen('agent');
      const at = Date.now() + 120_000;
      const entry = { status: 'idle', statusUpdatedAt: Date.now(), procStart: one.startTime };
      const registry = new Map([[one.pid, entry]]);
      const { ledger } = await look({ registry });
      expect(judgementOf(await look({ registry, ledger, now: { at } }), one.pid).verdict).toBe('live');
    });
  });

  it.each([
    ['an editor on CLAUDE.md', 'vim', ['CLAUDE.md']],
    ['grep', 'grep', ['-r', 'claude', '.']],
    ['tail', 'tail', ['-f', '.claude/debug.log']],
    ['ssh to a host of that name', 'ssh', ['claude', 'claude', '--resume']],
    ['docker', 'docker', ['run', 'claude']],
    ['a node server in a folder called claude', 'node', ['claude', 'codex']],
  ])('are nobody’s: %s', async (_, program, args) => {
    const folder = path.dirname(stage.stub('claude/server.js'));
    const entry = program === 'node' ? { entry: [stage.stub('claude/server.js')] } : {};
    const child = { as: stage.program(program), ...entry, args, cwd: folder, script: { name: 'one' } };
    await stage.start({ script: { name: 'host', children: [child] } });
    for (const source of SOURCES) {
      expect((await look({ source })).judged.members.has(stage.seen('one').pid), source).toBe(false);
    }
  });
});

/** What each source saw before something happened, for its second look. */
async function lookByAll(): Promise<Ledgers> {
  const ledgers = new Map<TestedSource, Ledger>();
  for (const source of SOURCES) ledgers.set(source, (await look({ source })).ledger);
  return ledgers;
}

/** procfs must say it; the other sources say the same or that they do not know, never anything harsher. */
async function expectVerdict(one: Seen, verdict: string, before?: Ledgers): Promise<void> {
  for (const source of SOURCES) {
    const ledger = before?.get(source);
    const { judged } = await look({ source, ...(ledger !== undefined && { ledger }) });
    const judgement = judged.judgements.get(one.pid);
    const said = JSON.stringify({ source, ...judgement, argv: judged.table.get(one.pid)?.argv });
    if (source === 'procfs') expect(judgement?.verdict, said).toBe(verdict);
    // Markers alone make some processes helpers, and these sources cannot read them.
    else expect([verdict, 'unknown', undefined], said).toContain(judgement?.verdict);
  }
}

async function expectNever(one: Seen, verdicts: readonly string[]): Promise<void> {
  for (const source of SOURCES) {
    const { judged } = await look({ source });
    const judgement = judged.judgements.get(one.pid);
    expect(verdicts, `${source}: ${judgement?.reason}`).not.toContain(judgement?.verdict);
  }
}

/** On cgroup v1 root may make a group in systemd's hierarchy without systemd. */
function canMakeUnits(): boolean {
  try {
    accessSync('/sys/fs/cgroup/systemd/cgroup.procs', constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
