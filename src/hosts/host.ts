import type { Membership } from '../agents/membership.js';
import type { Command } from '../command-line/command.js';
import type { ProcessRecord } from '../process/record.js';
import type { ProcessTable } from '../process/table.js';
import type { ReadSqlite } from '../state/sqlite.js';
import type { RecognisedHost } from './catalogue.js';
import type { PortTable } from './registries/ports.js';
import type { ReadPanes } from './registries/tmux.js';

/** One host application: what it looks like, what it writes down, and what its leaks look like from outside. */
export interface HostAdapter {
  /** As people know it; also what `--host` takes, in any case and with or without blanks. */
  readonly name: string;
  readonly limits: HostLimits;
  /** Whether a process is this host's server, by its own row. */
  recognise(seen: Seen): boolean;
  /** Whether the row leaves it open and the working folder would tell. */
  mayRecognise?(seen: Seen): boolean;
  /**
   * What the host has written down under one home folder: one registry for each data folder of its own. Writes
   * nothing, takes no lock, calls no endpoint; what cannot be read becomes a note, never an exception.
   */
  registry(place: HostPlace, readers: HostReaders, servers: readonly Seen[]): Promise<readonly HostRegistry[]>;
  /** Whether an agent (or the host's own helper) works for this host, and for which of its sessions. */
  attribute(seen: Seen, around: Around): Attribution | undefined;
  /** An agent of this host whose server is gone was left behind; tmux keeps Codeman's on purpose. */
  readonly agentsEndWithServer: boolean;
  /** Leaks of this host that a comparison of rows with processes does not show. Pure. */
  leakSignals?(view: HostView): readonly Mismatch[];
  /** How the server is asked about itself, only when that is wanted. */
  readonly probe?: HostProbe;
}

/** What stands around a process; asked for when its own row does not decide. */
export interface Around {
  /** The nearest of the host's live servers above it. */
  server(): Seen | undefined;
  /** Whether it has lost the parent that started it. */
  isAdopted(): boolean;
  readonly registries: readonly HostRegistry[];
}

/** A health endpoint on this machine. */
interface HostProbe {
  /** `undefined` when the port is not known. */
  url(server: ServerFacts, seen: Seen, registries: readonly HostRegistry[]): string | undefined;
  /** The numbers in its answer; nothing else of it is kept. */
  facts(body: unknown): HostFacts;
}

/** Numbers that a host tells of itself, as far as it does. */
export type HostFacts = Readonly<Record<string, number | undefined>>;

/** A process with its row taken apart, once for all adapters. */
export interface Seen {
  readonly record: ProcessRecord;
  readonly command: Command;
  /** Which known host it is a part of. */
  readonly host?: RecognisedHost | undefined;
  /** What it is for its agent; `undefined` for all but agents and their helpers. */
  readonly member?: Membership | undefined;
  /** The same, of those that are counted: sessions and servers. */
  readonly agent?: Membership | undefined;
}

export interface HostPlace {
  readonly home: string;
  /** Whose home folder it is: only files of this user are read. `undefined` where the OS has no such ids. */
  readonly owner: number | undefined;
  /** Variables that move hosts' data folders: our own for our own home, none for others. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How adapters read; each member never throws for what it finds. */
export interface HostReaders {
  readonly readText: (file: string) => Promise<TextAnswer>;
  /** Names in a folder; empty when there is none. */
  readonly names: (folder: string) => Promise<readonly string[]>;
  readonly sqlite: ReadSqlite;
  readonly panes: ReadPanes;
  /** The scanner's own pid domain as Claude Code writes it; `undefined` where that is not known. */
  readonly pidDomain?: string | undefined;
}

export type TextAnswer =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string };

/** A host's own thresholds, as data. Seconds; the sources are named in each adapter. */
export interface HostLimits {
  /** How long a fresh agent may be without a row, and a fresh row without its agent. */
  readonly startSeconds: number;
  /** How long the host takes to end an agent that it stopped. */
  readonly stopSeconds: number;
  /** After how long the host itself ends an idle session. */
  readonly idleSeconds?: number;
  /** How long a session may lack its client. */
  readonly detachedSeconds?: number;
  /** How often the host looks for what to end. */
  readonly sweepSeconds?: number;
  /** How many agents the host wants at once. */
  readonly maxAgents?: number;
}

/** What one data folder of a host says. */
export interface HostRegistry {
  /** The file or folder, for people. */
  readonly from: string;
  readonly state: 'read' | 'absent' | 'unreadable';
  /** Every session has a row: an agent without one is unknown to the host. */
  readonly listsAll: boolean;
  /** Of all servers of this host, not only of those that sign for it. */
  readonly isShared?: boolean | undefined;
  readonly sessions: readonly BelievedSession[];
  /** Processes that the host started, row or no row: an agent at or below one of them is the host's. */
  readonly started?: readonly { readonly hostSessionId: string; readonly claim: PidClaim }[];
  /** The servers that this folder belongs to, as far as it says. */
  readonly servers: readonly PidClaim[];
  /** Numbers that the host wrote down of itself: `activeAgents`. */
  readonly facts: HostFacts;
  readonly notes: readonly string[];
}

