import { NEVER_AGENTS } from '../../../agents/catalogue/other-programs.js';
import { parseDuration } from '../../../config/duration.js';
import { messageOf, SesswatchError } from '../../../errors.js';
import { harmlessJson } from '../../../output/harmless.js';
import { sparkline } from '../../../output/sparkline.js';
import { whyText } from '../../../output/text/agents/why.js';
import { isDeadWeight } from '../../../output/words.js';
import type { SnapshotDocument } from '../../../snapshot/document/document.js';
import { memoryOf, treesOf } from '../../../snapshot/document/trees.js';
import { counted, formatBytes } from '../../../units.js';
import type { Screen } from '../../../watch/frame.js';
import { keyOf, type Sample } from '../../../watch/samples.js';
import { openView, type ViewEdges } from '../../../watch/view.js';
import { EXIT_DONE, EXIT_INCOMPLETE } from '../../exit-codes.js';
import { type Command, type CommonOptions, type Invocation, printLines } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { documentOf, judgeNow } from '../../look/look.js';
import { lookAndPlan } from '../../look/plan-now.js';
import { openWorld, refuseFrom, type World } from '../../look/world.js';
import { styleOf } from '../../style.js';
import { endFromView } from '../../watch/end.js';
import { openTerminal } from '../../watch/terminal.js';
import { savedSnapshots } from './snapshots.js';
import { whyOf } from './why.js';

interface Options {
  readonly every: string;
  readonly once?: boolean;
}

/** Shares of memory take longer to read than all the rest. */
const LIGHT = { memory: false };

/** Everything is read again at least after so many looks: owners, turns and files move unseen. */
const LOOKS_UNTIL_FULL = 30;

/** A live view on a terminal; a frame or documents for a pipe. */
export const watch: Command<Options> = async (invocation, options) => {
  refuseFrom(options, 'what is recorded does not move');
  const everySeconds = parseDuration(options.every);
  if (everySeconds <= 0) throw new SesswatchError('usage', `${options.every} is too often`, 'such as 2s');
  const world = await openWorld(invocation, options);
  if (options.json === true) return streamDocuments(invocation, options, world, everySeconds);
  const edges = await viewEdges(invocation, options, world);
  if (options.once === true) {
    const view = await openView(edges);
    printLines(invocation, view.lines());
    return view.isComplete() ? EXIT_DONE : EXIT_INCOMPLETE;
  }
  if (!invocation.isTerminal || process.stdin.isTTY !== true) {
    throw new SesswatchError('usage', 'watch needs a terminal', '--once prints one frame, --json a document a line');
  }
  return live(invocation, options, { world, edges, everySeconds });
};

async function streamDocuments(
  invocation: Invocation,
  options: Options & CommonOptions,
  world: World,
  everySeconds: number,
): Promise<number> {
  for (;;) {
    const document = documentOf(await judgeNow(invocation, options, world), world, {});
    invocation.out(`${harmlessJson(document)}\n`);
    if (options.once === true) return completeness(invocation, document);
    await new Promise((resolve) => setTimeout(resolve, everySeconds * 1000));
  }
}

async function viewEdges(invocation: Invocation, options: CommonOptions, world: World): Promise<ViewEdges> {
  const style = await styleOf(invocation, world);
  const screen = (): Screen => ({
    columns: (invocation.isTerminal ? process.stdout.columns : undefined) ?? invocation.columns ?? 80,
    rows: (invocation.isTerminal ? process.stdout.rows : undefined) ?? invocation.rows ?? 24,
    style,
  });
  return {
    screen,
    write: invocation.out,
    now: invocation.now,
    headline,
    measure: measurer(world),
    observe: async () => {
      const { document, plan, seen } = await lookAndPlan(invocation, { ...options, quiet: true }, world, LIGHT);
      const due = new Set(plan?.targets.flatMap(({ processes }) => processes.map(({ identity }) => identity.pid)));
      let whyNow: ReturnType<typeof whyOf> | undefined;
      return {
        document,
        isDue: ({ pid }) => due.has(pid),
        details(pid, samples) {
          // Made when somebody asks: most looks pass without.
          whyNow ??= whyOf(world, seen, { all: true });
          const why = whyNow(pid);
          if (why === undefined) return ['it has ended'];
          return [...whyText(why, style, screen().columns), '', ...sampleLines(samples)];
        },
      };
    },
  };
}

