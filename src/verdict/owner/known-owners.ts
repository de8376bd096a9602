import { isCounted, type Membership } from '../../agents/membership.js';
import { type Ran, ranBy } from '../../command-line/interpreters.js';
import { type HostName, recogniseHost } from '../../hosts/catalogue.js';
import { argv0, basename, nameOf, type ProcessRecord } from '../../process/record.js';
import type { OwnerKind } from '../judgement.js';

/** What a live ancestor is to the processes below it. */
export type Link =
  /** Nobody's owner: what is above it decides. A shell is interactive or runs one command. */
  | { readonly as: 'shell' }
  /** Waits for what it started. A job is its owner where nothing else is above; a launcher or an adapter never is. */
  | { readonly as: 'wrapper'; readonly isJob: boolean; readonly name: string }
  | { readonly as: 'owner'; readonly kind: OwnerKind; readonly name: string; readonly host?: HostName };

/** What an ancestor is, by its row and by what it is to an agent. Whoever is not known is a program, an owner. */
export function linkOf(record: ProcessRecord, member: Membership | undefined): Link {
  const host = recogniseHost(record);
  if (host !== undefined) return { as: 'owner', kind: 'host', name: host.name, host: host.name };
  if (member !== undefined) {
    if (member.role === 'infrastructure') {
      return { as: 'owner', kind: 'infrastructure', name: member.agent ?? nameOf(record) };
    }
    if (isCounted(member)) {
      return { as: 'owner', kind: 'agent', name: member.agent ?? nameOf(record) };
    }
    if (member.role === 'launcher' || member.role === 'adapter') {
      return { as: 'wrapper', isJob: false, name: nameOf(record) };
    }
  }
  const names = namesOf(record);
  for (const name of names) {
    const known = OWNERS.get(name);
    if (known !== undefined) return { as: 'owner', ...known };
  }
  for (const [pattern, kind, name] of OWNER_PATTERNS) {
    if (names.some((one) => pattern.test(one))) return { as: 'owner', kind, name };
  }
  // Where only the executable was read, a script that is named as one of the above looks like its shell.
  if (record.comm !== undefined || record.argv !== undefined) {
    if (names.some((one) => SHELLS.has(one))) return shellLink(record);
    const wrapper = names.find((one) => WRAPPERS.has(one) || PACKAGE_RUNNERS.has(one));
    if (wrapper !== undefined) {
      return { as: 'wrapper', isJob: WRAPPERS.has(wrapper), name: wrapper };
    }
    const npm = npmCommand(record);
    if (npm !== undefined) return { as: 'wrapper', isJob: !NPM_LAUNCHES.has(npm), name: 'npm' };
    const runner = names.find((one) => JOB_RUNNERS.has(one));
    if (runner !== undefined) return { as: 'owner', kind: 'script', name: runner };
  }
  return { as: 'owner', kind: 'program', name: nameOf(record) };
}

/** A shell that runs a script is that script, and may have more to do. */
function shellLink(record: ProcessRecord): Link {
  const ran = shellRuns(record);
  if (ran?.kind !== 'script') return { as: 'shell' };
  return { as: 'owner', kind: 'script', name: basename(ran.path) };
}

function shellRuns({ argv }: ProcessRecord): Ran | undefined {
  return argv === undefined ? undefined : ranBy('shell', argv.slice(1));
}

/** Whether it is a shell by its program's name. */
export function isShell(record: ProcessRecord): boolean {
  return namesOf(record).some((name) => SHELLS.has(name));
}

/**
 * The names by which a program can be known: what the kernel calls it (a script by its own name), argv[0] and
 * the executable. A login shell's argv[0] starts with `-`; tmux and screen rename themselves.
 */
function namesOf(record: ProcessRecord): string[] {
  const first = argv0(record);
  const script = record.argv?.[1]?.startsWith('/') === true ? record.argv[1] : undefined;
  const all = [record.comm ?? script, first, first?.split(' ')[0]?.replace(/:$/, ''), record.exe];
  return [
    ...new Set(
      all.flatMap((name) =>
        name === undefined
          ? []
          : [
              basename(name)
                .replace(/^-/, '')
                .replace(/\.exe$/i, ''),
            ],
      ),
    ),
  ];
}

const SHELLS: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'dash',
  'ash',
  'zsh',
  'fish',
  'ksh',
  'ksh93',
  'mksh',
  'csh',
  'tcsh',
  'nu',
  'elvish',
  'xonsh',
  'busybox',
  'pwsh',
  'powershell',
  'cmd',
]);

/** Programs whose only work is to start another one and wait, or to be its caretaker. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'timeout',
  'script',
  'flock',
  'xargs',
  'watch',
  'time',
  'sudo',
  'su',
  'doas',
  'runuser',
  'pkexec',
  'login',
  'nice',
  'ionice',
  'chrt',
  'taskset',
  'env',
  'stdbuf',
  'setsid',
  'nohup',
  'unbuffer',
  'dbus-run-session',
  'systemd-inhibit',
  'caffeinate',
  'bwrap',
  'firejail',
  'unshare',
  'nsenter',
  'proot',
]);

/** Fetch a program and become its launcher: nobody's job by themselves. */
const PACKAGE_RUNNERS: ReadonlySet<string> = new Set(['npx', 'bunx', 'uv', 'uvx', 'pipx']);