/** A pid in a file, with what guards against its reuse. */
export interface PidClaim {
  readonly pid: number;
  /** The start time in the platform's own words. */
  readonly startToken?: string | undefined;
  /** About when it started, milliseconds since the epoch. */
  readonly startedAt?: number | undefined;
}

/** A session as its host sees it. No titles, no folders, no prompts: only what joins it with a process. */
export interface BelievedSession {
  readonly hostSessionId: string;
  /** The agent's own id of the conversation. */
  readonly agentSessionId?: string | undefined;
  /** Catalogue name of the agent, where the host says which. */
  readonly agent?: string | undefined;
  /** `unknown`: a word that this version does not know; it argues for nothing. */
  readonly state: 'live' | 'stopped' | 'archived' | 'deleted' | 'unknown';
  /** A turn is running. */
  readonly busy?: boolean | undefined;
  /** When the host last wrote the row, or put it into this state; milliseconds since the epoch. */
  readonly lastSeen?: number | undefined;
  readonly claim?: PidClaim | undefined;
  /** Known to have no process that works for it: a tmux pane that is dead. */
  readonly ended?: string | undefined;
  /** Needs no agent process of ours (a plain shell, an agent on another machine): its claim alone must hold. */
  readonly needsNoAgent?: boolean | undefined;
  /** The row is of one process, not of the session: another process of the same session is not in it. */
  readonly ofOneProcess?: boolean | undefined;
  /** Since when the agent itself says that it is idle; milliseconds since the epoch. */
  readonly idleSince?: number | undefined;
}

interface Attribution {
  readonly hostSessionId?: string | undefined;
  readonly agentSessionId?: string | undefined;
  /** One of the host's short-lived or shared helpers: listed, but it has no row by design. */
  readonly needsNoRow?: boolean | undefined;
}

/** A process that works for a host. */
export interface RunningAgent extends Attribution {
  readonly record: ProcessRecord;
  readonly member?: Membership | undefined;
  /** The live server above it. */
  readonly server?: number | undefined;
  readonly ageSeconds?: number | undefined;
  /** Of itself and everything below it. */
  readonly treeRssBytes?: number | undefined;
  /** The row that it was joined with. */
  readonly session?: BelievedSession | undefined;
}

/** What a host's server uses. */
export interface ServerFacts {
  readonly pid: number;
  readonly startTime?: string | undefined;
  readonly uptimeSeconds?: number | undefined;
  readonly rssBytes?: number | undefined;
  readonly threads?: number | undefined;
  readonly descriptors?: number | undefined;
  /** Ports on which it listens, and connections that clients hold to them; absent where not readable. */
  readonly ports?: readonly number[] | undefined;
  readonly connections?: number | undefined;
}

/** Where belief and table part ways. */
export interface Mismatch {
  /**
   * `phantom`: believed, not running. `unregistered`: running, no row. `retired`: running, row says stopped,
   * archived or deleted. `duplicate`: several agents for one session, this is an older one. `growth`: the server
   * holds more than its sessions explain. `unresponsive`: it takes connections and answers none.
   */
  readonly kind: 'phantom' | 'unregistered' | 'retired' | 'duplicate' | 'growth' | 'unresponsive';
  readonly hostSessionId?: string | undefined;
  readonly agentSessionId?: string | undefined;
  readonly pid?: number | undefined;
  /** Of the process with everything below it. */
  readonly rssBytes?: number | undefined;
  readonly detail: string;
  /** It rests on the registry of a server that runs, so that the judge may take it. */
  readonly byLiveHost?: boolean | undefined;
}

/** What is too fresh to be judged, and after how many seconds all of it may be. */
export interface TooEarly {
  readonly count: number;
  readonly againSeconds: number;
}

/** One host compared with the process table. */
export interface HostView {
  readonly name: string;
  readonly limits: HostLimits;
  readonly now: number;
  readonly table: ProcessTable;
  readonly servers: readonly ServerFacts[];
  readonly registries: readonly HostRegistry[];
  readonly running: readonly RunningAgent[];
  readonly ports: PortTable | undefined;
  /** What the server said of itself when it was asked (`--probe`), by pid. */
  readonly probes: ReadonlyMap<number, ProbeAnswer>;
  /** The same servers in an earlier snapshot, by pid and start time. */
  readonly earlier: readonly (ServerFacts & { readonly agents: number })[];
}

/** The answer of a server's health endpoint. */
export interface ProbeAnswer {
  readonly state: 'answered' | 'hangs' | 'refused' | 'failed';
  readonly tookMs: number;
  /** Numbers that the host tells of itself: `activeSessions`. */
  readonly facts: HostFacts;
}
