import { isWindowsPath } from './program-name.js';

/**
 * Words that a runner of packages (`npx`, `uvx`, `pnpm dlx`, …) will run, the package's name first. `undefined`
 * for programs that are none, and for their other commands (`npm view`, `npm install`).
 */
export function packageWords(program: string, words: readonly string[]): readonly string[] | undefined {
  switch (program) {
    case 'npx':
    case 'bunx':
    case 'pnpx':
    case 'uvx':
      return afterOptions(words);
    case 'npm':
      return afterCommand(words, ['exec', 'x']);
    case 'pnpm':
    case 'yarn':
      return afterCommand(words, ['dlx', 'exec']);
    case 'bun':
      return words[0] === 'x' ? afterOptions(words.slice(1)) : undefined;
    case 'pipx':
      return afterCommand(words, ['run']);
    case 'uv':
      return uvWords(words);
    default:
      return undefined;
  }
}

/** Which runner a script is: npm and its like are scripts of node themselves. */
export function runnerScript(path: string): string | undefined {
  return RUNNER_SCRIPT.exec(path)?.[2]?.replace(/-cli$/, '');
}

const RUNNER_SCRIPT = /(^|\/)(npm-cli|npx-cli|npm|npx|pnpm|pnpx|yarn)(\.[cm]?js)?$/;

/** Options of the runners above that take the next word. */
const VALUED = new Set([
  ...['-p', '--package', '-c', '--call', '--prefix', '--registry', '-w', '--workspace', '--cache', '--userconfig'],
  ...['--from', '--with', '--with-editable', '--with-requirements', '--python', '--index-url', '--index', '--spec'],
  ...['--directory', '--project', '--env-file', '--extra', '--group', '--config-file', '--color', '--refresh-package'],
]);

function afterOptions(words: readonly string[]): readonly string[] | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return at + 1 < words.length ? words.slice(at + 1) : undefined;
    if (word === '') continue;
    if (!word.startsWith('-')) return [packageName(word), ...words.slice(at + 1)];
    if (VALUED.has(word)) at += 1;
  }
  return undefined;
}

function afterCommand(words: readonly string[], commands: readonly string[]): readonly string[] | undefined {
  const rest = afterOptions(words);
  return rest !== undefined && commands.includes(rest[0] ?? '') ? afterOptions(rest.slice(1)) : undefined;
}

/** `uv run …`, `uv tool run …`; a relative script is taken from the folder that `--directory` names. */
function uvWords(words: readonly string[]): readonly string[] | undefined {
  const rest = afterOptions(words);
  if (rest?.[0] === 'tool' && (rest[1] === 'run' || rest[1] === 'uvx')) return afterOptions(rest.slice(2));
  if (rest?.[0] !== 'run') return undefined;
  const run = afterOptions(rest.slice(1));
  const [first, ...others] = run ?? [];
  if (first === undefined) return undefined;
  const named = words.findIndex((word) => word === '--directory' || word === '--project');
  const folder = named === -1 ? undefined : words[named + 1];
  if (/\.pyw?$/.test(first)) {
    const isWhole = first.startsWith('/') || isWindowsPath(first) || folder === undefined;
    return ['python', isWhole ? first : `${folder}/${first}`, ...others];
  }
  return [first, ...others];
}

/** A package as npx, uvx or a registry is given it, without its version, prefix and tag. */
export function packageName(spec: string): string {
  const plain = spec.replace(/^(npm|jsr):/, '');
  const at = plain.lastIndexOf('@');
  const name = at > 0 ? plain.slice(0, at) : plain;
  return name.replace(/[=<>~!].*$/, '').replace(/\[[^\]]*\]$/, '');
}

/**
 * The image that `docker run` starts, without tag and digest; `undefined` for other commands. `docker mcp
 * gateway run` answers the name of Docker's own gateway.
 */
export function containerImage(words: readonly string[]): string | undefined {
  let at = words[0] === 'container' ? 1 : 0;
  if (words[at] === 'mcp') return words.includes('gateway') ? 'mcp/gateway' : undefined;
  if (words[at] !== 'run') return undefined;
  for (at += 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) return word.replace(/@sha256:.*$/, '').replace(/:[^/]*$/, '');
    if (!word.includes('=') && RUN_VALUED.test(word)) at += 1;
  }
  return undefined;
}

/** docker-run(1): every long option takes a value but these few; of the short ones these do. */
const RUN_VALUED =
  /^--(?!(rm|init|interactive|tty|detach|privileged|read-only|publish-all|quiet|no-healthcheck|oom-kill-disable|sig-proxy|disable-content-trust)$)|^-[a-z]*[aceluvwmhp]$/;
