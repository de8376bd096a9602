/**
 * The commands that look, as one chunk: each further chunk costs a command a millisecond at its start, which is more
 * than the code of all of these (docs/performance.md).
 */

export { verdicts } from './about/verdicts.js';
export { diff } from './look/diff.js';
export { orphans } from './look/orphans.js';
export { overview } from './look/overview.js';
export { ps } from './look/ps.js';
export { snapshot } from './look/snapshot.js';
export { listSnapshots, pruneSnapshots, removeSnapshots, showSnapshot } from './look/snapshots.js';
export { tree } from './look/tree.js';
export { trend } from './look/trend.js';
