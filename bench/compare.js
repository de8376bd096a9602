// Whole commands of the packed and installed program beside the shell's own tools and packages for Node, in one run,
// since only ratios hold on a busy machine. Prints Markdown; docs/performance.md has a copy.
//
//   npm run bench [-- processes,processes… [agents in percent, default 20]]     default: 100,1000,5000
//
// Needs Linux and hyperfine. A namespace of its own (`unshare --pid --fork --mount-proc npm run bench`) keeps other
// processes out of the table. Starts the processes itself (sleep under the argv of agents and of others) and ends them by
// their handles. NODE=/path/to/node measures under another Node. Packages that cannot be installed are left out.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const sizes = (process.argv[2] ?? '100,1000,5000').split(',').map(Number);
const share = Number(process.argv[3] ?? 20) / 100;
const node = process.env.NODE ?? process.execPath;
const home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-bench-'));
const env = { ...process.env, SESSWATCH_HOME: path.join(home, 'state') };
// Node reads such a file at start, which takes longer than all that is measured here.
delete env.NODE_EXTRA_CA_CERTS;

try {
  const program = installProgram();
  const reader = compileReader();
  const rivals = installPackages();
  console.log(`${os.cpus().length} cores, Node ${run(node, ['-v'])}, ${os.type()} ${os.release()}\n`);
  for (const size of sizes) await measure(size, program, { reader, rivals });
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** Packs this checkout and installs the packed file, as a user does. */
function installProgram() {
  const file = run('npm', ['pack', '--silent', '--pack-destination', home], root).split('\n').at(-1);
  const prefix = path.join(home, 'prefix');
  run('npm', [
    'install',
    '--silent',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--global',
    '--prefix',
    prefix,
    path.join(home, file),
  ]);
  return path.join(prefix, 'lib/node_modules/sesswatch/bin/sesswatch.js');
}

/** A reader of the same files in C: the limit. */
function compileReader() {
  const to = path.join(home, 'read-procfs');
  try {
    run('cc', ['-O2', '-o', to, path.join(root, 'bench/read-procfs.c')]);
    return to;
  } catch {
    // No compiler.
    return undefined;
  }
}

/** Packages for Node that list processes, each as a script that prints how many there are. */
function installPackages() {
  const scripts = {
    'ps-list': "import list from 'ps-list'; console.log((await list()).length);",
    systeminformation: "import si from 'systeminformation'; console.log((await si.processes()).list.length);",
  };
  const folder = path.join(home, 'packages');
  mkdirSync(folder);
  return Object.entries(scripts).flatMap(([name, script]) => {
    const file = path.join(folder, `${name}.mjs`);
    writeFileSync(file, script);
    try {
      run('npm', [
        'install',
        '--silent',
        '--no-audit',
        '--no-fund',
        '--prefer-offline',
        '--ignore-scripts',
        '--prefix',
        folder,
        name,
      ]);
      return existsSync(path.join(folder, 'node_modules', name)) ? [[name, `${node} ${file}`]] : [];
    } catch {
      // No registry.
      return [];
    }
  });
}

async function measure(size, program, { reader, rivals }) {
  const children = startProcesses(size);
  try {
    await Promise.all(children.map((child) => new Promise((resolve) => child.once('spawn', resolve))));
    const one = `${node} ${program}`;
    const commands = [
      ['`node -e 0`', `${node} -e 0`],
      ['`sesswatch --version`', `${one} --version`],
      ['`pgrep -fal claude \\| wc -l`', "sh -c 'pgrep -fal claude | wc -l'"],
      ['`sesswatch count`', `${one} count`],
      [
        '`pgrep -fal claude; ps -Ao … \\| grep claude`',
        "sh -c 'pgrep -fal claude; ps -Ao pid,ppid,etime,rss,command | grep claude'",
      ],
      ['`sesswatch snapshot --label x`', `${one} snapshot --label x`],
      ['`sesswatch ps`', `${one} ps`],
      ...(reader === undefined ? [] : [['the same files, read in C', reader]]),
      ...rivals.map(([name, command]) => [`${name} (the list alone)`, command]),
    ];
    const times = hyperfine(commands.map(([, command]) => command));
    const [empty, , pgrep, , pair] = times;
    console.log(`### ${size} processes, ${Math.round(size * share)} of them agents\n`);
    console.log('| command | median ms | of `node -e 0` | of pgrep | of pgrep and ps |');
    console.log('| --- | ---: | ---: | ---: | ---: |');
    for (const [at, [name]] of commands.entries()) {
      const cells = [times[at].toFixed(1), ...[empty, pgrep, pair].map((base) => (times[at] / base).toFixed(2))];
      console.log(`| ${[name, ...cells].join(' | ')} |`);
    }
    console.log();
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map((child) => new Promise((resolve) => child.once('close', resolve))));
  }
}

function startProcesses(size) {
  const claude = path.join(home, 'claude');
  // comm `claude`, as the real program has it.
  if (!existsSync(claude)) symlinkSync('/bin/sleep', claude);
  const agents = Math.round(size * share);
  return Array.from({ length: size }, (_, at) => {
    const isAgent = at < agents;
    const argv0 = isAgent ? 'claude' : `worker-${at}`;
    return spawn(isAgent ? claude : '/bin/sleep', ['1000000'], { argv0, stdio: 'ignore' });
  });
}

/** Medians in milliseconds. */
function hyperfine(commands) {
  const file = path.join(home, 'times.json');
  const args = ['--shell=none', '--style=none', '--warmup=3', '--runs=21', '--ignore-failure'];
  execFileSync('hyperfine', [...args, `--export-json=${file}`, ...commands], { env, stdio: 'ignore' });
  return JSON.parse(readFileSync(file, 'utf8')).results.map(({ median }) => median * 1000);
}

/** Not timed: with the caller's own environment, which may know how to reach the registry. */
function run(command, args, cwd) {
  return execFileSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
