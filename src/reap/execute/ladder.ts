import type { PlannedProcess } from '../plan/target.js';

/**
 * The steps by which a tree is ended. Agents first: they end their own children, and one that is still at work would
 * start its MCP servers again. A launcher that dies first leaves its agent behind.
 */
export type Step = 'ask-agents' | 'ask-rest' | 'kill';

/** What a process is for the order of signals, the earlier the sooner. */
const RANKS = ['agent', 'launcher', 'mcp-server', 'tool', 'tool-session'] as const;
export type Rank = (typeof RANKS)[number];

export interface LadderProcess {
  readonly process: PlannedProcess;
  /** SIGTERM was sent in an earlier step. */
  readonly asked: boolean;
  /** SIGKILL was sent in an earlier step. */
  readonly killed: boolean;
}

/**
 * Which processes of one tree get a signal in a step, in order. What has had its SIGTERM gets no second one: some
 * agents take it as an order to drop what they are cleaning up.
 *
 * @param living of one tree, parents before children
 */
export function signalsOf(step: Step, living: readonly LadderProcess[]): readonly PlannedProcess[] {
  const ordered = inOrder(living);
  switch (step) {
    case 'ask-agents': {
      const agents = ordered.filter(({ process }) => rankOf(process) === 'agent');
      // Without an agent nobody would clean up, and nobody would start anything again.
      return (agents.length > 0 ? agents : ordered).filter(({ asked }) => !asked).map(({ process }) => process);
    }
    case 'ask-rest':
      return ordered.filter(({ asked }) => !asked).map(({ process }) => process);
    case 'kill':
      return ordered.filter(({ killed }) => !killed).map(({ process }) => process);
  }
}

/** The signal of a step. */
export function signalOf(step: Step): 'SIGTERM' | 'SIGKILL' {
  switch (step) {
    case 'ask-agents':
    case 'ask-rest':
      return 'SIGTERM';
    case 'kill':
      return 'SIGKILL';
  }
}

export function rankOf({ record, member }: PlannedProcess): Rank {
  switch (member?.role) {
    case 'session':
    case 'server':
    // A host's helper starts and ends what is below it, as an agent does.
    case 'host-worker':
      return 'agent';
    case 'mcp-server':
      return 'mcp-server';
    case 'launcher':
    case 'adapter':
    case undefined:
      // Not classified: a shell above the agent, which is a launcher in all but name.
      return 'launcher';
    case 'tool':
    case 'infrastructure':
      return record.sid === record.pid ? 'tool-session' : 'tool';
  }
}

/** By rank; within a rank parents stay before children. */
function inOrder(living: readonly LadderProcess[]): readonly LadderProcess[] {
  return RANKS.flatMap((rank) => living.filter(({ process }) => rankOf(process) === rank));
}
