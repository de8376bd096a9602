// Runs dist/program as one script out of V8's code cache, which build.js makes for the Node that it runs under. Node
// takes a third of a short command's time to find, read and compile the program's chunks (docs/performance.md); with
// another Node, or without the cache, they are loaded one by one.
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

exports.start = function start() {
  const folder = path.join(__dirname, '../dist/program');
  const modules = fromCache(folder);
  if (modules === undefined) require('../dist/program/main.js');
  else run(modules, folder);
};

/** Runs commands, one after the other, and keeps what V8 compiled for them. For build.js. */
exports.record = function record(folder, commands) {
  const script = compile(folder, undefined);
  const left = [...commands];
  const next = () => {
    const args = left.shift();
    if (args === undefined) return;
    process.argv = [process.argv[0], __filename, ...args];
    run(script.runInThisContext(), folder);
  };
  process.on('beforeExit', next);
  process.on('exit', () => writeFileSync(cacheFile(folder), script.createCachedData()));
  next();
};

function fromCache(folder) {
  let cachedData;
  try {
    cachedData = readFileSync(cacheFile(folder));
  } catch {
    // Not made for this Node.
    return undefined;
  }
  const script = compile(folder, cachedData);
  // Rejected under flags that change what V8 compiles, as a profiler's.
  return script.cachedDataRejected === true ? undefined : script.runInThisContext();
}

function cacheFile(folder) {
  return path.join(folder, `program-${process.versions.v8}-${process.arch}.cache`);
}

function compile(folder, cachedData) {
  const filename = path.join(folder, 'program.js');
  // The bundle is ASCII: read as single bytes.
  return new vm.Script(readFileSync(filename, 'latin1'), { filename, cachedData });
}

const importHere = (name) => import(name);

/** The modules of program.js by their paths in dist/program, each as Node would call it. */
function run(modules, folder) {
  const loaded = new Map();
  const load = (name) => {
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    const file = path.join(folder, name);
    const from = path.posix.dirname(name);
    const requireHere = (id) => (id.startsWith('.') ? load(path.posix.join(from, id)) : require(id));
    modules[name](module.exports, requireHere, module, file, path.dirname(file), importHere);
    return module.exports;
  };
  load('main.js');
}
