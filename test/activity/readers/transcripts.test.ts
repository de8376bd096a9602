import { describe, expect, it } from 'vitest';
import type { TranscriptFiles } from '../../../src/activity/readers/find-transcripts.js';
import { readTranscripts } from '../../../src/activity/readers/transcripts.js';
import type { AgentTable, Membership } from '../../../src/agents/membership.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import { createProcessTable } from '../../../src/process/table.js';

const ID = '6abdf030-1111-4222-8333-444455556666';
const STARTED = 1_000_000;

function agents(
  ...rows: readonly (Partial<ProcessRecord> & Pick<Membership, 'agent' | 'role' | 'sessionId' | 'daemon'>)[]
): AgentTable {
  const members = rows.map(({ agent, role, sessionId, daemon }, index): Membership => {
    const pid = 10 + index;
    return { pid, agent, role, sessionId, daemon, leader: pid, via: 'self', because: 'x' };
  });
  const table = createProcessTable({
    ...{ source: 'procfs', takenAt: 0, machine: {}, complete: true, problems: [] },
    processes: rows.map(({ agent: _, role: __, sessionId: ___, daemon: ____, ...row }, index) => ({
      ...{ startedAt: STARTED, uid: 1000 },
      ...row,
      pid: 10 + index,
    })),
  });
  return { table, members: new Map(members.map((member) => [member.pid, member])) };
}

function disk(times: Readonly<Record<string, number>>, texts: Readonly<Record<string, string>> = {}): TranscriptFiles {
  const names = (folder: string) => {
    const inside = Object.keys(times).flatMap((file) =>
      file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1).split('/')[0] ?? ''] : [],
    );
    return inside.length === 0 ? undefined : [...new Set(inside)];
  };
  const readTail = (file: string) => {
    const text = texts[file];
    return text === undefined ? undefined : { text, isTail: false };
  };
  return { mtime: (file) => times[file], names, readText: (file) => texts[file], readTail };
}

const read = (table: AgentTable, files: TranscriptFiles) =>
  [...readTranscripts(table, { home: '/home/u', uid: 1000, registry: new Map() }, () => files)].flatMap(
    ([pid, { changedAt }]) => (changedAt === undefined ? [] : [[pid, changedAt]]),
  );

describe('the time of a transcript', () => {
  const claude = {
    agent: 'claude',
    role: 'session' as const,
    sessionId: ID,
    detail: { cwd: '/home/u/my.app' },
  };
  const file = `/home/u/.claude/projects/-home-u-my-app/${ID}.jsonl`;
  const rollout = `/home/u/.codex/sessions/2026/01/15/rollout-2026-01-15T10-00-00-${ID}.jsonl`;
  const fds = new Map([[21, rollout]]);

  it.each<[string, AgentTable, TranscriptFiles, number | undefined]>([
    [
      'of claude is that of its session in the folder of its project',
      agents(claude),
      disk({ [file]: 2_000_000 }),
      2_000_000,
    ],
    [
      'of claude is the newest of its own and its sub-agents’',
      agents(claude),
      disk({ [file]: 2_000_000, [file.replace('.jsonl', '/subagents/agent-a.jsonl')]: 3_000_000 }),
      3_000_000,
    ],
    [
      'of claude is found in another project when it has moved',
      agents(claude),
      disk({ [`/home/u/.claude/projects/-elsewhere/${ID}.jsonl`]: 2_000_000 }),
      2_000_000,
    ],
    [
      'of claude is looked for where its environment says',
      agents({ ...claude, detail: { ...claude.detail, markers: { CLAUDE_CONFIG_DIR: '/srv/c' } } }),
      disk({ [file]: 2_000_000, [`/srv/c/projects/-home-u-my-app/${ID}.jsonl`]: 2_500_000 }),
      2_500_000,
    ],
    ['that is older than the process is not its own', agents(claude), disk({ [file]: 900_000 }), undefined],
    ['of another user is not looked for', agents({ ...claude, uid: 1001 }), disk({ [file]: 2_000_000 }), undefined],
    [
      'does not lead out of its folder, whatever an id says',
      agents({ ...claude, sessionId: '../../secret' }),
      disk({ '/home/u/.claude/projects/-home-u-my-app/../../secret.jsonl': 2_000_000 }),
      undefined,
    ],
    [
      'of codex is that of the rollout that it holds open',
      agents({ agent: 'codex', role: 'server', sessionId: ID, detail: { fds } }),
      disk({ [rollout]: 5_000_000 }),
      5_000_000,
    ],
    [
      'of a codex TUI is that of a rollout that codex’s daemon holds open',
      agents(
        { agent: 'codex', role: 'session', sessionId: undefined },
        { agent: 'codex', role: 'server', daemon: true, sessionId: undefined, detail: { fds } },
      ),
      disk({ [rollout]: 5_000_000 }),
      5_000_000,
    ],
    [
      'of gemini is the newest of its project',
      agents({ agent: 'gemini', role: 'session', sessionId: undefined, detail: { cwd: '/home/u/app' } }),
      disk(
        {
          '/home/u/.gemini/tmp/app/chats/session-1.jsonl': 2_000_000,
          '/home/u/.gemini/tmp/app/chats/session-2.jsonl': 4_000_000,
        },
        { '/home/u/.gemini/projects.json': '{"projects":{"/home/u/app":"app"}}' },
      ),
      4_000_000,
    ],
    [
      'of gemini is not known without the list of its projects',
      agents({ agent: 'gemini', role: 'session', sessionId: undefined, detail: { cwd: '/home/u/app' } }),
      disk(
        { '/home/u/.gemini/tmp/app/chats/session-1.jsonl': 2_000_000 },
        { '/home/u/.gemini/projects.json': '{"/home' },
      ),
      undefined,
    ],
    [
      'of qwen is the newest of its project',
      agents({ agent: 'qwen', role: 'session', sessionId: undefined, detail: { cwd: '/home/u/app' } }),
      disk({ '/home/u/.qwen/projects/-home-u-app/chats/x.jsonl': 2_000_000 }),
      2_000_000,
    ],
    [
      'of copilot is that of its session',
      agents({ agent: 'copilot', role: 'session', sessionId: ID }),
      disk({ [`/home/u/.copilot/session-state/${ID}/events.jsonl`]: 2_000_000 }),
      2_000_000,
    ],
    [
      'of an agent that keeps none is not known',
      agents({ agent: 'amp', role: 'session', sessionId: ID }),
      disk({ '/x': 1 }),
      undefined,
    ],
  ])('%s', (_, table, files, time) => {
    expect(read(table, files)[0]).toEqual(time === undefined ? undefined : [10, time]);
  });
});
