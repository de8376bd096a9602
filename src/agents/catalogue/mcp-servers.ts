import { isVersionName } from '../../command-line/program-name.js';

/** How MCP servers look as processes, as data. */
export interface McpPatterns {
  /** Programs, scripts and packages whose names say nothing, exactly. */
  readonly names: readonly string[];
  /** Ends of script paths, at a folder's edge. */
  readonly scriptEnds: readonly string[];
  /** Programs that are a server only with this first word. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
}

export const MCP_SERVERS: McpPatterns = {
  names: [
    '@21st-dev/magic',
    '@agentdeskai/browser-tools-server',
    '@wonderwhy-er/desktop-commander',
    'desktop-commander',
    'fastmcp',
    'supergateway',
    'task-master-ai',
    'xcodebuildmcp',
  ],
  scriptEnds: [],
  commands: {
    'basic-memory': ['mcp'],
    'claude-flow': ['mcp'],
    dart: ['mcp-server'],
    firebase: ['mcp', 'experimental:mcp'],
    'firebase-tools': ['mcp', 'experimental:mcp'],
    gopls: ['mcp'],
    mcp: ['run', 'dev'],
    ruflo: ['mcp'],
    serena: ['start-mcp-server'],
    // Laravel's command runner, a PHP script.
    artisan: ['boost:mcp', 'mcp:start'],
  },
};

/**
 * Whether a program, script or package name is that of an MCP server, by the words in it: `mcp-server-git`,
 * `context7-mcp`, `github-mcp-server`, `mcp_server_fetch`, `@modelcontextprotocol/server-memory`,
 * `@playwright/mcp`. The name is a whole one; a text that merely holds the word is not asked about.
 */
export function isMcpName(name: string): boolean {
  // Nearly every name ends here.
  if (!/mcp|modelcontextprotocol/i.test(name)) return false;
  const plain = name.toLowerCase().replace(/[_.]/g, '-');
  const slash = plain.lastIndexOf('/');
  const scope = slash === -1 ? '' : plain.slice(0, slash);
  const base = plain.slice(slash + 1);
  if (NO_SERVER.test(base)) return false;
  if (scope.endsWith('@modelcontextprotocol')) return base.startsWith('server-');
  return SERVER_NAME.test(base) || (base === 'mcp' && scope.startsWith('@'));
}

/** `mcp-…`, `…-mcp`, and `mcp` before a word that says what serves. */
const SERVER_NAME = /^mcp-|-mcp$|(^|-)mcp-?(server|servers|proxy|remote|gateway|bridge|stdio|adapter)(-|$)/;
/** Tools of whoever writes, installs or looks into servers. */
const NO_SERVER =
  /^(mcp-)?(inspector|cli|client|clients|hub|install|installer|publisher|scan|sdk|get)(-|$)|-(client|inspector|sdk)$/;

/**
 * Whether a script is the main file of an MCP server, by its own name or by that of the folder it is the main
 * file of: `…/.bin/mcp-server-git`, `…/claude-peers-mcp/server.ts`, `…/@scope/mcp/dist/index.js`. What else lies
 * in such a folder (its tests, its build tool below node_modules) is not.
 */
export function isMcpScript(path: string): boolean {
  if (PLUGIN_SERVER.test(path)) return true;
  if (!/mcp|modelcontextprotocol/i.test(path)) return false;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const file = withoutExtension(parts.pop() ?? '');
  if (isMcpName(file)) return true;
  // `…/dist/mcp/state-server.js`.
  if (parts.at(-1) === 'mcp' && /(^|-)server$|^stdio$/.test(file)) return true;
  if (!MAIN_FILE.test(file)) return false;
  while (parts.length > 0) {
    const folder = parts.pop() ?? '';
    if (GENERIC_FOLDER.test(folder) || isVersionName(folder)) continue;
    const scope = parts.at(-1);
    return isMcpName(scope?.startsWith('@') === true ? `${scope}/${folder}` : folder);
  }
  return false;
}

/** What `bun run --cwd …/.claude/plugins/… start` runs; a plugin's hooks and workers lie in folders below. */
const PLUGIN_SERVER =
  /\/\.claude\/plugins\/(cache|marketplaces)\/[^/]+(\/[^/]+){1,4}\/(start|(mcp-)?server\.[cm]?[jt]s)$/;

/** Words of a script that nothing but a server is given: `…/cli.js mcp start`, `--mcp`. */
export function isServerCommand(path: string, rest: readonly string[]): boolean {
  const [first = '', second] = rest;
  if (/^--mcp(-server|-stdio)?$/.test(first)) return true;
  if (first !== 'mcp' || !/\.[cm]?[jt]s$|\/bin\/[^/]+$/.test(path)) return false;
  return second === undefined || second.startsWith('-') || /^(start|serve|server|stdio|run)$/.test(second);
}

const MAIN_FILE = /^(index|main|server|cli|app|start|stdio|run|mcp|__main__|program)$/i;
const GENERIC_FOLDER =
  /^(dist|build|out|lib|src|bin|cjs|esm|server|target|release|debug|js|stdio|telemetry|watchdog)$/i;

function withoutExtension(file: string): string {
  return file.replace(/\.(?:[cm]?[jt]sx?|pyz?|pyw|phar|php|jar|rb|dll|exe|cmd|sh)$/i, '');
}
