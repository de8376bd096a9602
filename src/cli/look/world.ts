import { type Catalogue, catalogueWith } from '../../agents/catalogue/catalogue.js';
import { type Config, loadConfig } from '../../config/load.js';
import type { Settings } from '../../config/settings.js';
import { SesswatchError } from '../../errors.js';
import { createSource } from '../../observe/create-source.js';
import type { ProcessSource } from '../../process/scan.js';
import type { SnapshotDocument } from '../../snapshot/document/document.js';
import { stateHome } from '../../state/home.js';
import { assertOwnState } from '../../state/private-folder.js';
import type { JudgePolicy } from '../../verdict/input.js';
import { type CommonOptions, type Invocation, remark } from '../invocation.js';
import { didYouMean } from '../suggest.js';

/** What a command works with: settings, the catalogue they add to, and the processes to look at. */
export interface World {
  readonly config: Config;
  readonly settings: Settings;
  readonly catalogue: Catalogue;
  readonly source: ProcessSource;
  /** What is looked at is a file, not the running processes. */
  readonly isRecorded: boolean;
  /** What a machine without a name of its own is called among several: the file that `--from` names. */
  readonly file?: string | undefined;
  /** `--agent`, checked against the catalogue. */
  readonly agentNames: readonly string[] | undefined;
}

/**
 * What a command works with that takes several `--from`: one world each, and that of this machine without any.
 * @throws SesswatchError `usage`, `config`, `format`
 */
export async function openWorlds(
  invocation: Invocation,
  options: CommonOptions,
): Promise<readonly [World, ...World[]]> {
  const { from = [] } = options;
  const [file, ...others] = from;
  const first = await openWorld(invocation, file === undefined ? options : { ...options, from: [file] });
  const more = others.map(async (one) => ({ ...first, source: await recordedSource(invocation, one), file: one }));
  return [first, ...(await Promise.all(more))];
}

/**
 * @param flags settings given as flags of this command, by their key
 * @throws SesswatchError `usage`, `config`, `format`
 */
export async function openWorld(
  invocation: Invocation,
  options: CommonOptions,
  flags: Parameters<typeof loadConfig>[0]['flags'] = {},
): Promise<World> {
  const [file, ...more] = options.from ?? [];
  if (more.length > 0) {
    throw new SesswatchError('usage', 'this command looks at one machine', 'ps and count take several --from');
  }
  const { env, cwd, home, platform } = invocation;
  const config = await loadConfig({
    env,
    cwd,
    home,
    platform,
    file: options.config,
    flags: {
      ...flags,
      source: options.source,
      color: options.color === true ? undefined : options.color,
      agents: options.addAgent,
      mcpServers: options.addMcpServer,
      hosts: options.addHost,
    },
  });
  for (const warning of config.warnings) remark(invocation, options, warning);
  const settings = config.settings;
  const catalogue = catalogueWith(settings.agents, settings.mcpServers);
  const source =
    file === undefined
      ? await createSource({
          ...invocation,
          source: settings.source,
          systemRoot: invocation.env.SystemRoot,
        })
      : await recordedSource(invocation, file);
  if (options.verbose === true) tellWhere(invocation, options, { config, source });
  return {
    config,
    settings,
    catalogue,
    source,
    isRecorded: file !== undefined,
    file,
    agentNames: knownAgents(catalogue, options.agent),
  };
}

/** For `--verbose`: where everything comes from. */
function tellWhere(
  invocation: Invocation,
  options: CommonOptions,
  { config, source }: Pick<World, 'config' | 'source'>,
): void {
  const read = config.files.length === 0 ? 'none' : config.files.map(({ file }) => file).join(', ');
  remark(invocation, options, `processes from: ${options.from?.[0] ?? source.name}`);
  remark(invocation, options, `configuration files: ${read}`);
  remark(invocation, options, `state folder: ${stateHome(invocation) ?? 'none'}`);
}

/** A snapshot, a capture, or the text of `ps`, in place of the running processes. */
export async function recordedSource(invocation: Invocation, file: string): Promise<ProcessSource> {
  const { readRecordedFile } = await import('./recorded-file.js');
  return readRecordedFile(invocation, file);
}

/**
 * For commands that look at something else than a process table: `--from` would be read and then not used.
 * @throws SesswatchError `usage`
 */
export function refuseFrom(options: CommonOptions, what: string): void {
  if (options.from !== undefined) throw new SesswatchError('usage', what, 'leave --from out');
}

/** Where files are kept. @throws SesswatchError `storage` when nothing says where, or it is somebody else's */
export function stateFolder(invocation: Invocation): string {
  const folder = stateHome(invocation);
  if (folder !== undefined) {
    assertOwnState(folder);
    return folder;
  }
  throw new SesswatchError('storage', 'there is no home folder to keep files in', 'set SESSWATCH_HOME');
}

/** How the judge is to judge, by the settings. */
export function judgePolicy({ settings, config }: Pick<World, 'settings' | 'config'>): JudgePolicy {
  return {
    idleSeconds: settings.idle,
    protect: config.protect,
    trusted: trustedCatalogue(settings),
    allUsers: false,
  };
}

/** The catalogue without what a project file added; `undefined` when it added nothing. */
function trustedCatalogue({ agents, mcpServers }: Settings): Catalogue | undefined {
  const isOwn = (entry: { readonly seenOnly?: true | undefined }): boolean => entry.seenOnly !== true;
  if (agents.every(isOwn) && mcpServers.every(isOwn)) return undefined;
  return catalogueWith(agents.filter(isOwn), mcpServers.filter(isOwn));
}

/** Columns to fit into; `undefined` cuts nothing. */
export function widthOf(invocation: Invocation, options: CommonOptions): number | undefined {
  return options.wide === true ? undefined : invocation.columns;
}

/** What to say when there is nothing to list. */
export function noAgents(
  { isRecorded, agentNames = [] }: Pick<World, 'isRecorded' | 'agentNames'>,
  { complete }: Pick<SnapshotDocument, 'complete'>,
): string {
  if (!complete) return isRecorded ? 'not all of this file could be read' : 'what runs could not be read in full';
  const what = agentNames.length === 0 ? 'coding agent' : agentNames.join(' or ');
  return isRecorded ? `there is no ${what} in this file` : `no ${what} is running`;
}

function knownAgents(catalogue: Catalogue, asked: readonly string[] | undefined): readonly string[] | undefined {
  if (asked === undefined) return undefined;
  const names = catalogue.agents.map((entry) => entry.name);
  for (const name of asked) {
    if (names.includes(name)) continue;
    throw new SesswatchError('usage', `unknown agent '${name}'`, didYouMean(name, names, `known: ${names.join(' ')}`));
  }
  return asked;
}
