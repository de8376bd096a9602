import type { AgentEntry, CustomAgent, CustomMcpPattern, ScriptPlace, Use } from './entry.js';
import type { McpPatterns } from './mcp-servers.js';
import { MCP_SERVERS } from './mcp-servers.js';

/** Every agent and MCP server that is known, the user's own included. */
export interface Catalogue {
  readonly agents: readonly AgentEntry[];
  readonly mcp: McpPatterns;
}

const SESSION: Use = { role: 'session' };
const SERVER: Use = { role: 'server' };
const MCP_SERVER: Use = { role: 'mcp-server' };
const TOOL: Use = { role: 'tool' };
/** Starts the agent elsewhere and returns. */
const STARTER: Use = { role: 'launcher' };
/** A command that does one thing and ends (`update`, `mcp list`): the agent's own, but nobody's conversation. */
const UPKEEP: Use = { role: 'infrastructure' };
/** Parentless by design, and what it keeps running for itself. */
const DAEMON: Use = { role: 'infrastructure', daemon: true };
const RESUMED: Use = { role: 'session', sessionIdNext: true };

/** One use for several words. */
function each(words: string, use: Use): Record<string, Use> {
  return Object.fromEntries(words.split(' ').map((word) => [word, use]));
}

function list(words: string): readonly string[] {
  return words.split(' ');
}

const HELP = each('--help --version -h', UPKEEP);

/**
 * The known agents. Sources: processes of the real programs as recorded in fixtures/corpus, each program's
 * `--help`, and public reports; fixtures/corpus/README.md says which line is which.
 */
