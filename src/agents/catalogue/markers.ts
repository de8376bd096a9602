import { list } from './agents/modes.js';

/**
 * Environment variables that may be read of other processes: their values are ids, pids, names and switches. No
 * variable outside this list is ever kept, and none that can hold a secret may be added (there are such beside
 * these: `CLAUDE_CODE_MESSAGING_TOKEN`, `T3_MCP_BEARER_TOKEN`, every `…_API_KEY`).
 */
export const MARKER_NAMES: ReadonlySet<string> = new Set([
  // Claude Code: on MCP servers and tool shells, on hooks, on background sessions, and by hosts on itself.
  ...list('CLAUDECODE AI_AGENT CLAUDE_PID CLAUDE_CODE_SESSION_ID CLAUDE_CODE_ENTRYPOINT CLAUDE_CODE_CHILD_SESSION'),
  ...list('CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS CLAUDE_CODE_MESSAGING_SOCKET CLAUDE_CODE_SESSION_KIND'),
  ...list('CLAUDE_CONFIG_DIR CLAUDE_JOB_DIR CLAUDE_BG_BACKEND CLAUDE_AGENT_SDK_VERSION'),
  // codex: on tool shells; the last is on itself, by the host that started it.
  ...list('CODEX_THREAD_ID CODEX_SESSION_ID CODEX_TOOL_CALL_ID CODEX_CI CODEX_HOME CODEX_MANAGED_BY_NPM'),
  'CODEX_INTERNAL_ORIGINATOR_OVERRIDE',
  // gemini and qwen: the second of each is on the real process and below, not on the parent that relaunched.
  ...list('GEMINI_CLI GEMINI_CLI_NO_RELAUNCH GEMINI_CLI_HOME QWEN_CODE QWEN_CODE_NO_RELAUNCH QWEN_CODE_SESSION_ID'),
  ...list('QWEN_HOME QWEN_RUNTIME_DIR'),
  // opencode, copilot, cursor-agent, goose.
  ...list('OPENCODE OPENCODE_PID OPENCODE_CLIENT COPILOT_CLI COPILOT_AGENT_SESSION_ID COPILOT_LOADER_PID'),
  ...list('COPILOT_HOME CURSOR_AGENT GOOSE_TERMINAL'),
  // Hosts: Codeman, claude-mem, Hermes, cc-haha.
  ...list('CODEMAN_MUX CODEMAN_MUX_NAME CODEMAN_SESSION_ID CODEMAN_INSTANCE CLAUDE_MEM_INTERNAL'),
  ...list('CLAUDE_MEM_WORKER_PORT HERMES_SESSION_ID HERMES_SESSION_KEY CC_HAHA_COMPUTER_USE_HOST_BUNDLE_ID'),
  ...list('CC_HAHA_SKIP_DOTENV CC_HAHA_TRANSCRIPT_ENTRYPOINT'),
  // Ours, and what people work in.
  ...list('SESSWATCH_RUN_ID TMUX TMUX_PANE STY ZELLIJ_SESSION_NAME SSH_CONNECTION SSH_TTY XDG_SESSION_ID'),
]);
