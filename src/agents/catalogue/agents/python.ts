import type { AgentEntry } from '../entry.js';
import { each, HELP, list, MCP_SERVER, SERVER, SESSION, UPKEEP } from './modes.js';

export const AIDER: AgentEntry = {
  name: 'aider',
  executables: ['aider'],
  interpreter: 'python',
  modules: ['aider', 'aider.main'],
  packages: ['aider-chat', 'aider'],
  flags: { ...HELP, ...each('--install-main-branch --upgrade', UPKEEP) },
  promptFlags: list('-m --message --msg'),
  values: list('--model -m --message --msg -f --message-file --file --read --edit-format --api-key'),
};

export const GOOSE: AgentEntry = {
  name: 'goose',
  executables: ['goose'],
  binScript: 'none',
  companions: {
    goosed: { role: 'server', below: { mcp: MCP_SERVER } },
  },
  packages: ['goose-ai'],
  commands: {
    session: {
      role: 'session',
      below: { ...each('list remove export diagnostics import', UPKEEP) },
    },
    s: SESSION,
    ...each('run term', SESSION),
    ...each('acp serve web agent', SERVER),
    mcp: MCP_SERVER,
    ...each('bench completion configure help info project projects recipe schedule update', UPKEEP),
  },
  flags: HELP,
  promptFlags: list('-t --text --system'),
  values: list(
    '-n --name --session-id --id -p --path --with-extension --with-builtin --with-streamable-http-extension -i --instructions -t --text --recipe --params --system --max-turns --provider --model --port --host',
  ),
  sessionFlags: list('--session-id'),
  foreign: {
    // pressly/goose migrates databases: a driver and a command of its own.
    commands: list(
      'clickhouse create down down-to dsql duckdb env fix mssql mysql postgres redo redshift reset spanner sqlite sqlite3 starrocks status tidb turso up up-by-one up-to validate version vertica ydb',
    ),
    options: list('-dir --dir -table --table -allow-missing -no-versioning -env'),
    paths: /\/goose-win32-[^/]+\/goose\.exe$/i,
  },
  markers: { present: ['GOOSE_TERMINAL'] },
};

export const KIMI: AgentEntry = {
  name: 'kimi',
  executables: ['kimi', 'kimi-cli'],
  interpreter: 'python',
  modules: ['kimi_cli', 'kimi_cli.cli', 'kimi_cli.__main__'],
  packages: ['kimi-cli', 'kimi'],
  commands: {
    ...each('acp web', SERVER),
    term: SESSION,
    ...each('export info login logout mcp plugin vis', UPKEEP),
  },
  flags: { ...HELP, '-V': UPKEEP, ...each('--acp --wire', SERVER) },
  promptFlags: list('-c --command -p --prompt'),
  values: list(
    '-m --model -S --session -r --resume -c --command -p --prompt -w --work-dir --config --config-file --mcp-config --mcp-config-file --agent --agent-file --output-format --input-format',
  ),
  sessionFlags: list('--session -S --resume -r'),
};
