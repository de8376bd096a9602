import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseDuration } from '../../../config/duration.js';
import { SesswatchError } from '../../../errors.js';
import type { ReportInput, ReportMark } from '../../../output/report-content.js';
import { endedSomething, readHistory } from '../../../reap/journal/read.js';
import { anonymous } from '../../../snapshot/document/anonymous.js';
import { trendOf } from '../../../snapshot/trend/trend.js';
import { writeFileAtomic } from '../../../state/atomic-write.js';
import { counted } from '../../../units.js';
import { type Command, type Invocation, printLines } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { look } from '../../look/look.js';
import { openWorld, refuseFrom, stateFolder } from '../../look/world.js';
import { VERSION } from '../../version.js';
import { savedSnapshots } from './snapshots.js';

interface Options {
  readonly since: string;
  readonly out?: string;
  readonly markdown?: boolean;
  readonly anonymous?: boolean;
  readonly open?: boolean;
}

/** What runs now and how it came, as a page or as Markdown. */
export const report: Command<Options> = async (invocation, options) => {
  refuseFrom(options, 'a report is of this machine and its snapshots');
  if (options.json === true) {
    throw new SesswatchError('usage', 'a report is no JSON', 'sesswatch snapshot --json, sesswatch trend --json');
  }
  const world = await openWorld(invocation, options);
  const seen = await look(invocation, options, world, { memory: true });
  const since = invocation.now() - parseDuration(options.since) * 1000;
  const { entries, problems } = savedSnapshots(invocation).summaries();
  for (const { message, hint } of problems) invocation.err(`sesswatch: ${message} (${hint})\n`);
  const summaries = [...entries].reverse();
  const input: ReportInput = {
    document: options.anonymous === true ? anonymous(seen) : seen,
    byAgent: trendOf(summaries, { by: 'agent', since }),
    byHost: trendOf(summaries, { by: 'host', since }),
    marks: marksOf(invocation),
    version: VERSION,
  };
  await write(invocation, options, await textOf(input, options));
  return completeness(invocation, seen);
};

async function textOf(input: ReportInput, { markdown }: Options): Promise<string> {
  if (markdown === true) {
    const { reportMarkdown } = await import('../../../output/report-markdown.js');
    return `${reportMarkdown(input).join('\n')}\n`;
  }
  const { reportPage } = await import('../../../output/html/page.js');
  const { loadDrawing } = await import('../../../output/html/chart.js');
  return reportPage(input, await loadDrawing());
}

async function write(invocation: Invocation, options: Options, text: string): Promise<void> {
  const isKept = options.open === true || (invocation.isTerminal && options.markdown !== true);
  const name = options.out ?? (isKept ? 'sesswatch-report.html' : undefined);
  if (name === undefined) {
    invocation.out(text);
    return;
  }
  const file = path.resolve(invocation.cwd, name);
  writeFileAtomic(file, text, { mode: 0o600, privateFolder: false, durable: false });
  printLines(invocation, [`Wrote ${file}`]);
  if (options.open === true) show(invocation, file);
}

const VIEWERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

function show(invocation: Invocation, file: string): void {
  const [program, ...args] = VIEWERS[invocation.platform] ?? ['xdg-open'];
  const viewer = spawn(program, [...args, file], { detached: true, stdio: 'ignore' });
  viewer.once('error', () => invocation.err(`sesswatch: there is no ${program} here to show it\n`));
  viewer.unref();
}

function marksOf(invocation: Invocation): ReportMark[] {
  return readHistory(stateFolder(invocation))
    .filter(endedSomething)
    .map(({ startedAt, start, end }) => ({
      at: Date.parse(startedAt),
      text: `${start?.action ?? 'reap'} ended ${counted(end?.ended ?? 0, 'process', 'processes')}`,
    }));
}
