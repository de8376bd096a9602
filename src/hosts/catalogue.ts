import { type Command, commandOf, runsProgram } from '../command-line/command.js';
import type { ProcessRecord } from '../process/record.js';

/** What part of a host a process is. */
type HostKind =
  /** An orchestrator's server: starts agents for threads, panes or chats. */
  | 'server'
  /** A background service, parentless by design. */
  | 'worker'
  /** An application with windows of its own that starts agents or such a server. */
  | 'desktop'
  | 'editor'
  /** The process of an editor in which its extensions run; it may outlive its window. */
  | 'extension-host'
  /** The part of an editor that runs where the files are. */
  | 'remote-server';

export interface RecognisedHost {
  /** As people know it: `T3 Code`. */
  readonly name: HostName;
  readonly kind: HostKind;
}

export type HostName =
  | 'T3 Code'
  | 'Codeman'
  | 'claude-mem'
  | 'Hermes'
  | 'cc-haha'
  | 'VS Code'
  | 'Cursor'
  | 'Windsurf'
  | 'Zed'
  | 'JetBrains'
  | 'Antigravity'
  | 'Kiro'
  | 'Trae'
  | 'Claude Desktop'
  | 'Codex Desktop'
  | 'opencode Desktop';

/**
 * Which host application a process is, by its own row: program, script and leading arguments, never a part of
 * the whole command line (an editor that shows `worker-service.cjs` is not claude-mem). A host that hides its
 * arguments or was started by a relative path is found by its adapter instead, through the files it writes.
 */
export function recogniseHost(record: ProcessRecord, command: Command = commandOf(record)): RecognisedHost | undefined {
  // Kernel threads and zombies have neither.
  if ((record.argv?.length ?? 0) === 0 && record.exe === undefined) return undefined;
  for (const [name, kindOf] of HOSTS) {
    const kind = kindOf(command, record);
    if (kind !== undefined) return { name, kind };
  }
  return undefined;
}

type KindOf = (command: Command, record: ProcessRecord) => HostKind | undefined;

