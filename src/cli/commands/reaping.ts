/** The commands that need the reaper, as one chunk, for the reason that `looking.ts` gives. */
export { hibernate } from './act/hibernate.js';
export { kill } from './act/kill.js';
export { reapCommand } from './act/reap.js';
export { resume } from './act/resume.js';
export { run } from './act/run.js';
export { why } from './look/why.js';
