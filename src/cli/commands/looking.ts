/**
 * The commands that look, as one chunk: each further chunk costs a command a millisecond at its start, which is more
 * than the code of all of these (docs/performance.md).
 */
export { diff } from './diff.js';
export { orphans } from './orphans.js';
export { overview } from './overview.js';
export { ps } from './ps.js';
export { snapshot } from './snapshot.js';
export { listSnapshots, pruneSnapshots, removeSnapshots, showSnapshot } from './snapshots.js';
export { tree } from './tree.js';
export { trend } from './trend.js';
export { verdicts } from './verdicts.js';
