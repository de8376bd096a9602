import { ROLES } from '../../agents/membership.js';
import { messageOf } from '../../errors.js';
import { identityKey } from '../../process/identity.js';
import { amount, listOf, object, oneOf, pid, text } from '../../state/checks.js';
import type { Ledger, LedgerEntry } from './ledger.js';

const LEDGER_SCHEMA = 'sesswatch/ledger/1';

/** The text of a ledger file. Holds no argv and no environment, so nothing in it needs redacting. */
export function formatLedger(ledger: Ledger): string {
  const entries = [...ledger.entries.values()];
  return `${JSON.stringify({ schema: LEDGER_SCHEMA, adopters: [...ledger.adopters], entries })}\n`;
}

/** The ledger in a text, or why it is none: one field of the wrong kind, and nothing in it is believed. */
export function parseLedger(source: string): Ledger | { readonly damaged: string } {
  let value: unknown;
  try {
    // A number that was none is written as null: that is absent, as it was.
    value = JSON.parse(source, (_, field: unknown) => field ?? undefined);
  } catch (error) {
    return { damaged: messageOf(error) };
  }
  const wrong = LEDGER(value);
  if (wrong !== undefined) return { damaged: `it${wrong}` };
  // Every field of the types is checked.
  const { entries, adopters } = value as { entries: LedgerEntry[]; adopters: string[] };
  return {
    entries: new Map(entries.map((entry) => [identityKey(entry.identity), withoutIdsAlone(entry)])),
    adopters: new Set(adopters),
  };
}

/** The first version wrote no more of children than their ids. */
function withoutIdsAlone(entry: LedgerEntry): LedgerEntry {
  return { ...entry, children: entry.children?.filter((child) => typeof child !== 'string') };
}

const MOMENT = object({ at: amount }, { awakeSeconds: amount });
const CHILD = object({ id: text, when: MOMENT }, { cpuSeconds: amount, ioBytes: amount, stillSince: MOMENT });

const ENTRY = object(
  {
    identity: object({ pid, startTime: text }, { bootId: text }),
    name: text,
    role: oneOf(ROLES),
    firstSeen: amount,
    lastSeen: amount,
    observations: amount,
  },
  {
    agent: text,
    sessionId: text,
    parent: object({ pid, name: text }, { startTime: text }),
    owner: object({ kind: text, name: text }, { pid, startTime: text }),
    ownedAt: amount,
    ownerlessSince: MOMENT,
    leader: object({ pid, name: text }, { startTime: text, agent: text, sessionId: text }),
    lastActiveAt: amount,
    unmovedSince: MOMENT,
    transcriptAt: amount,
    connections: listOf(text),
    children: listOf((child) => (typeof child === 'string' ? undefined : CHILD(child))),
    cpu: object({ when: MOMENT, treeSeconds: amount }),
    burn: object({ when: MOMENT, cpuSeconds: amount }, { since: MOMENT, ofCore: amount }),
    summary: text,
    goneAt: amount,
  },
);

const LEDGER = object({ schema: oneOf([LEDGER_SCHEMA]), entries: listOf(ENTRY), adopters: listOf(text) });
