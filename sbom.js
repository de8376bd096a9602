// Prints the bill of materials of what users install (SPDX, by `npm sbom`), from package-lock.json. `npm sbom --omit=dev`
// alone leaves out whatever a tool of ours needs as well, chalk and commander among it: so here are no tools at all.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const read = (name) => JSON.parse(readFileSync(path.join(import.meta.dirname, name), 'utf8'));
const { devDependencies: _tools, scripts: _scripts, ...manifest } = read('package.json');
const lock = read('package-lock.json');
const packages = Object.fromEntries(Object.entries(lock.packages).filter(([, one]) => one.dev !== true));
const { devDependencies: _locked, ...root } = packages[''];

const folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-sbom-'));
try {
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    path.join(folder, 'package-lock.json'),
    JSON.stringify({ ...lock, packages: { ...packages, '': root } }),
  );
  execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format=spdx'], { cwd: folder, stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true });
}
