// Builds dist/: one JavaScript chunk per command (start-up pays only for the command that runs), and the types.
// `--no-types` leaves the types out. The new folder takes the old one's place only when it is whole.
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
process.chdir(root);
const fresh = `dist.${process.pid}`;

/**
 * Commander can start commands that are programs of their own; ours are not, and loading node:child_process takes
 * a tenth of a short command's time. It is loaded when it is first used.
 */
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

await build({
  entryPoints: { main: 'src/cli/main.ts', index: 'src/index.ts' },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  define: { SESSWATCH_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  chunkNames: 'chunks/[name]-[hash]',
  // pidusage, ps-list and tree-kill start helpers that lie beside their own files; cosmiconfig loads its parsers lazily.
  external: ['ps-list', 'pidusage', 'tree-kill', 'cosmiconfig', 'cli-table3'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [lazyChildProcess],
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
});

if (!process.argv.includes('--no-types')) {
  const tsc = path.join(
    path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
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
