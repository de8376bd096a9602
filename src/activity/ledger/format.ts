import { isRole, type Role } from '../../agents/membership.js';
import { messageOf } from '../../errors.js';
import { identityKey, type ProcessIdentity } from '../../process/identity.js';
import type { ChildMark } from '../children.js';
import type { CpuMark } from '../conclude.js';
import type { Moment } from '../moment.js';
import type { BurnMark } from '../runaway.js';
import type { Ledger, LedgerEntry, SeenLeader, SeenOwner, SeenProcess } from './ledger.js';

const LEDGER_SCHEMA = 'sesswatch/ledger/1';

/** The text of a ledger file. Holds no argv and no environment, so nothing in it needs redacting. */
export function formatLedger(ledger: Ledger): string {
  const entries = [...ledger.entries.values()];
  return `${JSON.stringify({ schema: LEDGER_SCHEMA, adopters: [...ledger.adopters], entries })}\n`;
}

/** The ledger in a text, or why it is none: one field of the wrong kind, and nothing in it is believed. */
export function parseLedger(text: string): Ledger | { readonly damaged: string } {
  try {
    const value: unknown = JSON.parse(text);
    const file = object(value, 'the file');
    if (file.schema !== LEDGER_SCHEMA) return { damaged: `its schema is not ${LEDGER_SCHEMA}` };
    const entries = new Map<string, LedgerEntry>();
    for (const one of list(file.entries, 'entries')) {
      const entry = toEntry(object(one, 'an entry'));
      entries.set(identityKey(entry.identity), entry);
    }
    return {
      entries,
      adopters: new Set(list(file.adopters, 'adopters').map((key) => string(key, 'adopters'))),
    };
  } catch (error) {
    // Of JSON.parse or of the checks below: both say what is wrong with the file.
    return { damaged: messageOf(error) };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function toEntry(from: Fields): LedgerEntry {
  return {
    identity: toIdentity(object(from.identity, 'identity')),
    name: string(from.name, 'name'),
    role: toRole(from.role),
    agent: maybe(from.agent, string, 'agent'),
    sessionId: maybe(from.sessionId, string, 'sessionId'),
    parent: maybe(from.parent, toSeen, 'parent'),
    owner: maybe(from.owner, toOwner, 'owner'),
    ownedAt: maybe(from.ownedAt, number, 'ownedAt'),
    ownerlessSince: maybe(from.ownerlessSince, toMoment, 'ownerlessSince'),
    leader: maybe(from.leader, toLeader, 'leader'),
    firstSeen: number(from.firstSeen, 'firstSeen'),
    lastSeen: number(from.lastSeen, 'lastSeen'),
    observations: number(from.observations, 'observations'),
    lastActiveAt: maybe(from.lastActiveAt, number, 'lastActiveAt'),
    unmovedSince: maybe(from.unmovedSince, toMoment, 'unmovedSince'),
    transcriptAt: maybe(from.transcriptAt, number, 'transcriptAt'),
    connections: maybe(from.connections, texts, 'connections'),
    children: maybe(from.children, toChildren, 'children'),
    cpu: maybe(from.cpu, toCpuMark, 'cpu'),
    burn: maybe(from.burn, toBurnMark, 'burn'),
    summary: maybe(from.summary, string, 'summary'),
    goneAt: maybe(from.goneAt, number, 'goneAt'),
  };
}

function toIdentity(from: Fields): ProcessIdentity {
  return {
    bootId: maybe(from.bootId, string, 'bootId'),
    pid: number(from.pid, 'pid'),
    startTime: string(from.startTime, 'startTime'),
  };
}

function toSeen(value: unknown, what: string): SeenProcess {
  const from = object(value, what);
  return {
    pid: number(from.pid, what),
    startTime: maybe(from.startTime, string, what),
    name: string(from.name, what),
  };
}

function toOwner(value: unknown, what: string): SeenOwner {
  const from = object(value, what);
  return {
    kind: string(from.kind, what),
    name: string(from.name, what),
    pid: maybe(from.pid, number, what),
    startTime: maybe(from.startTime, string, what),
  };
}

function toLeader(value: unknown, what: string): SeenLeader {
  const from = object(value, what);
  return {
    ...toSeen(value, what),
    agent: maybe(from.agent, string, what),
    sessionId: maybe(from.sessionId, string, what),
  };
}

function toMoment(value: unknown, what: string): Moment {
  const from = object(value, what);
  return { at: number(from.at, what), awakeSeconds: maybe(from.awakeSeconds, number, what) };
}

function toCpuMark(value: unknown, what: string): CpuMark {
  const from = object(value, what);
  return { when: toMoment(from.when, what), treeSeconds: number(from.treeSeconds, what) };
}

function toChildren(value: unknown, what: string): ChildMark[] {
  return list(value, what).flatMap((one) => {
    // Ids alone, as the first version wrote them.
    if (typeof one === 'string') return [];
    const from = object(one, what);
    return {
      id: string(from.id, what),
      when: toMoment(from.when, what),
      cpuSeconds: maybe(from.cpuSeconds, number, what),
      ioBytes: maybe(from.ioBytes, number, what),
      stillSince: maybe(from.stillSince, toMoment, what),
    };
  });
}

function toBurnMark(value: unknown, what: string): BurnMark {
  const from = object(value, what);
  return {
    when: toMoment(from.when, what),
    cpuSeconds: number(from.cpuSeconds, what),
    since: maybe(from.since, toMoment, what),
    ofCore: maybe(from.ofCore, number, what),
  };
}

function toRole(value: unknown): Role {
  const role = string(value, 'role');
  if (!isRole(role)) throw new Error(`${JSON.stringify(role)} is no role`);
  return role;
}

function maybe<T>(value: unknown, to: (value: unknown, what: string) => T, what: string): T | undefined {
  return value === undefined || value === null ? undefined : to(value, what);
}

function object(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is no object`);
  return value as Fields;
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${what} is no list`);
  return value;
}

function texts(value: unknown, what: string): string[] {
  return list(value, what).map((one) => string(one, what));
}

function string(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Error(`${what} is no text`);
  return value;
}

function number(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${what} is no number`);
  return value;
}
