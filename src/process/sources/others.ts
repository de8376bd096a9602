/** Every source but procfs, as one chunk: none of them is needed for a quick look on Linux. */

export { createPortableSource } from './portable.js';
export { createPsSource } from './ps/ps.js';
export { createRecordedSource } from './recorded/recorded.js';
export { runTool } from './run-tool.js';
export { createCimSource } from './windows/cim.js';
export { createCimOrNamesSource } from './windows/cim-or-names.js';
