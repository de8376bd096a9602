// Builds dist/: the program (one file for all commands, a smaller one for `count`, and what starts them), the library, and the types. `--no-types` leaves
// the types out. The new folder takes the old one's place only when it is whole.
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(path.dirname(fileURLToPath(import.meta.url)));
const fresh = `dist.${process.pid}`;
const program = path.join(fresh, 'program');

/** Commander can start commands that are programs of their own; ours are not, so node:child_process waits until used. */
const lazyChildProcess = {
  name: 'lazy-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]lib[\\/]/.test(importer) ? { path: 'child_process', namespace: 'lazy' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: "module.exports = { get spawn() { return require('node:child_process').spawn; } };",
    }));
  },
};

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // pidusage, ps-list and tree-kill start helpers that lie beside their own files; the others are large and seldom needed.
  external: ['ps-list', 'pidusage', 'tree-kill', 'cosmiconfig', 'cli-table3', 're2js', 'd3-scale', 'd3-shape'],
  define: { SESSWATCH_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  legalComments: 'none',
  logLevel: 'warning',
};

// Node takes about a millisecond for each ES module, a quarter of that for a CommonJS one (docs/performance.md). In one
// CommonJS file a module runs when it is first imported: a command pays for its own.
const commonJs = {
  ...shared,
  format: 'cjs',
  outdir: program,
  minify: true,
  define: { ...shared.define, 'import.meta.url': 'fileUrl' },
  banner: { js: "'use strict';const fileUrl=require('node:url').pathToFileURL(__filename).href;" },
};

await build({ ...shared, format: 'esm', entryPoints: { index: 'src/index.ts' }, outdir: fresh });
await build({
  ...commonJs,
  entryPoints: ['src/cli/every-command.ts', 'src/cli/count-alone.ts'],
  plugins: [lazyChildProcess],
});
await build({
  ...commonJs,
  entryPoints: { start: 'src/cli/start.ts' },
  external: ['./every-command.js', './count-alone.js'],
  supported: { 'dynamic-import': false },
});
writeFileSync(path.join(program, 'package.json'), '{ "type": "commonjs" }\n');

if (!process.argv.includes('--no-types')) {
  const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], { stdio: 'inherit' });
}

const old = `dist.old.${process.pid}`;
try {
  renameSync('dist', old);
} catch (error) {
  // The first build of a clone has no dist/ to put aside.
  if (error.code !== 'ENOENT') throw error;
}
renameSync(fresh, 'dist');
rmSync(old, { recursive: true, force: true });
