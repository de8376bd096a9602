import type { ProcessRecord } from '../../process/record.js';
import type { ProcessTable } from '../../process/table.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { AgentEntry } from '../catalogue/entry.js';
import { indexOf } from '../catalogue/name-index.js';
import { NEVER_AGENTS } from '../catalogue/other-programs.js';
import { classify } from '../recognise/classify.js';
import type { Recognition } from '../recognise/recognition.js';
import type { RegistryEntry } from './registry.js';

/** Every recognised row, with launchers told from the real thing by what runs below them. */
export function recogniseTable(
  table: ProcessTable,
  catalogue: Catalogue,
  registry: ReadonlyMap<number, RegistryEntry>,
): ReadonlyMap<number, Recognition> {
  const platform = table.scan.machine.platform;
  const rows = new Map<number, Recognition>();
  for (const record of table.all) {
    if (record.kernelThread === true) continue;
    // Whose command line a scan left unread because of its name: half of a look's rows, and nobody.
    if (record.argv === undefined && record.exe === undefined && NEVER_AGENTS.has(record.comm ?? '')) continue;
    const found = classify(record, catalogue, platform);
    if (found !== undefined) rows.set(record.pid, found);
  }
  const entries = indexOf(catalogue).byName;
  const result = new Map<number, Recognition>();
  for (const [pid, row] of rows) {
    const record = row.mayLaunch === undefined ? undefined : table.get(pid);
    if (record === undefined) {
      result.set(pid, claimedSpare(row, registry.get(pid)));
      continue;
    }
    const children = table.children(pid).map((child) => rows.get(child.pid));
    result.set(pid, launcherOrItself(row, record, children, entries.get(row.agent ?? '')));
  }
  return result;
}

/** What a process that may only stand in front of another turns out to be. */
function launcherOrItself(
  row: Recognition,
  record: ProcessRecord,
  children: readonly (Recognition | undefined)[],
  entry: AgentEntry | undefined,
): Recognition {
  const same = children.filter((child) => child !== undefined && child.agent === row.agent && child.role !== 'tool');
  switch (row.mayLaunch) {
    case undefined:
      return row;
    case 'shim':
      // With nothing below it, the command line is all there is of the agent.
      if (same.length > 0 || row.withoutChild === undefined) return row;
      return {
        ...row,
        role: row.withoutChild.role,
        daemon: row.withoutChild.daemon,
      };
    case 'front':
      return same.length > 0 ? asLauncher(row) : row;
    case 'relaunch': {
      const mark = entry?.markers?.relaunched;
      if (mark !== undefined && record.detail?.markers?.[mark] !== undefined) return row;
      return same.some((child) => child?.mayLaunch === 'relaunch' && endsWith(child.words, row.words))
        ? asLauncher(row)
        : row;
    }
  }
}

function asLauncher(row: Recognition): Recognition {
  return {
    agent: row.agent,
    role: 'launcher',
    sessionId: row.sessionId,
    because: `${row.because}, and the real one runs below it`,
  };
}

/** A relaunched agent gets its parent's words, perhaps after some of the parent's own. */
function endsWith(words: readonly string[] = [], end: readonly string[] = []): boolean {
  const offset = words.length - end.length;
  return offset >= 0 && end.every((word, at) => words[offset + at] === word);
}

/**
 * A spare that Claude's daemon kept warm becomes the background session and keeps its command line: only the
 * agent's own file tells (2.1.328).
 */
function claimedSpare(row: Recognition, entry: RegistryEntry | undefined): Recognition {
  const isSpare = row.role === 'infrastructure' && row.words?.includes('--bg-spare') === true;
  if (!isSpare || row.words?.includes('--bg-pty-host') === true) return row;
  if (entry?.sessionId === undefined || entry.kind === 'interactive') return row;
  return {
    agent: row.agent,
    role: 'session',
    because: `${row.because}; its registry file says that it holds a background session`,
  };
}
