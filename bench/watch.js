// `top -d 2` and `watch --every 2s` side by side over the same processes, each in a terminal of its own: CPU time, bytes,
// resident memory. Then the view alone, over a thousand looks: time and bytes of a frame, memory that stays.
//
//   unshare --pid --fork --mount-proc node --expose-gc bench/watch.js [processes, default 1000] [seconds, default 60]
//
// Needs Linux, `script` of util-linux and a built checkout. A fifth of the processes are agents by name.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const count = Number(process.argv[2] ?? 1000);
const seconds = Number(process.argv[3] ?? 60);
const home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-bench-'));
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const claude = path.join(home, 'claude');
symlinkSync('/bin/sleep', claude);
const fleet = Array.from({ length: count }, (_, at) =>
  at % 5 === 0
    ? spawn(claude, ['1000000'], { argv0: 'claude', stdio: 'ignore' })
    : spawn('/bin/sleep', ['1000000'], { argv0: `worker-${at}`, stdio: 'ignore' }),
);
const views = [];
try {
  await wait(1000);
  views.push(open('top', 'top -d 2'));
  views.push(open('watch', `${process.execPath} ${path.join(root, 'bin/sesswatch.js')} watch --every 2s`));
  // Starting is not what is compared.
  await wait(10_000);
  const before = views.map(read);
  await wait(seconds * 1000);
  console.log(`${count} processes, ${seconds} s, ${os.cpus().length} cores, Node ${process.version}\n`);
  for (const [at, view] of views.entries()) {
    const [then, now] = [before[at], read(view)];
    const cpu = (((now.ticks - then.ticks) * 10) / seconds).toFixed(1);
    const bytes = Math.round(((now.bytes - then.bytes) * 2) / seconds);
    console.log(
      `${view.name.padEnd(6)} ${cpu} ms of CPU a second, ${bytes} bytes an update, ${now.rss} MB (${then.rss} before)`,
    );
  }
  await measureView();
} finally {
  for (const { child } of views) child.kill('SIGKILL');
  for (const one of fleet) one.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
}

/** A command on a terminal of 120 by 40, whose output goes to a file. */
function open(name, command) {
  const file = path.join(home, name);
  const child = spawn('script', ['-qfc', `stty cols 120 rows 40; exec ${command}`, file], {
    env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', SESSWATCH_HOME: path.join(home, 'state') },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return { name, file, child };
}

/** Clock ticks (100 a second), bytes written and megabytes of the program on that terminal, below script and its shell. */
function read({ file, child }) {
  const rows = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf);
  let pid = child.pid;
  for (let below = pid; below !== undefined; ) {
    pid = below;
    below = rows.find((row) => row?.ppid === pid)?.pid;
  }
  const { ticks, rss } = statOf(pid);
  return { ticks, rss, bytes: statSync(file).size };
}

function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return {
      pid: Number(pid),
      ppid: fields[1],
      ticks: fields[11] + fields[12],
      rss: Math.round((fields[21] * 4096) / 1e6),
    };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

/** The view without a terminal and without the system: what its own work costs when every row has moved. */
async function measureView() {
  const outfile = path.join(home, 'view.mjs');
  await build({
    entryPoints: [path.join(root, 'src/watch/view.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  const { openView } = await import(outfile);
  const plain = (text) => text;
  const style = { bold: plain, dim: plain, green: plain, yellow: plain, red: plain, blue: plain, inverse: plain };
  const processes = Array.from({ length: count / 5 }, (_, at) => ({
    pid: 1000 + at,
    startTime: `${at}`,
    agent: 'claude',
    role: 'session',
    verdict: 'live',
    argv: ['claude', '--resume', `${at}`],
    rssBytes: 2e8,
  }));
  const document = { takenAt: new Date().toISOString(), complete: true, totals: {}, processes };
  let [look, bytes, drawn] = [0, 0, 0];
  const view = await openView({
    observe: async () => ({ document, isDue: () => false, details: () => [] }),
    measure: async () => ({
      at: look * 2000,
      processes: new Map(
        Array.from({ length: count }, (_, at) => [
          `${1000 + at}/${at}`,
          { cpuSeconds: look * ((at % 7) / 7), rssBytes: 2e8 + ((look * at) % 50) * 1e6, mayMatter: false },
        ]),
      ),
    }),
    screen: () => ({ columns: 120, rows: 40, style }),
    write: (text) => {
      bytes += Buffer.byteLength(text);
    },
    headline: () => '200 agents',
    now: () => look * 2000,
  });
  let held = 0;
  for (look = 1; look <= 1000; look++) {
    await view.look(false);
    const start = process.cpuUsage();
    view.draw();
    const { user, system } = process.cpuUsage(start);
    drawn += user + system;
    if (look === 100) held = heap();
  }
  const grown = (heap() - held).toFixed(2);
  console.log(
    `\nframe  ${(drawn / 1e6).toFixed(2)} ms of CPU, ${Math.round(bytes / 1000)} bytes when every row moved; 900 looks kept ${grown} MB`,
  );
}

function heap() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}
