import { describe, expect, it } from 'vitest';
import {
  sessionIdFromHold,
  sessionIdFromOutput,
  sessionIdFromRollout,
} from '../../../src/agents/resolve/open-files.js';
import { members, row } from './rows.js';

const ID = '01a1f84a-4e67-7431-908f-974c7a18393e';
const OTHER = '01a1f843-104e-7c31-ad0f-c61786748074';
const rollout = (id: string) => `/home/u/.codex/sessions/2026/11/20/rollout-2026-11-20T09-29-41-${id}.jsonl`;
const lock = (id: string) => `/home/u/.codex/thread-writer-locks/${id}.lock`;
const fds = (...links: string[]) => new Map(links.map((link, fd) => [fd, link]));

describe('the thread of a codex process', () => {
  it.each([
    ['its rollout', fds('/dev/null', rollout(ID)), ID],
    ['its rollout that was deleted', fds(`${rollout(ID)} (deleted)`), ID],
    ['the lock of the thread', fds('socket:[1]', lock(ID)), ID],
    ['both', fds(lock(ID), rollout(ID)), ID],
    ['the rollout it writes, with locks of several', fds(lock(OTHER), lock(ID), rollout(ID)), ID],
  ])('is told by %s', (_, open, id) => {
    expect(sessionIdFromRollout(open)).toBe(id);
  });

  it.each([
    ['nothing is open', fds('/dev/pts/1')],
    ['a daemon serves several', fds(rollout(ID), rollout(OTHER))],
    ['it is a backup that somebody reads', fds(`${rollout(ID)}.bak`)],
  ])('is not known when %s', (_, open) => {
    expect(sessionIdFromRollout(open)).toBeUndefined();
  });
});

describe('the session of a tool shell of Claude Code', () => {
  it.each([
    ['its output', `/tmp/claude-0/-home-u-work/${ID}/tasks/bct8haay6.output`, ID],
    ['an output of 2.1.50, without the id', '/tmp/claude-0/-home-u-work/tasks/b02e27d.output', undefined],
    ["somebody else's output", `/tmp/other/${ID}/tasks/x.output`, undefined],
  ])('by %s', (_, link, id) => {
    expect(sessionIdFromOutput(fds('/dev/null', link))).toBe(id);
  });
});

it('the session of a copilot process is the one that it holds, not the package that it runs from', () => {
  const open = fds(
    '/home/u/.cache/copilot/pkg/linux-x64/1.0.102/inuse.4966.hold',
    `/home/u/.copilot/session-state/${ID}/inuse.4966.hold`,
  );
  expect(sessionIdFromHold(open)).toBe(ID);
});

describe('the one thread in codex’s daemon', () => {
  const BEGAN = 0x01a2_12dd_2824;
  const THREAD = '01a212dd-2824-7b43-b280-6186bfff0706';
  const daemon = row(11, 1, 'codex app-server --listen unix:// --managed-daemon', {
    detail: { fds: new Map([[5, `/h/.codex/sessions/2026/11/25/rollout-2026-11-25T13-20-13-${THREAD}.jsonl`]]) },
  });
  const tui = (pid: number, startedAt: number) => row(pid, 2, 'codex', { startedAt });

  it.each([
    ['is that of the one TUI that began before it', [tui(10, BEGAN - 4000)], THREAD],
    ['is not that of a TUI that began after it', [tui(10, BEGAN + 4000)], undefined],
    ['is nobody’s where there are two TUIs', [tui(10, BEGAN - 4000), tui(12, BEGAN - 9000)], undefined],
    ['is nobody else’s where a TUI names it', [tui(10, BEGAN - 4000), row(12, 2, `codex resume ${THREAD}`)], undefined],
  ])('%s', (_, tuis, sessionId) => {
    expect(members([daemon, ...tuis]).get(10)?.sessionId).toBe(sessionId);
  });
});
