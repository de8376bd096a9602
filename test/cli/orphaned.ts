import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type CommandOptions, type Outcome, sesswatch } from '../kit/command.js';
import type { Script, Seen, Stage } from '../kit/processes.js';
import { agent, leave } from '../verdict/stage-people.js';

/** What a user's shell would start. */
export const PROGRAM = path.resolve(import.meta.dirname, '../../bin/sesswatch.js');

/** Where a test's runs of the program keep what they remember and write down. */
export function homeOf(stage: Stage): { readonly HOME: string; readonly SESSWATCH_HOME: string } {
  return { HOME: path.join(stage.folder, 'home'), SESSWATCH_HOME: path.join(stage.folder, 'state') };
}

/** Runs the program with the stage's own home and state. */
export function reapOn(stage: Stage, args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  return sesswatch(['reap', ...args], { ...options, env: { ...homeOf(stage), ...options.env } });
}

/** The same, to be sent signals while it runs. */
export function startReap(
  stage: Stage,
  args: readonly string[],
): { readonly child: ChildProcess; readonly ended: Promise<Pick<Outcome, 'code' | 'out'>> } {
  const child = spawn(process.execPath, [PROGRAM, 'reap', ...args], {
    env: { ...process.env, ...homeOf(stage) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out }))) };
}

/**
 * All that is asked for, of one process by name. Other tests' processes are on this machine too, so that no test
 * ends anything without saying which.
 */
export function now(...those: readonly Seen[]): string[] {
  return ['--idle=0', '--min-age=0', '--grace=1s', ...those.map(({ pid }) => `--pid=${pid}`)];
}

let hosts = 0;

/** Agents whose host was killed and who ignore the end of their input. */
export async function orphans(stage: Stage, ...scripts: readonly Partial<Script>[]): Promise<Seen[]> {
  const host = `host-${hosts++}`;
  const children = scripts.map((script, at) =>
    agent(
      stage,
      { name: `${host}-${at}`, ...script },
      { args: ['--model', 'opus', '--settings', '{"token":"s3cr3t"}'] },
    ),
  );
  await stage.start({ script: { name: host, children } });
  const left = children.map(({ script }) => stage.seen(script.name));
  const [first] = left;
  if (first !== undefined) await leave(stage.seen(host), first);
  return left;
}

/** The lines of the journal so far. */
export function journalLines(stage: Stage): Record<string, unknown>[] {
  return readFileSync(path.join(homeOf(stage).SESSWATCH_HOME, 'reap.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
