import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Tests of the command run what users run: the bundle. Built once, before the first test. */
export default function buildOnce(): void {
  const root = path.resolve(import.meta.dirname, '../..');
  execFileSync(process.execPath, ['build.js', '--no-types'], { cwd: root, stdio: 'inherit' });
}
