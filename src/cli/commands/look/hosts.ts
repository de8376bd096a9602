import path from 'node:path';
import { SesswatchError } from '../../../errors.js';
import { countMismatches, earlierServers, hostReport } from '../../../hosts/compare/report.js';
import { HOST_ADAPTERS, httpGet, probe } from '../../../hosts/live.js';
import { readHosts } from '../../../observe/read-hosts.js';
import { hostsText } from '../../../output/text/machine/hosts.js';
import { EXIT_DONE, EXIT_FOUND } from '../../exit-codes.js';
import { type Command, type Invocation, printJson, printLines } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { edgesOf, judgeNow } from '../../look/look.js';
import { openWorld, type World, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';
import { didYouMean } from '../../suggest.js';
import { savedSnapshots } from './snapshots.js';

interface Options {
  readonly host?: readonly string[];
  readonly home?: readonly string[];
  readonly exitCode?: boolean;
  readonly probe?: boolean;
}

/** What each host application believes, against what runs. */
export const hosts: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  if (world.isRecorded) {
    throw new SesswatchError('usage', 'registries of today say nothing of a recorded table', 'leave --from out');
  }
  const isWanted = wantedHosts(world, options.host);
  const { judged } = await judgeNow(invocation, options, world);
  const { scan } = judged.table;
  const comparisons = await readHosts(edgesOf(invocation, world), judged, {
    always: true,
    isWanted,
    homes: options.home?.map((folder) => path.resolve(invocation.cwd, folder)),
    earlier: earlierServers(lastHosts(invocation, scan.machine.bootId)),
    ...(options.probe === true ? { probe: (url, facts) => probe(httpGet, url, facts, () => performance.now()) } : {}),
  });
  const document = hostReport(comparisons, scan.takenAt, (pid) => judged.judgements.get(pid)?.idleSeconds);
  if (options.json === true) printJson(invocation, document);
  else {
    const layout = { width: widthOf(invocation, options), style: await styleOf(invocation, world) };
    printLines(invocation, hostsText(document, layout));
  }
  const seen = completeness(invocation, scan);
  if (seen !== EXIT_DONE) return seen;
  return options.exitCode === true && countMismatches(document) > 0 ? EXIT_FOUND : EXIT_DONE;
};

/** The host facts of the newest snapshot of this boot: growth is told against them. */
function lastHosts(invocation: Invocation, bootId: string | undefined): readonly unknown[] | undefined {
  const store = savedSnapshots(invocation);
  const [newest] = store.list().entries;
  if (newest === undefined) return undefined;
  const document = store.load(newest.id);
  return document.machine.bootId === bootId ? document.hosts : undefined;
}

function wantedHosts({ settings }: World, asked: readonly string[] | undefined) {
  if (asked === undefined) return undefined;
  const known = [...HOST_ADAPTERS.map(({ name }) => name), ...settings.hosts.map(({ name }) => name), 'agents'];
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  for (const name of asked) {
    if (known.some((one) => plain(one) === plain(name))) continue;
    throw new SesswatchError('usage', `unknown host '${name}'`, didYouMean(name, known, `known: ${known.join(', ')}`));
  }
  const wanted = new Set(asked.map(plain));
  return (name: string): boolean => wanted.has(plain(name));
}
