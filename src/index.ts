/**
 * The library's face: read a process table, find the agents in it, remember and compare. Everything here takes
 * its clock, disk and environment as parameters.
 */
export { CATALOGUE, type Catalogue, catalogueWith } from './agents/catalogue.js';
export { classify } from './agents/classify.js';
export { resolveAgents } from './agents/lineage.js';
export { MARKER_NAMES } from './agents/markers.js';
export {
  type AgentTable,
  type Classification,
  isCounted,
  type Membership,
  type Role,
} from './agents/membership.js';
export { redactArgv } from './agents/redact.js';
export { type SeeRequest, seeAgents } from './agents/see.js';
export { type ErrorCode, SesswatchError } from './errors.js';
export {
  compareIdentity,
  type IdentityComparison,
  identityKey,
  type ProcessIdentity,
} from './process/identity.js';
export type { ProcessDetail, ProcessRecord } from './process/record.js';
export type {
  ClosePart,
  DetailField,
  Machine,
  ProcessSource,
  Scan,
  ScanProblem,
  SourceName,
} from './process/scan.js';
export { createProcfsSource, type ProcfsOptions } from './process/sources/procfs.js';
export { createRecordedSource } from './process/sources/recorded.js';
export { ageSeconds, createProcessTable, identityOf, type ProcessTable } from './process/table.js';
export { toSnapshot } from './snapshot/capture.js';
export type { ProcessEntry, SnapshotDocument, Totals } from './snapshot/document.js';
export { parseSnapshot } from './snapshot/format.js';
export { resolveRef } from './snapshot/refs.js';
export { openStore, type SnapshotStore } from './snapshot/store.js';
export type { Evidence, Judgement, Owner, Verdict } from './verdict/judgement.js';
