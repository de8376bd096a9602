// Whole commands against a table of 1,000 processes: `snapshot` and `count` beside `node -e 0` and beside the
// shell pair they replace (`pgrep -fal P; ps -Ao … | grep P`), in one run, since only ratios hold on a busy machine.
//
//   npm ci && node bench/one-command.js [processes, default 1000]
//
// Needs Linux and hyperfine. Starts the processes itself (sleep under the argv of agents and of others, one in
// five an agent) and ends them by their handles. docs/performance.md has figures.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const count = Number(process.argv[2] ?? 1000);
const home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-bench-'));
// comm `claude`, as the real program has it.
symlinkSync('/bin/sleep', path.join(home, 'claude'));
const children = [];
for (let at = 0; at < count; at++) {
  const isAgent = at % 5 === 0;
  const program = isAgent ? path.join(home, 'claude') : '/bin/sleep';
  children.push(spawn(program, ['1000'], { argv0: isAgent ? 'claude' : `worker-${at}`, stdio: 'ignore' }));
}
const sesswatch = path.resolve(import.meta.dirname, '../bin/sesswatch.js');
const env = { ...process.env, SESSWATCH_HOME: path.join(home, 'state') };
// Node reads such a file at start, which takes longer than all that is measured here.
delete env.NODE_EXTRA_CA_CERTS;
const shell = "sh -c 'pgrep -fal claude; ps -Ao pid,ppid,etime,rss,command | grep claude'";
try {
  await new Promise((resolve) => setTimeout(resolve, 500));
  execFileSync(
    'hyperfine',
    [
      '--shell=none',
      '--warmup=3',
      '--runs=31',
      `${process.execPath} -e 0`,
      `${process.execPath} ${sesswatch} snapshot --label bench`,
      `${process.execPath} ${sesswatch} count`,
      shell,
    ],
    { stdio: 'inherit', env },
  );
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
}