function sampleLines(samples: readonly Sample[]): string[] {
  const last = samples.at(-1);
  const cpu = samples.flatMap(({ cpuPercent }) => cpuPercent ?? []);
  return [
    `  memory  ${sparkline(
      samples.map(({ rssBytes }) => rssBytes),
      60,
    )} ${formatBytes(last?.rssBytes)}`,
    ...(cpu.length === 0 ? [] : [`  CPU     ${sparkline(cpu, 60)} ${Math.round(cpu.at(-1) ?? 0)}%`]),
  ];
}

/**
 * Rows of the processes that are listed, and of those that came in the last two looks: in the first a program may not
 * have taken the place of the shell that forked it.
 */
function measurer({ source }: World): ViewEdges['measure'] {
  let known: ReadonlySet<number> = new Set();
  let settled: ReadonlySet<number> = new Set();
  return async (listed) => {
    const here = new Set<number>();
    const isWanted = (pid: number): boolean => {
      here.add(pid);
      return listed.has(pid) || !settled.has(pid);
    };
    const { processes } = await source.scan({ skipProgram: () => true, isWanted });
    settled = new Set([...here].filter((pid) => known.has(pid)));
    known = here;
    const measured = processes.map((record) => {
      const { ppid, cpuSeconds, rssBytes, comm = '', kernelThread } = record;
      const mayMatter = kernelThread !== true && !NEVER_AGENTS.has(comm);
      return [keyOf(record), { ppid, cpuSeconds, rssBytes, mayMatter }] as const;
    });
    return { at: performance.now(), processes: new Map(measured) };
  };
}

function headline({ totals, processes }: SnapshotDocument): string {
  const heads = treesOf(processes).map(({ head }) => head);
  const dead = heads.filter(isDeadWeight);
  const held = (all: typeof heads): string => formatBytes(all.reduce((sum, one) => sum + (memoryOf(one) ?? 0), 0));
  const burning = processes.filter(({ runaway }) => runaway !== undefined).length;
  return [
    `${counted(totals.agents, 'agent')} ${held(heads)}`,
    dead.length === 0 ? 'no dead weight' : `dead weight ${dead.length}, ${held(dead)}`,
    ...(burning === 0 ? [] : [counted(burning, 'runaway')]),
  ].join(' · ');
}

interface Live {
  readonly world: World;
  readonly edges: ViewEdges;
  readonly everySeconds: number;
}

/** Until it is left. Whatever ends it, the terminal is as it was. */
async function live(
  invocation: Invocation,
  options: CommonOptions,
  { world, edges, everySeconds }: Live,
): Promise<number> {
  const view = await openView(edges);
  const terminal = openTerminal(edges.write);
  let timer: NodeJS.Timeout | undefined;
  let looks = 0;
  let isAway = false;
  let ending: Promise<void> = Promise.resolve();
  const over = new AbortController();
  const told = (error: unknown): void => view.say(messageOf(error));
  const again = (): void => {
    timer = setTimeout(() => void look().catch(told).finally(again), everySeconds * 1000);
  };
  async function look(): Promise<void> {
    if (isAway) return;
    await view.look(++looks % LOOKS_UNTIL_FULL === 0);
    if (!isAway) view.draw();
  }
  /** Gives the terminal to somebody else for a while. */
  async function away(work: () => Promise<void>): Promise<void> {
    isAway = true;
    terminal.leave();
    try {
      await work();
    } finally {
      isAway = false;
    }
    if (over.signal.aborted) return;
    terminal.enter();
    await view.look(true);
    view.redraw();
  }
  try {
    terminal.enter();
    view.redraw();
    again();
    return await new Promise<number>((resolve) => {
      terminal.listen({
        onResize: () => view.redraw(),
        onSignal(code) {
          over.abort();
          // What was begun is brought to its end first.
          void ending.finally(() => resolve(code));
        },
        onKey(key) {
          const effect = view.press(key);
          switch (effect?.kind) {
            case 'quit':
              return resolve(EXIT_DONE);
            case 'suspend':
              return terminal.suspend();
            case 'redraw':
              return view.redraw();
            case 'snapshot':
              return void save(invocation, options, world).then(view.say, told);
            case 'end':
              ending = away(() =>
                endFromView(invocation, options, {
                  world,
                  action: effect.action,
                  entries: view.entriesOf(effect.keys),
                  over: over.signal,
                }),
              ).catch(told);
              return undefined;
            case undefined:
              return undefined;
          }
        },
      });
    });
  } finally {
    clearTimeout(timer);
    terminal.leave();
  }
}

async function save(invocation: Invocation, options: CommonOptions, world: World): Promise<string> {
  const seen = documentOf(await judgeNow(invocation, { ...options, quiet: true }, world), world, { label: 'watch' });
  const { id } = savedSnapshots(invocation).save(seen);
  return `saved ${id}: sesswatch diff ${id}`;
}