export const AGENTS: readonly AgentEntry[] = [
  {
    name: 'claude',
    resume: list('claude --resume'),
    executables: ['claude', 'claude-haha'],
    // The native installer names the file by its version, so that comm is one too.
    executablePaths: /(^|\/)claude\/versions\/\d+\.\d+\.\d+[^/]*$/,
    versionNamed: true,
    // cc-haha ships one binary for its server, its adapters and the agent: the first argument says which.
    companions: { 'claude-sidecar': { below: { cli: SESSION } } },
    // Its Bash tool runs the embedded searchers as the same binary under another argv[0].
    multiCall: list('ugrep rg bfs grep find'),
    interpreter: 'javascript',
    scripts: [
      { path: /(^|\/)@anthropic-ai\/claude-code\/cli-wrapper\.cjs$/, part: '@anthropic-ai/', is: 'wrapper' },
      {
        path: /(^|\/)@anthropic-ai\/(claude-code|claude-agent-sdk)\/cli\.[cm]?js$/,
        part: '@anthropic-ai/',
        is: 'itself',
      },
      {
        path: /(^|\/)anthropic\.claude-code-[^/]+\/resources\/claude-code\/cli\.js$/,
        part: 'anthropic.claude-code-',
        is: 'itself',
      },
    ],
    binScript: 'itself',
    packages: ['@anthropic-ai/claude-code', 'claude'],
    commands: {
      mcp: { role: 'infrastructure', below: { serve: MCP_SERVER } },
      daemon: { role: 'infrastructure', below: { run: DAEMON } },
      // The first word of a process title: argv[0] is the one string `claude bg-spare`.
      ...each('bg-spare bg-pty-host', DAEMON),
      ...each('attach assistant open ssh', SESSION),
      ...each('remote-control rc server', SERVER),
      ...each(
        'agents auth auto-mode completion config doctor install kill logs migrate-installer plugin plugins project ps respawn rm rollback setup-token stop ultrareview update upgrade',
        UPKEEP,
      ),
    },
    flags: {
      ...HELP,
      '-v': UPKEEP,
      ...each('--bg-spare --bg-pty-host', DAEMON),
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
      // Not CLAUDE_CODE_CHILD_SESSION: the MCP servers of a session inside a session inherit it.
      tool: [{ name: 'AI_AGENT', ends: '_agent' }],
      mcp: [{ name: 'AI_AGENT', ends: '_harness' }],
    },
    places: {
      home: '~/.claude',
      homeVariable: 'CLAUDE_CONFIG_DIR',
      registry: 'sessions/<pid>.json',
      transcripts: 'projects/<cwd, other than letters and digits as ->/<session id>.jsonl',
    },
  },
  {
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
    interpreter: 'javascript',
    scripts: [
      { path: /(^|\/)@openai\/codex\/bin\/codex\.js$/, part: '@openai/codex/', is: 'shim' },
      { path: /(^|\/)@openai\/codex\/dist\/cli\.js$/, part: '@openai/codex/', is: 'itself' },
    ],
    binScript: 'shim',
    packages: ['@openai/codex', 'codex'],
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
      'mcp-server':
        /\/codex-(linux|darwin|win32)-(x64|arm64)\/vendor\/|\/releases\/(0\.(1[6-9]\d|[2-9]\d\d)|[1-9])/,
    },
    foreign: { paths: /\/WindowsApps\/OpenAI\.Codex_[^/]*\/app\/codex\.exe$/i },
    markers: {
      // Its MCP servers get a filtered environment without any of these.
      present: ['CODEX_THREAD_ID', 'CODEX_SESSION_ID'],
      session: ['CODEX_THREAD_ID', 'CODEX_SESSION_ID'],
      tool: [{ name: 'CODEX_THREAD_ID' }, { name: 'CODEX_SESSION_ID' }],
    },
    places: {
      home: '~/.codex',
      homeVariable: 'CODEX_HOME',
      transcripts: 'sessions/YYYY/MM/DD/rollout-<time>-<session id>.jsonl',
    },
  },
  {
    name: 'gemini',
    resume: list('gemini --resume'),
    executables: ['gemini'],
    companions: { 'gemini-cli-a2a-server': SERVER },
    interpreter: 'javascript',
    scripts: [
      {
        path: /(^|\/)@google\/gemini-cli\/(dist|bundle)\/(index|gemini)\.js$/,
        part: '@google/gemini-cli',
        is: 'itself',
      },
      {
        path: /(^|\/)@google\/gemini-cli-a2a-server\/.+\.m?js$/,
        part: '@google/gemini-cli',
        is: 'itself',
        use: SERVER,
      },
    ],
    binScript: 'itself',
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
    places: { home: '~/.gemini', transcripts: 'tmp/<project>/chats/session-<date>-<8 hex digits>.jsonl' },
  },
  {
    name: 'qwen',
    resume: list('qwen --resume'),
    executables: ['qwen', 'qwen-code'],
    interpreter: 'javascript',
    scripts: [
      {
        path: /(^|\/)@qwen-code\/qwen-code\/((dist|bundle)\/)?(cli|index|qwen)\.js$/,
        part: '@qwen-code/',
        is: 'itself',
      },
    ],
    binScript: 'itself',
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
    markers: { present: ['QWEN_CODE'], relaunched: 'QWEN_CODE_NO_RELAUNCH' },
    places: { home: '~/.qwen', transcripts: 'projects/<project>/chats/<session id>.jsonl' },
  },
  {
    name: 'opencode',
    resume: list('opencode --session'),
    executables: ['opencode', '.opencode', 'opencode-cli'],
    interpreter: 'javascript',
    scripts: [
      { path: /(^|\/)opencode-ai\/bin\/opencode$/, part: 'opencode', is: 'shim' },
      { path: /(^|\/)packages\/opencode\/src\/index\.ts$/, part: 'opencode', is: 'itself' },
    ],
    binScript: 'shim',
    packages: ['opencode-ai', 'opencode'],
    commands: {
      ...each('serve web acp', SERVER),
      ...each('attach run tui pr github', SESSION),
      ...each(
        'agent auth completion db debug export generate import mcp models plugin providers session stats uninstall upgrade',
        UPKEEP,
      ),
    },
    flags: { ...HELP, '-v': UPKEEP },
    promptFlags: list('--prompt'),
    values: list(
      '-m --model --agent --port --hostname -s --session --prompt --format -f --file --title --attach --log-level --cors --dir --variant --command --cwd -p --password',
    ),
    sessionFlags: list('--session -s'),
    forkFlags: ['--fork'],
    foreign: { paths: /\/AppData\/Local\/(Programs\/)?(@opencode-ai|opencode)[^/]*\/opencode\.exe$/i },
    markers: { present: ['OPENCODE', 'OPENCODE_PID'], pid: ['OPENCODE_PID'] },
    places: { home: '~/.local/share/opencode', transcripts: 'opencode.db' },
  },
  {
    name: 'copilot',
    resume: list('copilot --resume'),
    executables: ['copilot'],
    interpreter: 'javascript',
    scripts: [
      { path: /(^|\/)@github\/copilot\/npm-loader\.js$/, part: '@github/copilot/', is: 'shim' },
      { path: /(^|\/)@github\/copilot\/index\.js$/, part: '@github/copilot/', is: 'itself' },
      { path: /(^|\/)\.?copilot\/pkg\/[^/]+\/[^/]+\/index\.js$/, part: 'copilot', is: 'itself' },
    ],
    binScript: 'shim',
    packages: ['@github/copilot', 'copilot'],
    commands: each('completion help init login logout mcp plugin update version', UPKEEP),
    flags: { ...HELP, '-v': UPKEEP, ...each('--acp --server --headless', SERVER) },
    promptFlags: list('-p --prompt -i --interactive'),
    values: list(
      '--model -p --prompt -i --interactive --resume --session-id --add-dir --allow-tool --deny-tool --allow-url --deny-url --log-dir --log-level --agent --config-dir --port --host --additional-mcp-config --disable-mcp-server --available-tools --excluded-tools --stream --output-format --effort --name --mode',
    ),
    sessionFlags: list('--resume --session-id'),
    foreign: {
      // The AWS Copilot CLI.
      commands: list('app deploy docs env job pipeline run secret storage svc task upgrade'),
      paths: /\/WindowsApps\/Microsoft\.Copilot_|\/mscopilot/i,
      exceptPaths: /@github\/copilot|\/\.?copilot\/pkg\//,
    },
    markers: {
      present: ['COPILOT_AGENT_SESSION_ID', 'COPILOT_CLI'],
      session: ['COPILOT_AGENT_SESSION_ID'],
      tool: [{ name: 'COPILOT_CLI' }],
      mcp: [{ name: 'COPILOT_AGENT_SESSION_ID' }],
    },
    places: {
      home: '~/.copilot',
      registry: 'session-state/<session id>/inuse.<pid>.lock',
      transcripts: 'session-state/<session id>/events.jsonl',
    },
  },
  {
    name: 'cursor-agent',
    executables: ['cursor-agent'],
    companions: { cursorsandbox: TOOL },
    interpreter: 'javascript',
    // Its own bundled node runs it; the shell script in front replaces itself.
    scripts: [
      { path: /(^|\/)cursor-agent\/(versions\/[^/]+\/)?index\.js$/, part: 'cursor-agent/', is: 'itself' },
    ],
    binScript: 'itself',
    packages: ['cursor-agent'],
    commands: {
      acp: SERVER,
      worker: SERVER,
      'worker-server': { role: 'infrastructure' },
      resume: SESSION,
      ...each(
        'about create-chat generate-rule install-shell-integration login logout ls mcp models sandbox status uninstall-shell-integration update upgrade whoami',
        UPKEEP,
      ),
    },
    flags: { ...HELP, '-v': UPKEEP },
    values: list(
      '--output-format --model --api-key -H --header --resume --mode --workspace --worktree --worktree-base --sandbox -e --endpoint',
    ),
    sessionFlags: list('--resume'),
    markers: { present: ['CURSOR_AGENT'] },
    places: { home: '~/.cursor' },
  },
  {
    name: 'amp',
    executables: ['amp'],
    interpreter: 'javascript',
    scripts: [
      {
        path: /(^|\/)@(sourcegraph\/amp|ampcode\/cli)\/(dist\/|bin\/)?[\w-]+\.m?js$/,
        part: 'amp',
        is: 'itself',
      },
    ],
    binScript: 'itself',
    packages: ['@sourcegraph/amp', '@ampcode/cli', 'amp'],
    commands: {
      ...Object.fromEntries(
        list('threads thread t').map((word) => [
          word,
          {
            role: 'infrastructure',
            below: { ...each('continue c', RESUMED), ...each('new n', UPKEEP) },
          } as Use,
        ]),
      ),
      ...each(
        'doctor help login logout mcp permission permissions review skill skills tool tools toolbox toolboxes update usage version',
        UPKEEP,
      ),
    },
    flags: { ...HELP, '-V': UPKEEP, '--no-tui': SERVER },
    values: list('-m --mode --settings-file --mcp-config --log-level --log-file --visibility --label'),
    foreign: {
      // The Amp text editor takes files.
      positional: /^[\w.~/-]*[\w-]\.[A-Za-z][\w]{0,5}$|^[~.]?\/|^[\w-]+\//,
      exceptPaths: /@ampcode\/|@sourcegraph\/|\/\.amp\//,
    },
    places: { home: '~/.cache/amp', transcripts: 'logs/cli.log' },
  },
  {
    name: 'crush',
    executables: ['crush'],
    interpreter: 'javascript',
    scripts: [{ path: /(^|\/)@charmland\/crush\/[\w./-]+\.m?js$/, part: '@charmland/crush/', is: 'shim' }],
    binScript: 'shim',
    packages: ['@charmland/crush', 'crush'],
    commands: {
      run: SESSION,
      server: SERVER,
      ...each(
        'completion dirs help login logout logs models projects schema session stats update-providers',
        UPKEEP,
      ),
    },
    flags: { ...HELP, '-v': UPKEEP },
    values: list('-c --cwd -D --data-dir -m --model --small-model -s --session -H --host'),
    sessionFlags: list('--session -s'),
    foreign: { positional: /\.(png|jpe?g|gif|css|js|html?|svg|img|ya?ml)$/ },
    places: { home: '~/.local/share/crush' },
  },
  {
    name: 'aider',
    executables: ['aider'],
    interpreter: 'python',
    binScript: 'itself',
    modules: ['aider', 'aider.main'],
    packages: ['aider-chat', 'aider'],
    flags: { ...HELP, ...each('--install-main-branch --upgrade', UPKEEP) },
    promptFlags: list('-m --message --msg'),
    values: list('--model -m --message --msg -f --message-file --file --read --edit-format --api-key'),
    places: { home: '.', transcripts: '.aider.chat.history.md' },
  },
  {
    name: 'goose',
    executables: ['goose'],
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
    places: { home: '~/.local/share/goose', transcripts: 'sessions/' },
  },
  {
    name: 'droid',
    executables: ['droid'],
    interpreter: 'javascript',
    scripts: [{ path: /(^|\/)(@factory\/cli|droid)\/bin\/droid(\.js)?$/, part: 'droid', is: 'shim' }],
    binScript: 'shim',
    packages: ['droid', '@factory/cli'],
    commands: {
      exec: SESSION,
      daemon: SERVER,
      ...each('find help login logout mcp plugin search update', UPKEEP),
    },
    flags: { ...HELP, '-v': UPKEEP, '--acp': SERVER },
    promptFlags: list('--append-system-prompt'),
    values: list(
      '-m --model --auto -s --session-id --resume -f --file -o --output-format --input-format -r --reasoning-effort --cwd --tag --append-system-prompt --enabled-tools --disabled-tools',
    ),
    sessionFlags: list('--session-id -s --resume'),
    places: { home: '~/.factory', transcripts: 'sessions/' },
  },
  {
    name: 'kiro',
    executables: ['kiro-cli', 'kiro-cli-chat'],
    fronts: ['kiro-cli'],
    interpreter: 'javascript',
    scripts: [
      {
        path: /(^|\/)@kiro\/agent\/dist\/server\/acp-server\.js$/,
        part: '@kiro/agent/',
        is: 'itself',
        use: SERVER,
      },
      { path: /(^|\/)kiro-cli\/tui\.js$/, part: 'kiro-cli/', is: 'itself' },
    ],
    commands: {
      chat: SESSION,
      acp: SERVER,
      ...each(
        'agent completion debug diagnostic doctor dashboard help init inline integrations issue launch login logout mcp profile restart settings setup theme translate uninstall update user version whoami',
        UPKEEP,
      ),
    },
    flags: { ...HELP, '-V': UPKEEP },
    values: list('--agent --model --resume-id --trust-tools'),
    sessionFlags: list('--resume-id'),
    places: { home: '~/.kiro' },
  },
  {
    name: 'grok',
    executables: ['grok'],
    interpreter: 'javascript',
    scripts: [
      { path: /(^|\/)@(vibe-kit\/grok-cli|xai-official\/grok)\/[\w./-]+\.m?js$/, part: 'grok', is: 'itself' },
    ],
    binScript: 'itself',
    packages: ['@vibe-kit/grok-cli', '@xai-official/grok', 'grok'],
    commands: {
      agent: SERVER,
      acp: SERVER,
      serve: SERVER,
      ...each(
        'completions config help inspect login logout mcp models plugin sessions setup update version',
        UPKEEP,
      ),
    },
    flags: { ...HELP, '-V': UPKEEP, '--acp': SERVER },
    promptFlags: list('-p --prompt --single'),
    values: list(
      '-m --model -p --prompt --single -d --directory --cwd -k --api-key -u --base-url -s --session --session-id -r --resume --max-tool-rounds --output-format',
    ),
    sessionFlags: list('--session-id --session -s --resume -r'),
    places: { home: '~/.grok' },
  },
  {
    name: 'kimi',
    executables: ['kimi', 'kimi-cli'],
    interpreter: 'python',
    binScript: 'itself',
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
    places: { home: '~/.kimi', transcripts: 'sessions/' },
  },
];

