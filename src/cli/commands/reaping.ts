/** The commands that need the reaper, as one chunk, for the reason that `looking.ts` gives. */
export { reapCommand } from './reap.js';
export { run } from './run.js';
export { why } from './why.js';
