import type { ProcessRecord } from '../../process/record.js';
import type { ProcessTable } from '../../process/table.js';
import type { AgentEntry } from '../catalogue/entry.js';
import type { Membership } from '../membership.js';
import type { Recognition } from '../recognise/recognition.js';
import { helperRole, type MarkedBy, markedBy, markedPid, markedSession } from './markers.js';
import { sessionIdFromOutput } from './open-files.js';

/** Where a process stands, for its children: below which agent, and as part of what. */
export interface Place {
  readonly leader?: number | undefined;
  readonly agent?: string | undefined;
  readonly partOf?: 'tool' | 'mcp-server' | undefined;
}

export interface HelperQuestion {
  readonly table: ProcessTable;
  readonly record: ProcessRecord;
  readonly own: Recognition | undefined;
  readonly above: Place;
  readonly leaders: ReadonlyMap<number, Membership>;
  readonly entries: ReadonlyMap<string, AgentEntry>;
  /** False for what stands above an agent: it may carry markers and is no part of any agent. */
  readonly mayBeMarked: boolean;
}

/** What a process is that is no agent: helpers by its place below one, by its marks, by its shape; or nothing. */
export function helperMember(question: HelperQuestion): Membership | undefined {
  const { table, record, own, above } = question;
  const isBelow = above.leader !== undefined || above.partOf !== undefined;
  const origin = isBelow ? byAncestry(question) : byMarkers(question);
  if (origin === undefined) return undefined;
  const { agent, entry, lead, via, markedPid: pid } = origin;
  const leader = lead === undefined ? undefined : table.get(lead.pid);
  const role = helperRole({ record, entry, leader, partOf: above.partOf, shape: shapeOf(own) });
  return {
    agent,
    ...(own?.agent === undefined && agent !== undefined ? { inherited: true } : {}),
    role,
    ...helperSession(record, entry, lead),
    pid: record.pid,
    leader: lead?.pid,
    via,
    because: own?.because ?? (isBelow ? whyHelper(role, lead) : `its environment says that ${agent} started it`),
    ...(pid === undefined ? {} : { markedPid: pid }),
  };
}

/** How a helper came to its agent. */
interface Origin extends Pick<Membership, 'agent' | 'via' | 'markedPid'> {
  readonly entry: AgentEntry | undefined;
  /** The agent, where that is alive. */
  readonly lead: Membership | undefined;
}

function byAncestry({ record, own, above, leaders, entries }: HelperQuestion): Origin {
  const entry = entries.get(above.agent ?? '');
  return {
    agent: own?.role === 'mcp-server' ? (own.agent ?? above.agent) : (above.agent ?? own?.agent),
    entry,
    lead: above.leader === undefined ? undefined : leaders.get(above.leader),
    via: 'ancestry',
    markedPid: markedPid(record.detail?.markers, entry),
  };
}

function byMarkers({ record, own, leaders, entries, mayBeMarked }: HelperQuestion): Origin | undefined {
  const markers = mayBeMarked ? record.detail?.markers : undefined;
  const shape = shapeOf(own);
  // Nearly every process of a machine is this one.
  if (markers === undefined && shape === undefined) return undefined;
  const all = markedBy(markers, [...entries.values()]).map((sign) => ({
    sign,
    lead: markedLeader(sign, record, leaders),
  }));
  const chosen = all.find(({ lead }) => lead !== undefined) ?? all[0];
  if (chosen === undefined && shape === undefined) return undefined;
  const entry = chosen?.sign.entry ?? entries.get(own?.agent ?? '');
  return {
    agent: own?.agent ?? entry?.name,
    entry,
    lead: chosen?.lead,
    via: chosen === undefined ? 'self' : 'marker',
    markedPid: chosen?.sign.pid,
  };
}

function shapeOf(own: Recognition | undefined): 'tool' | 'mcp-server' | undefined {
  return own?.role === 'tool' || own?.role === 'mcp-server' ? own.role : undefined;
}

/** The live agent that a marker names; a pid that was used again names nobody. */
function markedLeader(
  sign: MarkedBy,
  record: ProcessRecord,
  leaders: ReadonlyMap<number, Membership>,
): Membership | undefined {
  const byPid = sign.pid === undefined || sign.pid === record.pid ? undefined : leaders.get(sign.pid);
  if (byPid?.agent === sign.entry.name) {
    const otherSession =
      sign.sessionId !== undefined && byPid.sessionId !== undefined && sign.sessionId !== byPid.sessionId;
    if (!otherSession) return byPid;
  }
  if (sign.sessionId === undefined) return undefined;
  for (const lead of leaders.values()) {
    if (lead.agent === sign.entry.name && lead.sessionId === sign.sessionId) return lead;
  }
  return undefined;
}

/** Helpers that an agent marked say which of its sessions they are of; others share the agent's own. */
function helperSession(
  record: ProcessRecord,
  entry: AgentEntry | undefined,
  lead: Membership | undefined,
): Pick<Membership, 'sessionId' | 'sessionIdFrom'> {
  const own = markedSession(record.detail?.markers, entry);
  if (own !== undefined) return { sessionId: own, sessionIdFrom: 'marker' };
  const fds = record.detail?.fds;
  const open = fds === undefined ? undefined : sessionIdFromOutput(fds);
  if (open !== undefined) return { sessionId: open, sessionIdFrom: 'rollout' };
  return lead?.sessionId === undefined ? {} : { sessionId: lead.sessionId, sessionIdFrom: 'leader' };
}

function whyHelper(role: 'tool' | 'mcp-server', lead: Membership | undefined): string {
  const above = lead === undefined ? 'a process of an agent' : `${lead.agent}(${lead.pid})`;
  return role === 'tool' ? `it runs below ${above}` : `it runs below ${above}, marked as its MCP server`;
}
