import type { AgentEntry } from '../entry.js';
import {
  ADAPTER,
  DAEMON,
  each,
  HELP,
  list,
  MCP_SERVER,
  SERVER,
  SESSION,
  STARTER,
  TOOL,
  UPKEEP,
  WORKER,
} from './modes.js';

export const CLAUDE: AgentEntry = {
  name: 'claude',
  resume: list('claude --resume'),
  endsWorker: 'claude stop ID or claude rm ID',
  executables: ['claude', 'claude-code', 'claude-haha'],
  // The native installer names the file by its version, so that comm is one too.
  executablePaths: /(^|\/)claude\/versions\/\d+\.\d+\.\d+[^/]*$/,
  versionNamed: true,
  // cc-haha ships one binary for its server, its adapters and the agent: the first argument says which.
  companions: {
    'claude-sidecar': { below: { cli: SESSION } },
    ...each('claude-code-acp claude-agent-acp acp-claude-code', ADAPTER),
  },
  // Its Bash tool runs the embedded searchers as the same binary under another argv[0].
  multiCall: list('ugrep rg bfs grep find'),
  scripts: [
    { path: /(^|\/)(@zed-industries|@agentclientprotocol)\/claude-(code|agent)-acp\/[\w./-]+\.m?js$/, mode: ADAPTER },
    { path: /(^|\/)acp-claude-code\/[\w./-]+\.m?js$/, mode: ADAPTER },
    { path: /(^|\/)@anthropic-ai\/claude-code\/cli-wrapper\.cjs$/, is: 'wrapper' },
    { path: /(^|\/)@anthropic-ai\/(claude-code|claude-agent-sdk)\/cli\.[cm]?js$/ },
    { path: /(^|\/)anthropic\.claude-code-[^/]+\/resources\/claude-code\/cli\.js$/ },
  ],
  packages: [
    ...['@anthropic-ai/claude-code', 'claude', '@zed-industries/claude-code-acp', 'acp-claude-code'],
    ...['@zed-industries/claude-agent-acp', '@agentclientprotocol/claude-agent-acp'],
  ],
  commands: {
    mcp: { role: 'infrastructure', below: { serve: MCP_SERVER } },
    daemon: { role: 'infrastructure', below: { run: DAEMON } },
    // The first word of a process title: argv[0] is the one string `claude bg-spare`.
    ...each('bg-spare bg-pty-host', WORKER),
    ...each('assistant open ssh', SESSION),
    ...each('remote-control rc server', SERVER),
    ...each(
      'agents attach auth auto-mode completion config doctor install kill logs migrate-installer plugin plugins project ps respawn rm rollback setup-token stop ultrareview update upgrade',
      UPKEEP,
    ),
  },
  flags: {
    ...HELP,
    '-v': UPKEEP,
    ...each('--bg-spare --bg-pty-host', WORKER),
    ...each('--bg --background', STARTER),
    ...each('--computer-use-mcp --claude-in-chrome-mcp', MCP_SERVER),
    ...each('--chrome-native-host --handle-uri', UPKEEP),
    ...each('--ripgrep --mcp-cli', TOOL),
  },
  promptFlags: list('--agents --append-system-prompt --system-prompt'),
  values: list(
    '--agent --agent-color --agent-id --agent-name --agent-type --agents --app-root --append-system-prompt --append-system-prompt-file --debug-file --effort --fallback-model --from-pr --input-format --json-schema --max-budget-usd --max-thinking-tokens --max-turns --model --name -n --origin --output-format --parent-session-id --permission-mode --permission-prompt-tool --plugin-dir --remote --resume -r --sdk-url --session-id --setting-sources --settings --spawned-by --system-prompt --system-prompt-file --team-name --teammate-mode --teleport --thinking --worktree --worktree-base-ref',
  ),
  lists: list(
    '--add-dir --allowedTools --allowed-tools --betas --disallowedTools --disallowed-tools --file --mcp-config --tools',
  ),
  sessionFlags: list('--session-id --resume -r'),
  forkFlags: ['--fork-session'],
  foreign: {
    positional: /^claude:\/\//,
    // The desktop application for Windows is claude.exe too.
    paths: /\/(AnthropicClaude|WindowsApps\/Claude_[^/]*)\//i,
  },
  markers: {
    present: ['CLAUDECODE'],
    session: ['CLAUDE_CODE_SESSION_ID'],
    pid: ['CLAUDE_PID', 'CLAUDE_CODE_MESSAGING_SOCKET'],
    tool: [{ name: 'AI_AGENT', ends: '_agent' }],
    mcp: [{ name: 'AI_AGENT', ends: '_harness' }],
    hook: 'CLAUDE_CODE_CHILD_SESSION',
  },
};
