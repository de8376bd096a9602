#!/usr/bin/env node
// The bundle takes Node's own modules from here (build.js says why); Node before 20.16 lacks it.
if (process.getBuiltinModule === undefined) {
  const { createRequire } = await import('node:module');
  process.getBuiltinModule = createRequire(import.meta.url);
}
await import('../dist/main.js');
