import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, openStage, type Seen, statOf } from '../kit/processes.js';
import { openCast } from './cast.js';
import { BUSY_ORPHAN, IDLE, startDead } from './dead.js';
import { LIVING_SESSIONS, PROTECTED_SESSION, startLiving, WRITING_SESSION } from './living.js';
import { startOnPurpose } from './on-purpose.js';
import { type Role, RUNS, type Run, type RunReport, type StageReport } from './runs.js';

/**
 * Sets a stage in a pid namespace of its own and runs the program over it again and again. Whatever becomes of us,
 * all that was started ends with the first process of the namespace.
 */
const PROGRAM = path.resolve(import.meta.dirname, '../../bin/sesswatch.js');
const which = process.argv[2] === 'last' ? RUNS.slice(-1) : RUNS;

if (process.ppid !== 1 || !commandOf(1).includes('/live/first.sh')) {
  throw new Error('not in a pid namespace of our own: this would end what others work with');
}
process.stdin.on('end', () => process.exit(1)).resume();
const begun = Date.now();
const stage = openStage();
const home = path.join(stage.folder, 'home');
process.env.HOME = home;
process.env.XDG_CONFIG_HOME = path.join(home, 'config');
process.env.SESSWATCH_HOME = path.join(home, 'state');
try {
  const report = await play();
  await new Promise((resolve) => process.stdout.write(JSON.stringify(report), resolve));
} finally {
  await stage.close();
}
process.exit(0);

async function play(): Promise<StageReport> {
  const cast = openCast(stage);
  const dead = await startDead(stage, cast);
  const living = await startLiving(stage, cast);
  const roles = [...dead, ...living, ...(await startOnPurpose(stage, cast))];
  const seen = new Map(roles.map((role) => [role.name, role.seen ?? stage.seen(role.name)]));
  writeFiles(roles);

  const watched = new Map<string, Seen>(seen);
  const known = new Set([...seen.values()].map(({ pid }) => pid));
  for (const pid of pids()) {
    const stat = statOf(pid);
    if (stat === undefined || stat.state === 'Z' || known.has(pid) || pid === process.pid) continue;
    watched.set(`${pid} ${commandOf(pid)}`, { pid, startTime: stat.startTime });
  }
  const bystanders = watched.size - seen.size;
  const runs: RunReport[] = [];
  for (const run of which) runs.push(await reap(run, roles, seen, watched));
  return {
    roles,
    runs,
    bystanders,
    seconds: (Date.now() - begun) / 1000,
  };
}

async function reap(
  run: Run,
  roles: readonly Role[],
  seen: ReadonlyMap<string, Seen>,
  watched: Map<string, Seen>,
): Promise<RunReport> {
  const now = new Date();
  utimesSync(transcript(), now, now);
  const pidsOf = (wanted: Role['needs']) =>
    roles.filter(({ needs }) => needs === wanted).map(({ name }) => seen.get(name)?.pid);
  const flags = run.flags.map((flag) =>
    flag
      .replace('PIDS', pidsOf('stays').join(','))
      .replace('LEFT', pidsOf('pid').join(','))
      .replace('SESSIONS', LIVING_SESSIONS.join(',')),
  );
  const outcome = await sesswatch(['reap', '--grace=1s', ...flags]);
  const ended: string[] = [];
  for (const [name, one] of watched) {
    if (isAlive(one)) continue;
    ended.push(name);
    watched.delete(name);
  }
  return { ...outcome, ended, planned: run.flags.includes('--json') ? plannedIn(outcome.out, watched) : [] };
}

function sesswatch(args: readonly string[]): Promise<Pick<RunReport, 'code' | 'out' | 'err'>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const parts = { out: '', err: '' };
    child.stdout.on('data', (text) => {
      parts.out += text;
    });
    child.stderr.on('data', (text) => {
      parts.err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...parts }));
  });
}

function plannedIn(text: string, watched: ReadonlyMap<string, Seen>): string[] {
  const plan = JSON.parse(text) as { targets?: { processes: { pid: number }[] }[] };
  const names = new Map([...watched].map(([name, { pid }]) => [pid, name]));
  return (plan.targets ?? []).flatMap(({ processes }) => processes.map(({ pid }) => names.get(pid) ?? `${pid}`));
}

/** What agents write about themselves, and what a person wrote for sesswatch. */
function writeFiles(roles: readonly Role[]): void {
  const sessions = path.join(home, '.claude/sessions');
  mkdirSync(sessions, { recursive: true });
  mkdirSync(path.dirname(transcript()), { recursive: true });
  writeFileSync(transcript(), '{}\n');
  const say = (name: string, status: string, more: object = {}): void => {
    const { pid, startTime } = stage.seen(name);
    const statusUpdatedAt = Date.now() - 120_000;
    writeFileSync(
      path.join(sessions, `${pid}.json`),
      JSON.stringify({ pid, procStart: startTime, status, statusUpdatedAt, kind: 'interactive', ...more }),
    );
  };
  say('claude that says busy', 'busy');
  say('claude that waits for an answer', 'waiting');
  say('claude with the idle file of another process', 'idle', { procStart: '17' });
  say(BUSY_ORPHAN, 'busy');
  for (const name of IDLE) say(name, 'idle');
  const hasEnded = ({ agent, needs, seen }: Role) => agent === 'claude' && needs === 'nothing' && seen === undefined;
  for (const { name } of roles.filter(hasEnded)) say(name, 'idle');
  mkdirSync(path.join(home, 'config'));
  const rules = { protect: [{ session: PROTECTED_SESSION }] };
  writeFileSync(path.join(home, 'config/sesswatch.json'), JSON.stringify(rules), { mode: 0o600 });
}

function transcript(): string {
  return path.join(home, '.claude/projects/work', `${WRITING_SESSION}.jsonl`);
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200);
  } catch {
    // It ended meanwhile.
    return 'gone';
  }
}
