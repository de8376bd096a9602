import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAgentProcess } from '../../src/agents/membership.js';
import { groupList } from '../../src/output/text/agents/group-list.js';
import { orphansText } from '../../src/output/text/agents/orphans.js';
import { overviewText } from '../../src/output/text/agents/overview.js';
import { chooseColumns, processList, sortEntries } from '../../src/output/text/agents/process-list.js';
import { snapshotText } from '../../src/output/text/agents/snapshot.js';
import { treeText } from '../../src/output/text/agents/tree.js';
import { whyText } from '../../src/output/text/agents/why.js';
import { diffText } from '../../src/output/text/compare/diff.js';
import { widthOf } from '../../src/output/width.js';
import { isDeadWeight } from '../../src/output/words.js';
import { diffSnapshots } from '../../src/snapshot/diff/diff.js';
import { parseExpectation } from '../../src/snapshot/diff/expectation.js';
import { treesOf } from '../../src/snapshot/document/trees.js';
import { frameOf, roomOf } from '../../src/watch/frame.js';
import { rowsOf, sessionsOf } from '../../src/watch/rows.js';
import { FIRST_STATE, settle } from '../../src/watch/state.js';
import { agent } from '../kit/diff-documents.js';
import { screenDocument } from '../kit/screen-document.js';
import { PLAIN } from '../kit/style.js';

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'UTC';
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const document = screenDocument();
const agents = sortEntries(document.processes.filter(isAgentProcess));
const due = [
  { pids: [4121, 4130], memoryBytes: 572_000_000 },
  { pids: [5001], memoryBytes: 60_000_000 },
];
const find = (pid: number) => document.processes.find((one) => one.pid === pid) ?? { pid };
const later = { ...document, processes: document.processes.filter(({ pid }) => pid !== 1) };
/** Two minutes earlier: a session that went since, and without the one that took over another's. */
const earlier = {
  ...later,
  takenAt: '2026-01-15T10:39:00.000Z',
  processes: [
    ...later.processes.filter(({ pid }) => pid !== 4180),
    agent(4400, { sessionId: '1c0ffee0-0000-4000-8000-000000000003', owner: find(4180).owner }),
  ],
};

const SCREENS: Record<string, (width: number) => string[]> = {
  overview: (width) => overviewText(document, due, { width, style: PLAIN }),
  ps: (width) => processList(agents, chooseColumns(undefined, agents, width), { width, style: PLAIN }),
  'ps-by-host': (width) => groupList(agents, 'host', { width, style: PLAIN }),
  snapshot: (width) =>
    snapshotText(document, { width, height: ROWS[width], style: PLAIN, rows: 'agents', savedBytes: 9_120 }),
  'snapshot-with-helpers': (width) =>
    snapshotText(document, { width, height: ROWS[width], style: PLAIN, rows: 'members', savedBytes: undefined }),
  diff: (width) => diffText(diffSnapshots(earlier, later, [parseExpectation('gemini=0')]), { width, style: PLAIN }),
  orphans: (width) =>
    orphansText(
      document.processes.filter(isDeadWeight),
      ({ pid }) => (pid === 4121 || pid === 5001 ? 'would end it now' : undefined),
      { width, style: PLAIN, takenAt: document.takenAt },
    ),
  tree: (width) => treeText(treesOf(document.processes), { width, style: PLAIN }),
  why: (width) =>
    whyText(
      {
        schema: 'sesswatch/why/1',
        takenAt: document.takenAt,
        process: find(3310),
        ancestors: [find(1)],
        descendants: [],
        chain: 'none: its host node(3300) ended',
        reason: find(3310).reason,
        reap: { would: false, reason: 'idle is not proven yet', liftedBy: '--idle 0' },
        notes: [],
      },
      PLAIN,
      width,
    ),
  watch: (width) => {
    const rows = rowsOf(sessionsOf(document, new Map()), { ...FIRST_STATE, unfolded: new Set(['4121/41210']) });
    const screen = { columns: width, rows: ROWS[width] ?? 24, style: PLAIN };
    const state = settle(FIRST_STATE, { rows, room: roomOf(screen) });
    const headline = '6 agents 2.1 GB · dead weight 4, 0.9 GB';
    const isDue = ({ pid }: { readonly pid: number }) => pid === 4121 || pid === 5001;
    return frameOf({ state, rows, headline, now: document.takenAt, isComplete: true, isDue }, screen);
  },
};
/** Screens as people have them: as wide as high. */
const ROWS: Record<number, number> = { 80: 24, 120: 40, 200: 50 };

describe.each(Object.keys(SCREENS))('the screen of %s', (name) => {
  it.each([80, 120, 200])('at %i columns is the one that was looked at', async (width) => {
    const lines = SCREENS[name]?.(width) ?? [];
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`../../fixtures/screens/${name}-${width}.txt`);
    // A command to paste is never broken.
    for (const line of lines.filter((one) => !one.startsWith('  resume')))
      expect(widthOf(line), line).toBeLessThanOrEqual(width);
  });
});
