import type { AgentEntry } from '../entry.js';
import { ADAPTER, DAEMON, each, HELP, list, MCP_SERVER, RESUMED, SERVER, SESSION, TOOL, UPKEEP } from './modes.js';

export const CODEX: AgentEntry = {
  name: 'codex',
  resume: list('codex resume'),
  executables: ['codex'],
  companions: {
    ...each('codex-acp codex-app-server codex-exec-server', SERVER),
    ...each('codex-exec codex-tui', SESSION),
    'codex-mcp-server': MCP_SERVER,
    'codex-responses-api-proxy': UPKEEP,
    ...each(
      'codex-linux-sandbox codex-execve-wrapper codex-code-mode-host codex-command-runner codex-windows-sandbox-setup',
      TOOL,
    ),
  },
  multiCall: list('apply_patch applypatch'),
  scripts: [
    { path: /(^|\/)codex-acp\/bin\/codex-acp\.js$/, mode: ADAPTER },
    { path: /\/scripts\/app-server-broker\.mjs$/, mode: ADAPTER },
    { path: /(^|\/)@openai\/codex\/bin\/codex\.js$/, is: 'shim' },
    { path: /(^|\/)@openai\/codex\/dist\/cli\.js$/ },
  ],
  binScript: 'shim',
  packages: ['@openai/codex', 'codex', '@zed-industries/codex-acp', '@agentclientprotocol/codex-acp', 'codex-acp'],
  commands: {
    'app-server': {
      role: 'server',
      below: {
        daemon: { role: 'infrastructure', below: { 'pid-update-loop': DAEMON } },
        ...each('generate-ts generate-json-schema proxy', UPKEEP),
      },
    },
    ...each('exec-server proto remote-control', SERVER),
    'mcp-server': MCP_SERVER,
    mcp: { role: 'infrastructure', below: { serve: MCP_SERVER } },
    exec: { role: 'session', below: { resume: RESUMED } },
    e: { role: 'session', below: { resume: RESUMED } },
    resume: RESUMED,
    ...each('fork review cloud cloud-tasks', SESSION),
    ...each('sandbox debug', TOOL),
    ...each(
      'a app apply completion doctor execpolicy features help login logout plugin responses-api-proxy stdio-to-uds update',
      UPKEEP,
    ),
  },
  flags: {
    ...HELP,
    '-V': UPKEEP,
    '--codex-run-as-apply-patch': TOOL,
    '--managed-daemon': DAEMON,
  },
  values: list(
    '-c --config -m --model -p --profile -s --sandbox -a --ask-for-approval -C --cd -i --image --add-dir --enable --disable --remote --local-provider --color -o --output-last-message --output-schema --listen --origin',
  ),
  // 0.98 had it; 0.169, whose binary lies in a package of its own or under releases/, starts a session.
  retiredCommands: {
    'mcp-server': /\/codex-(linux|darwin|win32)-(x64|arm64)\/vendor\/|\/releases\/(0\.(1[6-9]\d|[2-9]\d\d)|[1-9])/,
  },
  foreign: { paths: /\/WindowsApps\/OpenAI\.Codex_[^/]*\/app\/codex\.exe$/i },
  markers: {
    // Its MCP servers get a filtered environment without any of these.
    present: ['CODEX_THREAD_ID', 'CODEX_SESSION_ID'],
    session: ['CODEX_THREAD_ID', 'CODEX_SESSION_ID'],
    tool: [{ name: 'CODEX_THREAD_ID' }, { name: 'CODEX_SESSION_ID' }],
  },
};
