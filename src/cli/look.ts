import { readFileSync } from 'node:fs';
import type { AgentTable } from '../agents/membership.js';
import { redactArgv } from '../agents/redact.js';
import { claudeFolders, readClaudeRegistry } from '../agents/registry.js';
import { seeAgents } from '../agents/see.js';
import { selectAgents } from '../agents/select.js';
import type { DetailField, Scan } from '../process/scan.js';
import { toSnapshot } from '../snapshot/capture.js';
import type { SnapshotDocument } from '../snapshot/document.js';
import { sanitiseLabel, snapshotId } from '../snapshot/label.js';
import { EXIT_DONE, EXIT_INCOMPLETE } from './exit-codes.js';
import type { Invocation } from './invocation.js';
import type { World } from './world.js';

/** What agents, kin and suspects are asked beyond their rows for a list or a snapshot. */
const LOOK: readonly DetailField[] = ['argv', 'user', 'cwd', 'fds', 'markers', 'cgroup'];

export interface LookRequest {
  /** The whole process table in the document. */
  readonly all?: boolean | undefined;
  readonly label?: string | undefined;
}

/** The agents of this moment, or of the file that `--from` names, as a document. */
export async function look(
  invocation: Invocation,
  world: World,
  request: LookRequest = {},
): Promise<SnapshotDocument> {
  const agents = selectAgents(await see(invocation, world), world.agentNames);
  const label = sanitiseLabel(request.label ?? '');
  return toSnapshot({
    agents,
    label,
    id: snapshotId(agents.table.scan.takenAt, label),
    all: request.all === true,
    redact: (record, member) => record.argv && redactArgv(record.argv, member),
  });
}

async function see(invocation: Invocation, world: World): Promise<AgentTable> {
  const { source, catalogue } = world;
  return seeAgents({
    source,
    catalogue,
    look: LOOK,
    readRegistry: (records) =>
      readClaudeRegistry(
        { folders: claudeFolders(invocation.env, invocation.home), readFile: textOf },
        records,
      ),
  });
}

/** The text of a file of somebody else's, which may not be there or not be ours to read. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // An enrichment: without it the session id and the status are not known, which is what its absence says.
    return undefined;
  }
}

/** 3 when the scan could not see what it needs, after saying so on stderr; else 0. */
export function completeness(
  invocation: Invocation,
  scan: Pick<Scan, 'complete'> & {
    readonly problems?: readonly (string | { readonly what: string })[] | undefined;
  },
): number {
  if (scan.complete) return EXIT_DONE;
  const problems = (scan.problems ?? []).map((one) => (typeof one === 'string' ? one : one.what));
  const more = problems.length > 1 ? ` and ${problems.length - 1} more` : '';
  invocation.err(
    `sesswatch: the scan is incomplete: ${problems[0] ?? 'it does not say why'}${more} (see sesswatch doctor)\n`,
  );
  return EXIT_INCOMPLETE;
}
