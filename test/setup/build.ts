import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Tests of the command run what users run: the bundle. Built once, before the first test, whichever project asks first. */
export default function buildOnce(): void {
  if (process.env.BUILT_FOR_TESTS === 'done') return;
  process.env.BUILT_FOR_TESTS = 'done';
  const root = path.resolve(import.meta.dirname, '../..');
  execFileSync(process.execPath, ['build.js', '--no-types'], { cwd: root, stdio: 'inherit' });
}
