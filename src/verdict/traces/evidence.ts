import { isChannel } from '../../activity/readers/stdio.js';
import type { Membership } from '../../agents/membership.js';
import { isDeleted, type ProcessRecord, withoutDeleted } from '../../process/record.js';
import type { TableContext } from '../context.js';
import { clock, evidence, named } from '../evidence/words.js';
import type { Evidence } from '../judgement.js';
import {
  closedStdio,
  deadMarker,
  endedLogin,
  goneAgent,
  goneLeader,
  goneTerminal,
  lostOwner,
} from './traces.js';

/** The owner that an earlier observation saw ended since. */
export function ownerLost(context: TableContext, record: ProcessRecord, now: number): Evidence | undefined {
  const found = lostOwner(context, record);
  if (found === undefined) return undefined;
  const { entry, lost } = found;
  const before = lost.pid === undefined ? lost.name : named({ pid: lost.pid, name: lost.name });
  const at = clock(entry.ownedAt ?? entry.lastSeen, now);
  return evidence(
    'owner-lost',
    'orphan',
    3,
    `${before} at ${at}`,
    `worked for ${before} at ${at}, which ended; its parent is ${record.ppid ?? 'not known'} now`,
  );
}

/** The leader of its session or group is gone. Pipelines of a live shell look so too: only with an adopter above. */
export function leaderGone(context: TableContext, record: ProcessRecord): Evidence | undefined {
  const found = goneLeader(context, record);
  return found === undefined
    ? undefined
    : evidence(
        'leader-gone',
        'orphan',
        2,
        `${found.pid}`,
        `the leader of its ${found.of}, ${found.pid}, is gone`,
      );
}

/** The terminal that it was started on is gone. */
export function terminalGone(context: TableContext, record: ProcessRecord): Evidence | undefined {
  const target = goneTerminal(context, record);
  if (target === undefined) return undefined;
  return evidence('terminal-gone', 'orphan', 3, target, `its terminal ${withoutDeleted(target)} is gone`);
}

/** Nobody is at the other end of its stdin. A live parent may have closed it on purpose: only with an adopter above. */
export function stdioClosed(context: TableContext, record: ProcessRecord): Evidence | undefined {
  const found = closedStdio(context, record);
  if (found === undefined) return undefined;
  return evidence(
    'stdio-closed',
    'orphan',
    found.both ? 3 : 2,
    found.target,
    found.both
      ? 'nobody is at the other end of its stdin and stdout'
      : 'nobody is at the other end of its stdin',
  );
}

/** The login session that it was started in is over. */
export function loginEnded(context: TableContext, record: ProcessRecord): Evidence | undefined {
  const id = endedLogin(context, record);
  return id === undefined
    ? undefined
    : evidence('login-ended', 'orphan', 2, `session-${id}.scope`, `its login session ${id} ended`);
}

/** Its working folder was deleted under it. */
export function cwdDeleted(record: ProcessRecord): Evidence | undefined {
  const cwd = record.detail?.cwd;
  return cwd !== undefined && isDeleted(cwd)
    ? evidence('cwd-deleted', 'orphan', 1, cwd, 'its working folder was deleted')
    : undefined;
}

/** Its program was deleted: after an update that is normal for a long session, so it only supports. */
export function exeDeleted(record: ProcessRecord): Evidence | undefined {
  return record.exe !== undefined && isDeleted(record.exe)
    ? evidence('exe-deleted', 'orphan', 1, record.exe, 'its program was deleted or replaced')
    : undefined;
}

/** Its environment names an agent that is gone. Whatever a tool started inherits that: it never proves alone. */
export function markerNamesDead(
  context: TableContext,
  record: ProcessRecord,
  member: Membership,
): Evidence | undefined {
  const found = deadMarker(context, record, member);
  if (found === undefined) return undefined;
  return found.by === 'pid'
    ? evidence(
        'marker-names-dead',
        'orphan',
        2,
        found.value,
        `its environment names agent ${found.value}, which is gone`,
      )
    : evidence(
        'marker-names-dead',
        'orphan',
        1,
        found.value,
        `its environment names session ${found.value}, which no agent holds`,
      );
}

/** An earlier observation saw it under an agent that is gone. */
export function seenUnder(context: TableContext, record: ProcessRecord, now: number): Evidence | undefined {
  const entry = goneAgent(context, record);
  if (entry?.leader === undefined) return undefined;
  const agent = named({ pid: entry.leader.pid, name: entry.leader.agent ?? entry.leader.name });
  const at = clock(entry.ownedAt ?? entry.lastSeen, now);
  return evidence(
    'seen-under',
    'orphan',
    3,
    `${agent} at ${at}`,
    `was seen under ${agent} at ${at}, which ended`,
  );
}

/** What stdin of an MCP server leads to: it speaks over a channel, or it serves on its own. */
export function stdinOf(context: TableContext, record: ProcessRecord): 'channel' | 'elsewhere' | 'not-known' {
  const target = record.detail?.fds?.get(0);
  if (record.detail?.fds === undefined) return 'not-known';
  if (target === undefined || !isChannel(target)) return 'elsewhere';
  return context.around.stdio.get(record.pid)?.get(0)?.state === 'not-known' ? 'not-known' : 'channel';
}
