/**
 * The library's face: read a process table, judge the agents in it, compare, plan what could be ended. Everything here
 * takes its clock, disk and environment as parameters; docs/library.md has the shapes and an example.
 */
export { CATALOGUE, type Catalogue, catalogueWith } from './agents/catalogue/catalogue.js';
export { MARKER_NAMES } from './agents/catalogue/markers.js';
export {
  type AgentTable,
  type Classification,
  isCounted,
  type Membership,
  type Role,
} from './agents/membership.js';
export { classify } from './agents/recognise/classify.js';
export { resolveAgents } from './agents/resolve/resolve.js';
export { shownArgv } from './agents/shown.js';
export { type ErrorCode, SesswatchError } from './errors.js';
export { createSource, type SourceRequest } from './observe/create-source.js';
export { type ObserveEdges, THIS_MACHINE } from './observe/edges.js';
export { type Observation, type ObserveRequest, observe } from './observe/observe.js';
export { type SeeRequest, seeAgents } from './observe/scan-agents.js';
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
export { createProcfsSource, type ProcfsOptions } from './process/sources/procfs/procfs.js';
export { createRecordedSource } from './process/sources/recorded/recorded.js';
export { ageSeconds, createProcessTable, identityOf, type ProcessTable } from './process/table.js';
export { type Plan, plan } from './reap/plan/plan.js';
export { DEFAULT_POLICY, type Policy } from './reap/plan/policy/policy.js';
export { diffSnapshots as diff } from './snapshot/diff/diff.js';
export { toSnapshot } from './snapshot/document/capture.js';
export type { ProcessEntry, SnapshotDocument, Totals } from './snapshot/document/document.js';
export { parseSnapshot } from './snapshot/document/format.js';
export { resolveRef } from './snapshot/store/refs.js';
export { openStore, type SnapshotStore } from './snapshot/store/store.js';
export { DEFAULT_JUDGE_POLICY, type JudgeInput, type JudgePolicy } from './verdict/input.js';
export { judgeTable as judge } from './verdict/judge-table.js';
export type { Evidence, JudgedTable, Judgement, Owner, Verdict, Veto } from './verdict/judgement.js';
export type { Trace } from './verdict/traces/trace.js';
