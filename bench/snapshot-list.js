// How long it takes to list saved snapshots, and to read the summaries that a trend needs, with 10,000 of them.
// Goals: list 150 ms and trend 1 s, as whole commands; this measures the part of the store.
//
//   node bench/snapshot-list.js [how many, default 10000]
//
// The snapshots are made in a temporary folder, which takes some seconds, and removed at the end.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const count = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-bench-'));
try {
  const { openStore, snapshotId } = await load(folder);
  const store = openStore(path.join(folder, 'snapshots'));
  time(`save ${count}`, () => {
    for (let i = 0; i < count; i++) store.save(snapshot(i, snapshotId));
  });
  for (const round of [1, 2, 3]) time(`list, round ${round}`, () => store.list());
  for (const round of [1, 2, 3]) time(`summaries for a trend, round ${round}`, () => store.summaries());
  rmSync(path.join(store.folder, 'index.jsonl'));
  time('list without an index, which makes it anew', () => store.list());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function time(what, work) {
  const start = performance.now();
  work();
  console.log(`${(performance.now() - start).toFixed(0).padStart(7)} ms  ${what}`);
}

/** The store is no part of the public library: it is built from its source. */
async function load(into) {
  const source = path.join(path.dirname(fileURLToPath(import.meta.url)), '../src/snapshot');
  const outfile = path.join(into, 'store.mjs');
  await build({
    stdin: {
      contents: "export { openStore } from './store.js'; export { snapshotId } from './label.js';",
      resolveDir: source,
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  return import(outfile);
}

/** A busy developer's machine: 12 agents, 30 helpers, 20 ancestors. */
function snapshot(index, snapshotId) {
  const takenAt = Date.UTC(2026, 0, 1) + index * 60_000;
  const label = `step-${index % 50}`;
  const roles = ['session', 'mcp-server', 'tool', undefined, 'mcp-server'];
  const processes = Array.from({ length: 62 }, (_, i) => ({
    pid: 1000 + i,
    startTime: String(900_000 + i),
    startedAt: new Date(takenAt - 3_600_000).toISOString(),
    ppid: 1000,
    uid: 1000,
    user: 'dev',
    tty: 'pts/3',
    state: 'S',
    comm: 'claude',
    exe: '/home/dev/.local/share/claude/versions/2.1.45',
    argv: ['claude', '--output-format', 'stream-json', '--verbose', '--model', 'opus', '--session-id', `id-${i}`],
    cpuSeconds: 12.34,
    rssBytes: 200_000_000 + i * 1000 + index,
    threads: 20,
    ageSeconds: 3600,
    ...(roles[i % 5] === undefined ? {} : { role: roles[i % 5], agent: 'claude', leader: 1000, host: 'T3 Code' }),
    owner: { kind: 'host', pid: 1003, name: 'T3 Code' },
    verdict: 'live',
  }));
  return {
    schema: 'sesswatch/snapshot/1',
    id: snapshotId(takenAt, label),
    label,
    takenAt: new Date(takenAt).toISOString(),
    machine: { hostname: 'devbox', bootId: '11111111-2222-3333-4444-555555555555', source: 'procfs' },
    complete: true,
    totals: {
      processes: 312,
      agents: 13,
      sessions: 13,
      rssBytes: 4_600_000_000,
      byAgent: { claude: 13 },
      byRole: { 'mcp-server': 25, session: 13, tool: 12 },
      byVerdict: { live: 50 },
    },
    processes,
  };
}
