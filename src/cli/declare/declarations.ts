import { declareCompletion, declareConfig, declareDoctor, declareReap, declareRun, declareSchedule } from './act.js';
import { declareCount } from './count.js';
import type { Declare } from './declaration.js';
import {
  declareDiff,
  declareHosts,
  declareMetrics,
  declareOrphans,
  declarePs,
  declareReport,
  declareSnapshot,
  declareSnapshots,
  declareTree,
  declareTrend,
  declareWatch,
  declareWhy,
} from './look.js';
import { declareHibernate, declareKill, declareResume } from './sessions.js';

/** Every command, in the order in which help lists them. Each imports what it runs inside its action. */
export const DECLARATIONS: ReadonlyMap<string, Declare> = new Map<string, Declare>([
  ['snapshot', declareSnapshot],
  ['snapshots', declareSnapshots],
  ['count', declareCount],
  ['ps', declarePs],
  ['tree', declareTree],
  ['orphans', declareOrphans],
  ['watch', declareWatch],
  ['why', declareWhy],
  ['diff', declareDiff],
  ['run', declareRun],
  ['trend', declareTrend],
  ['report', declareReport],
  ['hosts', declareHosts],
  ['metrics', declareMetrics],
  ['reap', declareReap],
  ['kill', declareKill],
  ['hibernate', declareHibernate],
  ['resume', declareResume],
  ['schedule', declareSchedule],
  ['config', declareConfig],
  ['doctor', declareDoctor],
  ['completion', declareCompletion],
]);
