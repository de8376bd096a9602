import type { Moment } from '../activity/moment.js';
import { type ActivityFiles, systemFiles } from '../activity/readers/system-files.js';
import type { Catalogue } from '../agents/catalogue/catalogue.js';
import type { HostDescription } from '../hosts/adapters/custom.js';
import type { ProcessSource } from '../process/scan.js';
import { type RunTool, runTool } from '../process/sources/run-tool.js';

/** Everything that an observation takes from the world. */
export interface ObserveEdges {
  readonly source: ProcessSource;
  readonly catalogue: Catalogue;
  /** Who we are: never dead weight, and whose files are ours. `uid` is absent on Windows. */
  readonly self: { readonly pid: number; readonly uid: number | undefined };
  readonly platform: NodeJS.Platform;
  /** Where agents of this user keep their files. */
  readonly home: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hosts of the user's own, from the configuration. */
  readonly hosts: readonly HostDescription[];
  /** The file in which one observation finds what the one before saw; `undefined` keeps nothing. */
  readonly ledgerFile: string | undefined;
  /** By the wall clock, and by one that stands still while the machine sleeps. */
  readonly now: () => Moment;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly files: ActivityFiles;
  /** Starts `ss`, when the standard streams of a suspect are sockets. */
  readonly run: RunTool;
}

/** The parts that are the same for whoever observes this machine. */
export const THIS_MACHINE = {
  now: (): Moment => ({ at: Date.now(), awakeSeconds: Number(process.hrtime.bigint()) / 1e9 }),
  wait: (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  files: systemFiles,
  run: runTool,
} as const satisfies Partial<ObserveEdges>;
