import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/agents/catalogue/catalogue.js';
import { resolveAgents } from '../../../src/agents/resolve/resolve.js';
import { beliefsOf } from '../../../src/hosts/compare/beliefs.js';
import { hostReport } from '../../../src/hosts/compare/report.js';
import type { HostReaders } from '../../../src/hosts/host.js';
import { lookAtHosts } from '../../../src/hosts/read-hosts.js';
import { styleFor } from '../../../src/output/style.js';
import { hostsText } from '../../../src/output/text/machine/hosts.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import { createProcessTable } from '../../../src/process/table.js';

const NOW = Date.UTC(2026, 0, 15, 12);
const ID = '6abdf030-1111-4222-8333-444455556666';

async function look(
  rows: readonly ProcessRecord[],
  files: Readonly<Record<string, unknown>> = {},
  idle: Readonly<Record<number, number>> = {},
) {
  const table = createProcessTable({
    source: 'procfs',
    takenAt: NOW,
    machine: { bootId: 'b', platform: 'darwin' },
    complete: true,
    problems: [],
    processes: [
      { pid: 1, ppid: 0, argv: ['/sbin/launchd'], comm: 'launchd', startTime: '1', startedAt: 0 },
      ...rows.map((row) => ({
        ppid: 1,
        startTime: `${row.pid}`,
        startedAt: NOW - 3_600_000,
        uid: 501,
        ...row,
      })),
    ],
  });
  const readers: HostReaders = {
    readText: async (file) =>
      file in files ? { kind: 'read', text: JSON.stringify(files[file]) } : { kind: 'absent' },
    names: async (folder) => [
      ...new Set(
        Object.keys(files).flatMap((file) =>
          file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1).split('/')[0] ?? ''] : [],
        ),
      ),
    ],
    sqlite: async () => ({ kind: 'absent' }),
    panes: async () => ({ kind: 'read', panes: [], whole: true, notes: [] }),
  };
  const comparisons = await lookAtHosts({
    agents: resolveAgents(table, CATALOGUE),
    detail: async () => new Map(),
    places: [{ home: '/h', owner: 501, env: {} }],
    readersOf: () => readers,
    ports: async () => undefined,
  });
  const document = hostReport(comparisons, NOW, (pid) => idle[pid]);
  const runs = document.hosts.map(({ name, running }) => [name, running.map(({ pid }) => pid)]);
  const style = await styleFor({ env: {}, isTerminal: false, plain: true });
  return {
    document,
    runs,
    beliefs: beliefsOf(comparisons),
    text: hostsText(document, { width: 80, style }),
  };
}

const claude = (pid: number, ppid: number, id = ID): ProcessRecord => ({
  pid,
  ppid,
  argv: ['claude', '--output-format', 'stream-json', '--resume', id],
  comm: 'claude',
});

describe('an editor or desktop with agents', () => {
  it.each<[string, readonly string[]]>([
    ['VS Code', ['/usr/share/code/code']],
    ['Cursor', ['/opt/cursor/cursor']],
    ['Windsurf', ['/usr/share/windsurf/windsurf']],
    ['Antigravity', ['/usr/share/antigravity/antigravity']],
    ['Kiro', ['/Applications/Kiro.app/Contents/MacOS/Electron']],
    ['Zed', ['/usr/lib/zed/zed-editor']],
    ['JetBrains', ['/opt/idea/bin/idea']],
    ['Claude Desktop', ['/Applications/Claude.app/Contents/MacOS/Claude']],
    ['Codex Desktop', ['/Applications/Codex.app/Contents/MacOS/Codex']],
  ])('%s has those below it by name', async (name, argv) => {
    const { runs, beliefs, document } = await look([{ pid: 10, argv }, claude(11, 10)]);
    expect(runs).toEqual([[name, [11]]]);
    expect(beliefs.attributed.get(11)).toEqual({ host: name });
    expect(document.hosts[0]?.mismatches).toEqual([]);
  });

  it('leaves an orchestrator in its terminal the agents that are its own', async () => {
    const server = { pid: 11, ppid: 10, argv: ['node', '/x/t3/dist/bin.mjs'] };
    const { runs } = await look([{ pid: 10, argv: ['/usr/share/code/code'] }, server, claude(12, 11)]);
    expect(runs).toEqual([
      ['T3 Code', [12]],
      ['VS Code', []],
    ]);
  });

  it('says in one line how many were not touched for how long', async () => {
    const rows = [claude(11, 10), claude(12, 10, 'b'), claude(13, 10, 'c')];
    const { text } = await look([{ pid: 10, argv: ['/usr/share/code/code'] }, ...rows], {}, { 12: 7200, 13: 50_400 });
    expect(text.join('\n')).toContain('keeps no list of its agents, 3 agents run, 2 of them idle for 2h to 14h');
  });
});

describe('Claude Desktop', () => {
  const FOLDER = '/h/Library/Application Support/Claude/claude-code-sessions/account/workspace';
  const rows: ProcessRecord[] = [{ pid: 10, argv: ['/Applications/Claude.app/Contents/MacOS/Claude'] }, claude(11, 10)];
  const session = (more: object) => ({ sessionId: 'local_1', cliSessionId: ID, isArchived: false, ...more });

  it.each<[string, object, number]>([
    ['archived: it disowns the agent', { isArchived: true, lastActivityAt: NOW - 600_000 }, 1],
    ['archived a moment ago', { isArchived: true, lastActivityAt: NOW - 5000 }, 0],
    ['in use', { lastActivityAt: NOW - 600_000 }, 0],
    ['of another agent', { isArchived: true, cliSessionId: 'another' }, 0],
  ])('knows a session that is %s', async (_, more, disowned) => {
    const { beliefs, document } = await look(rows, { [`${FOLDER}/local_1.json`]: session(more) });
    expect(beliefs.disowned.size).toBe(disowned);
    expect(document.hosts.map(({ name }) => name)).toEqual(['Claude Desktop']);
  });

  it('says when it is too early to judge, and when it will not be', async () => {
    const { text } = await look(rows, {
      [`${FOLDER}/local_1.json`]: session({ isArchived: true, lastActivityAt: NOW - 40_000 }),
    });
    expect(text).toContain('  too early to judge 1; again in 20 s');
  });
});
