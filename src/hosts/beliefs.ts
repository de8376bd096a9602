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
