// Builds dist/: the program as one JavaScript chunk per command (start-up pays only for the command that runs), the
// library, and the types. `--no-types` leaves the types out. The new folder takes the old one's place when it is whole.
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
 * Importing a built-in module into an ES module makes Node wrap all that it exports; process.getBuiltinModule (for
 * Node before 20.16 made by bin/sesswatch.js) hands it out as it is. That, and that commander's node:child_process
 * is loaded only when it is used, is a quarter of a short command's time (docs/performance.md).
 */
const builtinsAsTheyAre = {
  name: 'builtins-as-they-are',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path: name, kind, importer }) => {
      if (kind === 'dynamic-import') return { path: name, external: true };
      const isLazy = name === 'node:child_process' && /[\\/]commander[\\/]lib[\\/]/.test(importer);
      return { path: name, namespace: isLazy ? 'lazy' : kind === 'require-call' ? 'required' : 'imported' };
    });
    onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path: name }) => ({
      contents: `module.exports = { get spawn() { return process.getBuiltinModule('${name}').spawn; } };`,
    }));
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path: name }) => ({
      contents: `module.exports = process.getBuiltinModule('${name}');`,
    }));
    onLoad({ filter: /.*/, namespace: 'imported' }, async ({ path: name }) => {
      const names = Object.keys(await import(name)).filter(
        (one) => one !== 'default' && /^[A-Za-z_$][\w$]*$/.test(one),
      );
      return {
        contents: [
          `const whole = process.getBuiltinModule('${name}');`,
          'const part = (name) => whole[name];',
          'export default whole;',
          ...names.map(
            (one) => `const _${one} = /* @__PURE__ */ part('${one}'); export { _${one} as ${one} };`,
          ),
        ].join('\n'),
      };
    });
  },
};

const shared = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // pidusage, ps-list and tree-kill start helpers that lie beside their own files; cosmiconfig loads its parsers lazily.
  external: ['ps-list', 'pidusage', 'tree-kill', 'cosmiconfig', 'cli-table3'],
  define: { SESSWATCH_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  legalComments: 'none',
  logLevel: 'warning',
};

await build({
  ...shared,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: fresh,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [builtinsAsTheyAre],
  minifyWhitespace: true,
});
await build({ ...shared, entryPoints: { index: 'src/index.ts' }, outdir: fresh });

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
