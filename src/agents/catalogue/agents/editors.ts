import type { AgentEntry } from '../entry.js';
import { each, HELP, list, SERVER, SESSION, TOOL, UPKEEP } from './modes.js';

export const CURSOR_AGENT: AgentEntry = {
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
};

export const KIRO: AgentEntry = {
  name: 'kiro',
  executables: ['kiro-cli', 'kiro-cli-chat'],
  fronts: ['kiro-cli'],
  interpreter: 'javascript',
  scripts: [
    {
      path: /(^|\/)@kiro\/agent\/dist\/server\/acp-server\.js$/,
      part: '@kiro/agent/',
      is: 'itself',
      mode: SERVER,
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
};
