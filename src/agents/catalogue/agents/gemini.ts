import type { AgentEntry } from '../entry.js';
import { each, HELP, list, SERVER, UPKEEP } from './modes.js';

export const GEMINI: AgentEntry = {
  name: 'gemini',
  resume: list('gemini --resume'),
  executables: ['gemini'],
  companions: { 'gemini-cli-a2a-server': SERVER },
  scripts: [
    { path: /(^|\/)@google\/gemini-cli\/(dist|bundle)\/(index|gemini)\.js$/ },
    { path: /(^|\/)@google\/gemini-cli-a2a-server\/.+\.m?js$/, mode: SERVER },
  ],
  relaunches: true,
  packages: ['@google/gemini-cli', 'gemini'],
  commands: each('extension extensions hook hooks mcp skill skills', UPKEEP),
  flags: {
    ...HELP,
    '-v': UPKEEP,
    ...each('--acp --experimental-acp', SERVER),
    ...each('--list-extensions --list-sessions --delete-session', UPKEEP),
  },
  promptFlags: list('-p --prompt -i --prompt-interactive'),
  values: list(
    '-m --model -p --prompt -i --prompt-interactive --approval-mode --policy --admin-policy -r --resume -o --output-format --input-format --session-id --proxy -w --worktree',
  ),
  lists: list('-e --extensions --include-directories --allowed-mcp-server-names --allowed-tools'),
  sessionFlags: list('--session-id'),
  foreign: {
    // Servers and clients of the Gemini protocol.
    options: list('--addr --cert --certs --content --host --hostname --key --port --root'),
    positional: /^gemini:\/\/|\.(toml|conf|ini|ya?ml)$/,
    exceptPaths: /@google\/gemini-cli/,
  },
  markers: { present: ['GEMINI_CLI'], relaunched: 'GEMINI_CLI_NO_RELAUNCH' },
};

export const QWEN: AgentEntry = {
  name: 'qwen',
  resume: list('qwen --resume'),
  executables: ['qwen', 'qwen-code'],
  scripts: [{ path: /(^|\/)@qwen-code\/qwen-code\/((dist|bundle)\/)?(cli|index|qwen)\.js$/ }],
  relaunches: true,
  packages: ['@qwen-code/qwen-code', 'qwen'],
  commands: { serve: SERVER, ...each('auth channel extensions hooks mcp', UPKEEP) },
  flags: {
    ...HELP,
    '-v': UPKEEP,
    ...each('--acp --experimental-acp', SERVER),
    '--list-extensions': UPKEEP,
  },
  promptFlags: list('-p --prompt -i --prompt-interactive --system-prompt --append-system-prompt'),
  values: list(
    '-m --model -p --prompt -i --prompt-interactive --approval-mode -r --resume -o --output-format --input-format --session-id --auth-type --openai-api-key --openai-base-url --tavily-api-key --proxy --system-prompt --append-system-prompt --max-session-turns',
  ),
  lists: list(
    '-e --extensions --include-directories --allowed-mcp-server-names --allowed-tools --core-tools --exclude-tools',
  ),
  sessionFlags: list('--session-id --resume -r'),
  markers: {
    present: ['QWEN_CODE', 'QWEN_CODE_SESSION_ID'],
    session: ['QWEN_CODE_SESSION_ID'],
    relaunched: 'QWEN_CODE_NO_RELAUNCH',
  },
};
