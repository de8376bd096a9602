/** Every source but procfs, as one chunk: none of them is needed for a quick look on Linux. */
export { createCimSource } from './cim.js';
export { createPortableSource } from './portable.js';
export { createPsSource } from './ps.js';
export { createRecordedSource } from './recorded.js';
export { runTool } from './run-tool.js';
