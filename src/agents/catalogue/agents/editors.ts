import type { AgentEntry } from '../entry.js';
import { each, HELP, list, MCP_SERVER, SERVER, SESSION, TOOL, UPKEEP } from './modes.js';

export const CURSOR_AGENT: AgentEntry = {
  name: 'cursor-agent',
  executables: ['cursor-agent'],
  companions: { cursorsandbox: TOOL },
  // Its own bundled node runs it; the shell script in front replaces itself.
  scripts: [{ path: /(^|\/)cursor-agent\/(versions\/[^/]+\/)?index\.js$/ }],
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
};

export const KIRO: AgentEntry = {
  name: 'kiro',
  executables: ['kiro-cli', 'kiro-cli-chat'],
  fronts: ['kiro-cli'],
  scripts: [
    { path: /(^|\/)@kiro\/agent\/dist\/server\/acp-server\.js$/, mode: SERVER },
    { path: /(^|\/)kiro-cli\/tui\.js$/ },
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
};

export const CLINE: AgentEntry = {
  name: 'cline',
  executables: ['cline', 'cline-core', 'cline-host'],
  scripts: [
    { path: /(^|\/)cline\/(dist|bin)\/cli\.m?js$/ },
    { path: /(^|\/)cline\/(dist-standalone\/)?cline-core\.js$/, mode: SERVER },
  ],
  packages: ['cline'],
  commands: { ...each('task t', SESSION), ...each('auth config history instance version update', UPKEEP) },
  flags: { ...HELP, '-V': UPKEEP, '--acp': SERVER },
  values: list('-m --model -c --cwd --config -t --timeout -i --images --thinking --taskId -T'),
};

/** Continue. */
export const CONTINUE: AgentEntry = {
  name: 'continue',
  executables: ['cn'],
  scripts: [{ path: /(^|\/)@continuedev\/cli\/dist\/[\w-]+\.m?js$/ }],
  packages: ['@continuedev/cli', 'cn'],
  commands: { serve: SERVER, ...each('login logout ls checks', UPKEEP), remote: SESSION },
  flags: { ...HELP, '-v': UPKEEP },
  promptFlags: list('--prompt --rule'),
  values: list('--config --model --format --prompt --rule --mcp --agent --fork --allow --ask --exclude --org'),
};

export const AUGGIE: AgentEntry = {
  name: 'auggie',
  executables: ['auggie'],
  scripts: [{ path: /(^|\/)@augmentcode\/auggie\/[\w./-]+\.m?js$/ }],
  packages: ['@augmentcode/auggie', 'auggie'],
  commands: { ...each('login logout mcp session token tools upgrade command', UPKEEP) },
  flags: { ...HELP, '-v': UPKEEP, '--acp': SERVER, '--mcp': MCP_SERVER },
  promptFlags: list('--instruction -i'),
  values: list(
    '-m --model -w --workspace-root --rules --mcp-config --instruction -i --instruction-file -r --resume --permission --output-format --max-turns',
  ),
  sessionFlags: list('--resume -r'),
};

export const ZCODE: AgentEntry = {
  name: 'zcode',
  executables: ['zcode', 'zcode-cli'],
  packages: ['zcode', 'zcode-cli'],
  commands: { ...each('serve acp app-server', SERVER), ...each('login logout mcp update', UPKEEP) },
  flags: { ...HELP, '-v': UPKEEP, '--acp': SERVER },
  values: list('-m --model -s --session --resume --cwd --port --host'),
  sessionFlags: list('--session -s --resume'),
};
