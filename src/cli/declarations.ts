import type { Declare } from './declaration.js';
import {
  declareCompletion,
  declareConfig,
  declareDoctor,
  declareReap,
  declareRun,
  declareSchedule,
} from './declare/act.js';
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
} from './declare/look.js';
import { declareHibernate, declareKill, declareResume } from './declare/sessions.js';
import { declareCount } from './declare-count.js';

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
