// Builds dist/: the program as one chunk per group of commands (start-up pays only for what runs), the library, and the
// types. `--no-types` leaves the types out. The new folder takes the old one's place only when it is whole.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

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
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // pidusage, ps-list and tree-kill start helpers that lie beside their own files; cosmiconfig loads its parsers lazily.
  external: ['ps-list', 'pidusage', 'tree-kill', 'cosmiconfig', 'cli-table3', 're2js'],
  define: { SESSWATCH_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  legalComments: 'none',
  logLevel: 'warning',
};

await build({ ...shared, entryPoints: { index: 'src/index.ts' }, outdir: fresh });
await build({
  ...shared,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: program,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [lazyChildProcess],
});
keepCompiled(await toCommonJs());

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

/**
 * esbuild splits ES modules only, and Node takes about a millisecond for each ES module that it loads, a quarter of
 * that for a CommonJS one (docs/performance.md). So the chunks become CommonJS, one by one. Packages that are ES
 * modules are still imported, through `__import`: a script out of a code cache cannot do it itself.
 *
 * @returns the code of each by its path, without its head
 */
async function toCommonJs() {
  const chunks = new Map();
  for (const name of readdirSync(program, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const file = path.join(program, name);
    const own = readFileSync(file, 'utf8')
      .replaceAll(/import\("(\.[^"]+)"\)/g, 'Promise.resolve().then(() => require("$1"))')
      .replaceAll(/\bimport\(/g, '__import(');
    const { code } = await transform(own, {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      minifyWhitespace: true,
      define: { 'import.meta.url': '__fileUrl' },
      banner: own.includes('import.meta.url')
        ? "const __fileUrl = require('node:url').pathToFileURL(__filename).href;"
        : '',
    });
    writeFileSync(file, `const __import=(name)=>import(name);${code}`);
    chunks.set(name.replaceAll(path.sep, '/'), code);
  }
  writeFileSync(path.join(program, 'package.json'), '{ "type": "commonjs" }\n');
  return chunks;
}

/** All chunks as two scripts, and what V8 compiles of them for the quick commands; bin/quick-start.js runs them. */
function keepCompiled(chunks) {
  const core = closureOf(chunks, (name) => name === 'main.js' || name.startsWith('chunks/count-'));
  for (const part of ['core', 'rest']) {
    const own = [...chunks].filter(([name]) => core.has(name) === (part === 'core'));
    const modules = own.map(
      ([name, code]) =>
        `${JSON.stringify(name)}:function(exports,require,module,__filename,__dirname,__import){${code}\n}`,
    );
    writeFileSync(path.join(program, `${part}.script`), `({${modules.join(',\n')}})\n`);
  }
  const home = mkdtempSync(path.join(tmpdir(), 'sesswatch-build-'));
  const quick = [['count'], ['snapshot'], ['ps'], []];
  const record = `require('./bin/quick-start.js').record(...${JSON.stringify([path.resolve(program), quick])})`;
  try {
    const env = { ...process.env, SESSWATCH_HOME: home, HOME: home };
    execFileSync(process.execPath, ['-e', record], { env, stdio: 'ignore' });
  } catch (error) {
    // The program runs without it, only slower.
    process.stderr.write(`no code cache was made: ${error.message}\n`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Some chunks and whatever they require at once. */
function closureOf(chunks, isWanted) {
  const found = new Set();
  const add = (name) => {
    if (found.has(name)) return;
    found.add(name);
    for (const [, to] of chunks.get(name).matchAll(/=require\("(\.[^"]+)"\)/g)) {
      add(path.posix.join(path.posix.dirname(name), to));
    }
  };
  for (const name of chunks.keys()) if (isWanted(name)) add(name);
  return found;
}
