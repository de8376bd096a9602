/** What a look at running hosts takes, as one chunk: only loaded where a host runs, or is asked for. */
export { customHost } from './adapters/custom.js';
export { HOST_ADAPTERS, lookAtHosts } from './read-hosts.js';
export { readPorts } from './registries/ports.js';
export { httpGet, probe } from './registries/probe.js';
export { createHostReaders } from './registries/readers.js';
