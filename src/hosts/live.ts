/** What a look at running hosts takes, as one chunk: only loaded where a host runs, or is asked for. */
export { customHost } from './custom.js';
export { HOST_ADAPTERS, lookAtHosts } from './look.js';
export { readPorts } from './ports.js';
export { httpGet, probe } from './probe.js';
export { createHostReaders } from './readers.js';
