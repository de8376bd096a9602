// Times `sesswatch snapshots`, `trend` and `report` over many saved snapshots: whole commands, median of several runs.
// The first of each, which rebuilds a missing index, is shown apart.
//
//     npm run build && node bench/trend.js [snapshots = 10000] [runs = 7]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const [count = 10_000, runs = 7] = process.argv.slice(2).map(Number);
const bin = path.resolve(import.meta.dirname, '../bin/sesswatch.js');
const home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-bench-'));
try {
  writeSnapshots(path.join(home, 'snapshots'), count);
  console.log(`${count} snapshots, median of ${runs} runs, milliseconds`);
  console.log(`node -e 0                  ${median(() => run(process.execPath, ['-e', '0']))}`);
  for (const command of [
    ['snapshots', '--json'],
    ['trend'],
    ['trend', 'soak-1*', '--by', 'host'],
    ['report', '--since', '9999d'],
  ]) {
    const first = run(process.execPath, [bin, ...command]);
    console.log(
      `${command.join(' ').padEnd(26)} ${median(() => run(process.execPath, [bin, ...command]))} (first: ${first})`,
    );
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}

function run(program, args) {
  const from = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    env: { PATH: process.env.PATH, HOME: home, SESSWATCH_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  return Math.round(performance.now() - from);
}

function median(measure) {
  const all = Array.from({ length: runs }, measure).sort((a, b) => a - b);
  return all[Math.floor(runs / 2)];
}

/** A snapshot every ten minutes, each of a host with up to thirty agents that grows. */
function writeSnapshots(folder, howMany) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const start = Date.UTC(2026, 0, 1);
  for (let n = 0; n < howMany; n++) {
    const takenAt = new Date(start + n * 600_000).toISOString();
    const label = `soak-${n % 20}`;
    const id = `${takenAt.replace(/[-:.]/g, '')}-${label}`;
    writeFileSync(path.join(folder, `${id}.json`), JSON.stringify(documentOf(id, label, takenAt, n)), {
      mode: 0o600,
    });
  }
}

function documentOf(id, label, takenAt, n) {
  const agents = 1 + (n % 30);
  const host = {
    pid: 900,
    startTime: '100',
    comm: 'node',
    rssBytes: 2e8 + n * 1e4,
    threads: 11 + Math.floor(n / 500),
  };
  const processes = Array.from({ length: agents }, (_, at) => ({
    pid: 1000 + at,
    startTime: String(1000 + at),
    ppid: 900,
    comm: 'claude',
    argv: ['claude', '--session-id', `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`],
    rssBytes: 2e8,
    threads: 9,
    agent: 'claude',
    role: 'session',
    leader: 1000 + at,
    host: 'T3 Code',
    owner: { kind: 'host', pid: 900, name: 'T3 Code' },
    verdict: 'live',
  }));
  return {
    schema: 'sesswatch/snapshot/1',
    id,
    label,
    takenAt,
    machine: { hostname: 'bench', bootId: 'boot', platform: 'linux', source: 'procfs' },
    complete: true,
    totals: {
      processes: 300,
      agents,
      sessions: agents,
      rssBytes: agents * 2e8,
      byAgent: { claude: agents },
      byRole: { session: agents },
      byVerdict: { live: agents },
    },
    processes: [host, ...processes],
  };
}
