// Ends a tree of 1,000 processes, wide and deep, with children in sessions of their own and children that detached
// themselves by a double fork; then the same tree again with tree-kill, in the same run. Prints how long each took
// until nothing changed any more, and who was left.
//
//   npm ci && node bench/reap.js [processes, default 1000]
//
// Needs Linux. Everything that it starts carries its temporary folder in the environment; whatever is left at the
// end, also after an error or Ctrl-C, is ended by pid and start time. Verdicts are given instead of judged, so that no
// threshold has to pass; all else is what `sesswatch reap` does: two surveys, identity checks, journal, verification.
// docs/reaping.md has figures.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import treeKill from 'tree-kill';

const size = Number(process.argv[2] ?? 1000);
const home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-bench-'));
const { createProcessTable, createProcfsSource, DEFAULT_POLICY, procfsChildren, procfsLook, reap, withDetail } =
  await bundle();
const source = createProcfsSource({
  selfPid: process.pid,
  machine: { hostname: os.hostname(), platform: 'linux' },
  markers: new Set(['BENCH_ROOT']),
  now: Date.now,
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    endAll();
    process.exit(1);
  });
}
try {
  const ours = await measure('sesswatch reap', endBySesswatch);
  const theirs = await measure('tree-kill', endByTreeKill);
  console.log(`\nsesswatch was ${(theirs.took / ours.took).toFixed(1)} times as fast`);
} finally {
  endAll();
  rmSync(home, { recursive: true, force: true });
}

async function measure(name, end) {
  const root = await startTree();
  const before = ourOwn();
  const from = performance.now();
  const steps = await end(root);
  const took = performance.now() - from;
  const left = ourOwn();
  console.log(`${name}: ${before.length} processes, ${Math.round(took)} ms, ${left.length} left`);
  for (const step of steps) console.log(`  ${step}`);
  if (left.length > 0)
    console.log(`  left: ${left.filter((one) => one.detached).length} of them had detached themselves`);
  await endAll();
  return { took };
}

/** One run for the tree; a second, as the timer's next, for tools whose agent is gone by then. */
async function endBySesswatch(root) {
  const deps = {
    source,
    survey: () => judge(root),
    lookNow: procfsLook(),
    childrenNow: procfsChildren(),
    kill: (pid, signal) => process.kill(pid, signal),
    now: () => performance.now(),
    wallClock: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    self: { pid: process.pid, uid: process.getuid() },
    facts: {},
    stateFolder: path.join(home, 'state'),
    version: 'bench',
    redact: ({ argv }) => argv,
  };
  const policy = { ...DEFAULT_POLICY, idleSeconds: 0, minAgeSeconds: 0, maxTrees: size };
  const steps = [];
  for (const include of [[], ['leftover']]) {
    const from = performance.now();
    const result = await reap(deps, { ...policy, include }, { dryRun: false });
    const { outcomes = [], survivors = 0 } = result.document;
    const what = include.length === 0 ? 'the tree' : 'with --include leftover, what had detached itself';
    steps.push(`${what}: ${outcomes.length} ended, ${survivors} survivors, ${Math.round(performance.now() - from)} ms`);
  }
  return steps;
}

/** Its callback comes when the signals are sent; nothing tells when the processes are gone. */
async function endByTreeKill(root) {
  const from = performance.now();
  await new Promise((resolve, reject) => treeKill(root, 'SIGKILL', (error) => (error ? reject(error) : resolve())));
  const called = Math.round(performance.now() - from);
  for (let last = -1; ; ) {
    const now = ourOwn().length;
    if (now === last) return [`called back after ${called} ms`];
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The root is an idle orphan, what is below it its tools; what detached itself is a leftover once the root is gone. */
async function judge(root) {
  const plain = createProcessTable(await source.scan());
  const below = plain.descendants(root).map(({ pid }) => pid);
  const isThere = plain.get(root) !== undefined;
  const mine = new Set(isThere ? [root, ...below] : detached());
  const looked = await source.detail(
    plain.all.filter(({ pid }) => mine.has(pid)),
    ['user', 'memory', 'argv'],
  );
  const table = withDetail(plain, looked);
  const members = new Map();
  const judgements = new Map();
  const add = (pid, role, judged) => {
    members.set(pid, { pid, role, leader: isThere ? root : undefined, via: 'self', because: 'bench' });
    const judgement = { pid, evidence: [], vetoes: [], work: 'not known', observations: 2, reason: 'bench' };
    judgements.set(pid, { ...judgement, ...judged });
  };
  const gone = { idleSeconds: 3600, ownerlessSeconds: 3600 };
  for (const pid of mine) {
    if (pid === root) add(pid, 'session', { verdict: 'orphan', ...gone });
    else if (isThere) add(pid, 'tool', { verdict: 'live', owner: { kind: 'agent', pid: root, name: 'bench' } });
    else add(pid, 'tool', { verdict: 'leftover', ...gone });
  }
  return { table, members, judgements, notes: [] };
}

/** Branches of depth ten, leaves below each, every seventh leaf in a session of its own, every twentieth detached. */
async function startTree() {
  const script = `
    leaf() { case $(($1 % 20)) in
      0) (setsid env BENCH_DETACHED=1 sleep 600 &) ;;
      5|10|15) setsid sleep 600 & ;;
      *) sleep 600 & ;;
    esac; }
    deep() { if [ $1 -gt 0 ]; then (deep $(($1 - 1)); wait) & else n=0; while [ $n -lt ${Math.max(1, Math.floor(size / 20) - 10)} ]; do n=$((n + 1)); leaf $n; done; wait; fi; wait; }
    b=0; while [ $b -lt 20 ]; do b=$((b + 1)); deep 9 & done; wait`;
  const child = spawn('/bin/sh', ['-c', script], {
    env: { PATH: '/usr/bin:/bin', BENCH: home },
    stdio: 'ignore',
  });
  for (let last = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const now = ourOwn().length;
    if (now === last) return child.pid;
    last = now;
  }
}

/** Every live process that carries our folder in its environment. */
function ourOwn() {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'latin1');
      if (!environment.includes(`BENCH=${home}`)) return [];
      const sight = procfsLook()(Number(name));
      if (typeof sight === 'string' || sight.state === 'Z') return [];
      return [{ pid: Number(name), startTime: sight.startTime, detached: environment.includes('BENCH_DETACHED') }];
    } catch {
      // Gone, or another user's.
      return [];
    }
  });
}

function detached() {
  return ourOwn().map(({ pid }) => pid);
}

function endAll() {
  for (let round = 0; round < 20; round++) {
    const left = ourOwn();
    if (left.length === 0) return;
    for (const { pid, startTime } of left) {
      const sight = procfsLook()(pid);
      if (typeof sight !== 'string' && sight.startTime === startTime) process.kill(pid, 'SIGKILL');
    }
  }
}

async function bundle() {
  const outfile = path.join(home, 'reap.mjs');
  await build({
    stdin: {
      contents: `
        export { createProcessTable, withDetail } from './src/process/table.ts';
        export { createProcfsSource } from './src/process/sources/procfs/procfs.ts';
        export { procfsChildren, procfsLook } from './src/reap/execute/process-now.ts';
        export { DEFAULT_POLICY } from './src/reap/plan/policy.ts';
        export { reap } from './src/reap/reap.ts';`,
      resolveDir: path.resolve(import.meta.dirname, '..'),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['tree-kill'],
    logLevel: 'warning',
  });
  return import(outfile);
}