/** Run a list of jobs that somebody wrote down. */
const JOB_RUNNERS: ReadonlySet<string> = new Set([
  'make',
  'gmake',
  'ninja',
  'just',
  'rake',
  'parallel',
  'entr',
  'watchexec',
]);

const OWNERS: ReadonlyMap<string, { readonly kind: OwnerKind; readonly name: string }> = new Map([
  ...named('multiplexer', {
    tmux: 'tmux',
    'tmux: server': 'tmux',
    tmate: 'tmate',
    screen: 'screen',
    SCREEN: 'screen',
    zellij: 'zellij',
    dtach: 'dtach',
    abduco: 'abduco',
    shpool: 'shpool',
    zmx: 'zmx',
  }),
  ...named('ssh', {
    sshd: 'ssh',
    'sshd-session': 'ssh',
    dropbear: 'ssh',
    'mosh-server': 'mosh',
    etterminal: 'Eternal Terminal',
    tailscaled: 'Tailscale SSH',
  }),
  ...named('terminal', {
    'gnome-terminal-server': 'GNOME Terminal',
    'gnome-terminal-': 'GNOME Terminal',
    konsole: 'Konsole',
    alacritty: 'Alacritty',
    kitty: 'kitty',
    'wezterm-gui': 'WezTerm',
    'wezterm-mux-server': 'WezTerm',
    foot: 'foot',
    footserver: 'foot',
    xterm: 'xterm',
    urxvt: 'urxvt',
    urxvtd: 'urxvt',
    st: 'st',
    ghostty: 'Ghostty',
    ptyxis: 'Ptyxis',
    'ptyxis-agent': 'Ptyxis',
    kgx: 'GNOME Console',
    tilix: 'Tilix',
    terminator: 'Terminator',
    'xfce4-terminal': 'Xfce Terminal',
    lxterminal: 'LXTerminal',
    yakuake: 'Yakuake',
    guake: 'Guake',
    Terminal: 'Terminal',
    iTerm2: 'iTerm2',
    WindowsTerminal: 'Windows Terminal',
    OpenConsole: 'Windows Terminal',
    conhost: 'console',
    warp: 'Warp',
    'warp-terminal': 'Warp',
    WarpTerminal: 'Warp',
    Hyper: 'Hyper',
    tabby: 'Tabby',
    rio: 'Rio',
    ttyd: 'ttyd',
  }),
  ...named('service', {
    cron: 'cron',
    crond: 'cron',
    CRON: 'cron',
    anacron: 'anacron',
    atd: 'at',
    supervisord: 'supervisord',
    runsv: 'runit',
    's6-supervise': 's6',
    conmon: 'a container',
    'containerd-shim': 'a container',
    dockerd: 'Docker',
  }),
  ...named('host', {
    conductor: 'Conductor',
    Conductor: 'Conductor',
    crystal: 'Crystal',
    Crystal: 'Crystal',
    'vibe-kanban': 'Vibe Kanban',
    'claude-squad': 'Claude Squad',
    opcode: 'opcode',
    claudia: 'opcode',
    happy: 'Happy',
    emdash: 'Emdash',
    openclaw: 'OpenClaw',
  }),
]);

const OWNER_PATTERNS: readonly (readonly [RegExp, OwnerKind, string])[] = [
  [/^iTermServer-/, 'terminal', 'iTerm2'],
  [/^containerd-shim-/, 'service', 'a container'],
  // pm2 names its daemon `PM2 v5.3.0: God Daemon (/home/…)`.
  [/^PM2 v[\d.]+/, 'service', 'PM2'],
];

function named(
  kind: OwnerKind,
  names: Readonly<Record<string, string>>,
): [string, { kind: OwnerKind; name: string }][] {
  return Object.entries(names).map(([program, name]) => [program, { kind, name }]);
}

/**
 * What npm, pnpm or yarn was told to do. They put the whole command into argv[0] (`npm exec mcp-server …`,
 * `npm run dev`), or are node with their own script: they wait for what they started.
 */
function npmCommand(record: ProcessRecord): string | undefined {
  const first = argv0(record) ?? '';
  const title = /^(?:npm|pnpm|yarn) (exec|run|start|dlx|create|init|x)\b/.exec(first)?.[1];
  if (title !== undefined) return title;
  if (/^(npm|pnpm|yarn)$/.test(basename(first))) return record.argv?.[1] ?? '';
  const script = record.argv?.[1] ?? '';
  if (!/^(node|nodejs|bun)$/.test(basename(first))) return undefined;
  if (/(^|\/)(npx|pnpx)(-cli)?(\.c?js)?$/.test(script)) return 'exec';
  return /(^|\/)(npm|pnpm|yarn)(-cli)?(\.c?js)?$/.test(script) ? (record.argv?.[2] ?? '') : undefined;
}

const NPM_LAUNCHES: ReadonlySet<string> = new Set(['exec', 'x', 'dlx', 'create', 'init']);
