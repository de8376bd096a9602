import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../kit/processes.js';
import { bundleScenario, canUnshare, play } from './namespace.js';
import { type Role, RUNS, type StageReport } from './runs.js';

// The program looks at all processes there are, so it runs where there are only those of this stage.
const isPossible = canUnshare();
const where = isPossible ? 'in a pid namespace' : 'skipped, needs root and a pid namespace of its own';

const OTHER_INITS = [
  ['an application, which may have started what hangs on it', 'server_main'],
  ['systemd', 'systemd'],
] as const;

describe.runIf(isPossible)(`reap among the living, ${where}`, () => {
  let folder: Stage;
  let report: StageReport;
  const others = new Map<string, StageReport>();
  beforeAll(async () => {
    folder = openStage();
    const scenario = await bundleScenario(folder.folder);
    await Promise.all([
      play(folder.folder, scenario, 'init').then((one) => {
        report = one;
      }),
      ...OTHER_INITS.map(async ([, first]) => others.set(first, await play(folder.folder, scenario, first, 'last'))),
    ]);
  }, 400_000);
  afterAll(() => folder.close());

  it('the stage holds at least 60 look-alikes and 40 processes that may be ended', () => {
    const living = report.roles.filter(({ needs }) => needs === 'stays');
    expect(living.length).toBeGreaterThanOrEqual(60);
    expect(report.roles.length - living.length).toBeGreaterThanOrEqual(40);
    expect(new Set(report.roles.map(({ name }) => name)).size).toBe(report.roles.length);
  });

  it.each(RUNS.map((run, at) => [run.title, run.flags.join(' '), at] as const))(
    '%s (%s): ends whom it may, and nobody else',
    (_, __, at) => {
      const run = RUNS[at];
      const { ended, code, err } = report.runs[at] ?? {};
      const gone = new Set(report.runs.slice(0, at).flatMap((earlier) => earlier.ended));
      const expected = report.roles.filter((role) => !gone.has(role.name) && run?.ends?.(role) === true);
      expect({ ended: [...(ended ?? [])].sort(), code, err }).toEqual({
        ended: names(expected),
        code: 0,
        err: '',
      });
    },
  );

  it('a plan for everything names no look-alike', () => {
    const living = new Set(names(report.roles.filter(({ needs }) => needs === 'stays')));
    const planned = report.runs.flatMap((run) => run.planned);
    expect(planned.length).toBeGreaterThan(40);
    expect(planned.filter((name) => living.has(name))).toEqual([]);
  });

  it('in the end all dead weight is gone and all look-alikes are there, with whatever they live under', () => {
    const gone = report.runs.flatMap((run) => run.ended);
    expect([...gone].sort()).toEqual(names(report.roles.filter(({ needs }) => needs !== 'stays')));
  });

  it.each(OTHER_INITS)('under a pid 1 that is %s, everything at once ends no look-alike', (_, first) => {
    const other = others.get(first);
    const mayGo = new Set(names(other?.roles.filter(({ needs }) => needs !== 'stays') ?? []));
    const ended = other?.runs.flatMap((run) => run.ended) ?? [];
    expect(ended.filter((name) => !mayGo.has(name))).toEqual([]);
    expect(ended.length).toBeGreaterThan(30);
  });
});

function names(roles: readonly Role[]): string[] {
  return roles.map(({ name }) => name).sort();
}
