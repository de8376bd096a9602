/** Programs whose next word is one of their commands, and how many such words there may be. */
export const COMMANDS: ReadonlyMap<string, number> = new Map([
  ...['git', 'cargo', 'go', 'gh', 'glab', 'svn', 'hg', 'jj', 'make', 'just', 'brew', 'systemctl', 'journalctl'].map(
    (name) => [name, name === 'make' || name === 'just' ? 0 : 1] as const,
  ),
  ...['kubectl', 'helm', 'terraform', 'tmux', 'apt', 'apt-get', 'dnf', 'pacman', 'rustup', 'poetry'].map(
    (name) => [name, 1] as const,
  ),
  ...['docker', 'podman', 'nerdctl'].map((name) => [name, 2] as const),
  ...['npm', 'pnpm', 'yarn', 'bun', 'deno', 'pip', 'pip3', 'pipx', 'uv', 'bundle', 'composer'].map(
    (name) => [name, 1] as const,
  ),
]);

/** Commands of those programs that take the name of a script: `npm run dev`. */
export const RUNS_SCRIPT: ReadonlySet<string> = new Set(['run', 'run-script']);

/** Further words after the commands of docker and uv. */
export const SECOND_COMMANDS: ReadonlySet<string> = new Set([
  ...['up', 'down', 'run', 'start', 'logs', 'ls', 'mcp', 'gateway', 'exec', 'tool', 'uvx', 'build', 'serve'],
]);

/** Commands of servers and hosts, where they stand right behind the program or script. */
export const SERVER_COMMANDS: ReadonlySet<string> = new Set([
  ...['serve', 'server', 'start', 'stop', 'run', 'web', 'dashboard', 'gateway', 'mcp', 'dev', 'daemon', 'worker'],
  ...['stdio', 'http', 'sse', 'build', 'watch', 'test', 'lint', 'preview', 'install', 'update', 'status', 'tui'],
  ...['tunnel', 'command-shell', 'com.intellij.idea.Main', 'mcp-server', 'start-mcp-server', 'app-server', 'chat'],
]);

/** Words that make an MCP server of a program, wherever they stand. */
export const MCP_COMMANDS: ReadonlySet<string> = new Set([
  ...['mcp', 'mcp-server', 'start-mcp-server', 'experimental:mcp', 'boost:mcp', 'mcp:start'],
]);

/** Programs that run the command in their own arguments, with the number of words of their own before it. */
export const RUNS_COMMAND: ReadonlyMap<string, number> = new Map([
  ...['nohup', 'setsid', 'nice', 'ionice', 'env', 'sudo', 'doas', 'time', 'stdbuf', 'xargs', 'watch', 'strace'].map(
    (name) => [name, 0] as const,
  ),
  ...['caffeinate', 'exec', 'command', 'disclaimer', 'volta-shim', 'mise', 'unbuffer', 'systemd-run', 'chrt'].map(
    (name) => [name, 0] as const,
  ),
  ...['timeout', 'flock', 'taskset', 'gtimeout', 'chroot'].map((name) => [name, 1] as const),
]);