const HOSTS: readonly (readonly [HostName, KindOf])[] = [
  ['T3 Code', t3Code],
  ['Codeman', codeman],
  ['claude-mem', claudeMem],
  ['Hermes', hermes],
  ['cc-haha', ccHaha],
  [
    'VS Code',
    electronEditor(
      /(^|\/)(code|vscode|visual-studio-code|vscode-linux-[^/]+|code-insiders)\/code(-insiders)?$|\/(Microsoft VS Code( Insiders)?)\/Code( - Insiders)?(\.exe)?$|\/Visual Studio Code( - Insiders)?\.app\/|(^|\/)(codium|vscodium)(\.exe)?$/i,
      /^\.vscode(-server|-remote|-server-insiders|-server-oss)|^\.vscodium-server$|^code-server$/,
    ),
  ],
  ['Cursor', electronEditor(/(^|\/)cursor(\.exe|\.appimage)?$|\/Cursor\.app\//i, /^\.cursor-server/)],
  ['Windsurf', electronEditor(/(^|\/)windsurf(\.exe)?$|\/Windsurf\.app\//i, /^\.windsurf-server/)],
  ['Zed', zed],
  ['JetBrains', jetBrains],
  [
    'Antigravity',
    electronEditor(/(^|\/)antigravity\/(bin\/)?antigravity(\.exe)?$|\/Antigravity\.app\//i, /^\.antigravity-server/),
  ],
  ['Kiro', electronEditor(/(^|\/)kiro\/kiro(\.exe)?$|\/Kiro\.app\//i, /^\.kiro-server/)],
  ['Trae', electronEditor(/(^|\/)trae\/trae(\.exe)?$|\/Trae\.app\//i, /^\.trae-server/)],
  ['Claude Desktop', claudeDesktop],
  ['Codex Desktop', application(/\/Codex\.app\/Contents\/MacOS\/Codex$|\/Codex\.exe$/)],
  ['opencode Desktop', application(/\/OpenCode\.app\/Contents\/MacOS\/OpenCode$|\/OpenCode\.exe$/)],
];

/** `node …/t3/dist/bin.mjs`, npx's `…/.bin/t3`, or the backend inside the desktop application. */
function t3Code(command: Command): HostKind | undefined {
  if (
    command.scripts.some(({ what }) => /(\/t3\/dist\/bin\.mjs|\/apps\/server\/dist\/bin\.mjs|\/\.bin\/t3)$/.test(what))
  )
    return 'server';
  const application = command.programs.some((program) => /^T3 Code( \([^)]*\))?$/.test(program));
  return application && !hasType(command) ? 'desktop' : undefined;
}

/**
 * `codeman web`, or `node …/dist/index.js web` where the path or the working folder says Codeman: the script's
 * name alone is everyone's.
 */
function codeman(command: Command, record: ProcessRecord): HostKind | undefined {
  const isWeb = (rest: readonly string[]): boolean => rest[0] === 'web';
  if (runsProgram(command, CODEMAN) && isWeb(command.argv.slice(1))) return 'server';
  const found = command.scripts.some(({ what, rest }) => {
    if (!isWeb(rest)) return false;
    if (/(^|\/)(codeman|aicodeman)$/.test(what)) return true;
    if (!/(^|\/)(dist\/index\.js|src\/index\.ts)$/.test(what)) return false;
    const folder = what.startsWith('/') ? what : (record.detail?.cwd ?? '');
    return folder.split(/[/\\]/).some((part) => /^(ai)?codeman/i.test(part));
  });
  return found ? 'server' : undefined;
}
const CODEMAN = new Set(['codeman', 'aicodeman']);

/** `bun …/worker-service.cjs --daemon`; the hooks' short-lived `worker-service.cjs start` is none. */
function claudeMem(command: Command): HostKind | undefined {
  const found = command.scripts.some(
    ({ what, rest }) => /(^|\/)worker-service\.cjs$/.test(what) && rest.includes('--daemon'),
  );
  return found ? 'worker' : undefined;
}

/**
 * `hermes|python -m hermes_cli.main [--profile X] gateway run|dashboard|serve`: tokens in their places, as
 * Hermes' own `gateway/status.py` does it, since looking for the words anywhere had found strangers.
 */
function hermes(command: Command): HostKind | undefined {
  const readings: (readonly string[])[] = [];
  if (command.module?.what === 'hermes_cli.main') readings.push(command.module.rest);
  if (command.programs.includes('hermes')) readings.push(command.argv.slice(1));
  for (const { what, rest } of command.scripts) if (/(^|\/)hermes$/.test(what)) readings.push(rest);
  return readings.some(isHermesServer) ? 'server' : undefined;
}

function isHermesServer(words: readonly string[]): boolean {
  const rest: string[] = [];
  for (let at = 0; at < words.length && rest.length < 2; at += 1) {
    const word = words[at] ?? '';
    if (word === '--profile' || word === '-p') at += 1;
    else if (!word.startsWith('--profile=')) rest.push(word);
  }
  return rest[0] === 'dashboard' || rest[0] === 'serve' || (rest[0] === 'gateway' && rest[1] === 'run');
}

/** One binary for server, adapters and CLI: the mode is the first argument. */
function ccHaha(command: Command): HostKind | undefined {
  const sidecar = command.programs.some((program) => /^claude-sidecar(-|$)/.test(program));
  if (sidecar && command.argv[1] === 'server') return 'server';
  return command.programs.includes('Claude Code Haha') && !hasType(command) ? 'desktop' : undefined;
}

/**
 * Editors built on VS Code. Locally all their processes run one executable and differ by `--type`; extensions
 * run in a `node.mojom.NodeService` utility, on macOS in `… Helper (Plugin)`. Remotely, node runs scripts below
 * a folder such as `~/.vscode-server`.
 */
function electronEditor(executable: RegExp, serverFolder: RegExp): KindOf {
  return (command) => {
    if (command.paths.some((path) => executable.test(path))) {
      const extensions =
        command.argv.includes('--utility-sub-type=node.mojom.NodeService') ||
        command.programs.some((program) => program.endsWith('Helper (Plugin)'));
      return extensions ? 'extension-host' : 'editor';
    }
    const inServer = (path: string): boolean => path.split('/').some((part) => serverFolder.test(part));
    for (const { what, rest } of command.scripts) {
      if (!inServer(what)) continue;
      if (/\/bootstrap-fork(\.js)?$/.test(what) && rest.includes('--type=extensionHost')) return 'extension-host';
      if (/\/(server-main\.js|bootstrap-fork(\.js)?)$/.test(what)) return 'remote-server';
    }
    // The launcher of remote windows and tunnels: ~/.vscode-server/code-<commit> command-shell.
    const launcher = command.paths.some((path) => inServer(path) && /\/(code|cursor|windsurf)-[0-9a-f]+$/.test(path));
    return launcher ? 'remote-server' : undefined;
  };
}

function zed(command: Command): HostKind | undefined {
  if (command.programs.some((program) => /^zed-remote-server/.test(program))) return 'remote-server';
  return command.programs.some((program) => /^(zed|zed-editor|zeditor)$/i.test(program)) ? 'editor' : undefined;
}

/** The native launchers, or the bundled Java with the platform's main class. */
function jetBrains(command: Command): HostKind | undefined {
  if (command.programs.some((program) => JETBRAINS.test(program))) return 'editor';
  const java = command.programs.includes('java') && command.argv.includes('com.intellij.idea.Main');
  return java ? 'editor' : undefined;
}
const JETBRAINS =
  /^(idea|pycharm|webstorm|goland|phpstorm|rubymine|clion|rider|rustrover|datagrip|dataspell|android-studio)(64)?$/i;

/** `claude.exe` is also the name of the command-line agent: the folder tells them apart. */
function claudeDesktop(command: Command): HostKind | undefined {
  const found = command.paths.some((path) =>
    /\/Claude\.app\/Contents\/MacOS\/Claude$|\/AnthropicClaude\/(.*\/)?claude\.exe$|(^|\/)claude-desktop$/.test(path),
  );
  return found && !hasType(command) ? 'desktop' : undefined;
}

/** A window application by its path, which it does not share with the command-line agent of its name. */
function application(executable: RegExp): KindOf {
  return (command) =>
    command.paths.some((path) => executable.test(path)) && !hasType(command) ? 'desktop' : undefined;
}

/** Electron's own helpers (renderer, GPU, zygote) carry `--type`. */
function hasType(command: Command): boolean {
  return command.argv.some((word) => word.startsWith('--type='));
}