/** What is known without any configuration. */
export const CATALOGUE: Catalogue = { agents: AGENTS, mcp: MCP_SERVERS };

/**
 * The catalogue with a person's own agents and MCP servers. An agent of a known name adds to what is known of
 * it, so that a renamed or moved `claude` stays `claude`.
 */
export function catalogueWith(
  agents: readonly CustomAgent[] = [],
  mcp: readonly CustomMcpPattern[] = [],
): Catalogue {
  if (agents.length === 0 && mcp.length === 0) return CATALOGUE;
  const added = new Map(AGENTS.map((entry) => [entry.name, entry]));
  for (const custom of agents) added.set(custom.name, withCustom(added.get(custom.name), custom));
  return {
    agents: [...added.values()],
    mcp: {
      ...MCP_SERVERS,
      names: [...MCP_SERVERS.names, ...mcp.flatMap((pattern) => pattern.names ?? [])],
      scriptEnds: [...MCP_SERVERS.scriptEnds, ...mcp.flatMap((pattern) => pattern.scripts ?? [])],
    },
  };
}

function withCustom(known: AgentEntry | undefined, custom: CustomAgent): AgentEntry {
  const entry = known ?? { name: custom.name, executables: [], binScript: 'itself' as const };
  const executables = custom.executables ?? (known === undefined ? [custom.name] : []);
  return {
    ...entry,
    executables: [...entry.executables, ...executables],
    scripts: [...(entry.scripts ?? []), ...(custom.scripts ?? []).map(scriptEnd)],
    modules: [...(entry.modules ?? []), ...(custom.modules ?? [])],
    packages: [...(entry.packages ?? []), ...(custom.packages ?? [])],
    commands: {
      ...entry.commands,
      ...Object.fromEntries((custom.infrastructureCommands ?? []).map((word) => [word, UPKEEP])),
      ...Object.fromEntries((custom.serverCommands ?? []).map((word) => [word, SERVER])),
    },
    flags: {
      ...entry.flags,
      ...Object.fromEntries((custom.serverFlags ?? []).map((word) => [word, SERVER])),
    },
    values: [...(entry.values ?? []), ...(custom.valueOptions ?? []), ...(custom.sessionFlags ?? [])],
    sessionFlags: [...(entry.sessionFlags ?? []), ...(custom.sessionFlags ?? [])],
  };
}

/** A script by the end of its path, at a folder's edge, taken letter for letter. */
function scriptEnd(end: string): ScriptPlace {
  const literal = end.replace(/^\/+/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return { path: new RegExp(`(^|/)${literal}$`), part: end.replace(/^\/+/, ''), is: 'itself' };
}
