import { agentsThemselves } from '../adapters/generic.js';
import { speakers } from './asked-registries.js';
import type { Comparison } from './compare.js';

/** What one host says of one process. */
export interface HostWord {
  /** As people know it: `T3 Code`. */
  readonly host: string;
  /** One line for people, without secrets: `thread archived 3m 8s ago`. */
  readonly detail: string;
}

/**
 * What live hosts say of running processes, by pid, as the judge takes it. It only ever holds what a registry
 * that was read, and that belongs to a server that runs, says: a registry that could not be read, or that a
 * crash left behind, disowns nothing and vetoes nothing.
 */
export interface HostBeliefs {
  /** The host's session is stopped, archived, deleted or unknown to it. */
  readonly disowned: ReadonlyMap<number, HostWord>;
  /** The host says that a turn is running: a veto. */
  readonly busy: ReadonlyMap<number, HostWord>;
  /** Which host's session a process works for. */
  readonly attributed: ReadonlyMap<number, { readonly host: string; readonly hostSessionId?: string }>;
  /** What could not be read, and what that means. */
  readonly notes: readonly string[];
}

/** For tables without hosts, and for recorded ones: a registry of today says nothing of them. */
export const NO_BELIEFS: HostBeliefs = {
  disowned: new Map(),
  busy: new Map(),
  attributed: new Map(),
  notes: [],
};

/** Draws from comparisons what the judge may take. Pure. */
export function beliefsOf(comparisons: readonly Comparison[]): HostBeliefs {
  const disowned = new Map<number, HostWord>();
  const busy = new Map<number, HostWord>();
  const attributed = new Map<number, { host: string; hostSessionId?: string }>();
  for (const { view, mismatches } of comparisons) {
    const host = view.name;
    for (const { kind, pid, detail, byLiveHost } of mismatches) {
      const isDisowned = (kind === 'unregistered' || kind === 'retired') && byLiveHost === true;
      if (isDisowned && pid !== undefined) disowned.set(pid, { host, detail });
    }
    // No host: what an agent says of itself is read with its activity.
    if (host === agentsThemselves.name) continue;
    for (const agent of view.running) {
      const { record, session, hostSessionId } = agent;
      attributed.set(record.pid, hostSessionId === undefined ? { host } : { host, hostSessionId });
      const speaks = speakers(view, agent).some(({ sessions }) => session !== undefined && sessions.includes(session));
      if (session?.busy === true && speaks) busy.set(record.pid, { host, detail: 'a turn is running' });
    }
  }
  return { disowned, busy, attributed, notes: notesOf(comparisons) };
}

/** What could not be read, once each. */
export function notesOf(comparisons: readonly Comparison[]): readonly string[] {
  return [
    ...new Set(
      comparisons.flatMap(({ view }) =>
        view.registries.flatMap(({ notes }) => notes.map((note) => `${view.name}: ${note}`)),
      ),
    ),
  ];
}
