// Runs dist/program as two scripts out of V8's code cache, which build.js makes for the Node that it runs under: `core`,
// what every command and `count` take, and `rest`. Node takes a third of a short command's time to find, read and
// compile the program's chunks (docs/performance.md); with another Node, or without the cache, they are loaded one by one.
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

exports.start = function start() {
  const folder = path.join(__dirname, '../dist/program');
  const core = fromCache(folder, 'core');
  if (core === undefined) require('../dist/program/main.js');
  else run(core, () => fromCache(folder, 'rest') ?? compile(folder, 'rest').runInThisContext(), folder);
};

/** Runs commands, one after the other, and keeps what V8 compiled for them. For build.js. */
exports.record = function record(folder, commands) {
  const scripts = { core: compile(folder, 'core'), rest: compile(folder, 'rest') };
  const left = [...commands];
  const next = () => {
    const args = left.shift();
    if (args === undefined) return;
    process.argv = [process.argv[0], __filename, ...args];
    run(scripts.core.runInThisContext(), () => scripts.rest.runInThisContext(), folder);
  };
  process.on('beforeExit', next);
  process.on('exit', () => {
    for (const part of ['core', 'rest']) {
      writeFileSync(cacheFile(folder, part), scripts[part].createCachedData());
    }
  });
  next();
};

function fromCache(folder, part) {
  let cachedData;
  try {
    cachedData = readFileSync(cacheFile(folder, part));
  } catch {
    // Not made for this Node.
    return undefined;
  }
  const script = compile(folder, part, cachedData);
  // Rejected under flags that change what V8 compiles, as a profiler's.
  return script.cachedDataRejected === true ? undefined : script.runInThisContext();
}

function cacheFile(folder, part) {
  return path.join(folder, `${part}-${process.versions.v8}-${process.arch}.cache`);
}

function compile(folder, part, cachedData) {
  const filename = path.join(folder, `${part}.script`);
  // The bundle is ASCII: read as single bytes.
  return new vm.Script(readFileSync(filename, 'latin1'), { filename, cachedData });
}

const importHere = (name) => import(name);

/** The modules of the scripts by their paths in dist/program, each called as Node would. */
function run(core, readRest, folder) {
  let rest;
  const loaded = new Map();
  const load = (name) => {
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    if (core[name] === undefined) rest ??= readRest();
    const define = core[name] ?? rest[name];
    const module = { exports: {} };
    loaded.set(name, module);
    const file = path.join(folder, name);
    const from = path.posix.dirname(name);
    const requireHere = (id) => (id.startsWith('.') ? load(path.posix.join(from, id)) : require(id));
    define(module.exports, requireHere, module, file, path.dirname(file), importHere);
    return module.exports;
  };
  load('main.js');
}
