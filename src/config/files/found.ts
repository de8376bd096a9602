/** What reading a configuration file takes, as one chunk: only loaded when there is one. */

export { readSettings } from '../schema.js';
export { readConfigFile } from './read.js';
