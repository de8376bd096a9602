/** What reading a configuration file takes, as one chunk: only loaded when there is one. */
export { readConfigFile } from './files.js';
export { readSettings } from './schema.js';
