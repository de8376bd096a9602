import { execFileSync, spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { StageReport } from './runs.js';

const FIRST = path.resolve(import.meta.dirname, '../../fixtures/live/first.sh');
/** All in the namespace ends with its first process, and that one with unshare(1). */
const UNSHARE = ['--pid', '--fork', '--mount-proc', '--kill-child', '--'];

/** Whether we may make a pid namespace: root may, unless its container says no. */
export function canUnshare(): boolean {
  try {
    execFileSync('unshare', [...UNSHARE, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root, not Linux, or not allowed to in this container.
    return false;
  }
}

/** Bundles the scenario into a folder; answers what plays it. */
export async function bundleScenario(folder: string): Promise<string> {
  const file = path.join(folder, 'scenario.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'child.ts')],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // What the bundled files look for from their own folder, two below the root, is still found.
    define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
    logLevel: 'warning',
  });
  return file;
}

/** Plays the scenario in a pid namespace of its own, whose first process has a name. */
export function play(folder: string, scenario: string, first: string, ...words: string[]): Promise<StageReport> {
  const init = path.join(folder, first);
  symlinkSync('/bin/bash', init);
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', [...UNSHARE, init, FIRST, process.execPath, scenario, ...words], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', () => {
      try {
        resolve(JSON.parse(out) as StageReport);
      } catch (cause) {
        reject(new Error(`the stage did not report: ${err.slice(0, 2000)}`, { cause }));
      }
    });
  });
}
