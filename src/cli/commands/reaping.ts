/** The commands that need the reaper, as one chunk, for the reason that `looking.ts` gives. */
export { hibernate } from './hibernate.js';
export { kill } from './kill.js';
export { reapCommand } from './reap.js';
export { resume } from './resume.js';
export { run } from './run.js';
export { why } from './why.js';
