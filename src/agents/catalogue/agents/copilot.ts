import type { AgentEntry } from '../entry.js';
import { each, HELP, list, SERVER, UPKEEP } from './modes.js';

export const COPILOT: AgentEntry = {
  name: 'copilot',
  resume: list('copilot --resume'),
  executables: ['copilot'],
  companions: { 'copilot-runtime': { role: 'infrastructure' } },
  scripts: [
    { path: /(^|\/)@github\/copilot\/npm-loader\.js$/, is: 'shim' },
    { path: /(^|\/)@github\/copilot\/index\.js$/ },
    { path: /(^|\/)\.?copilot\/pkg\/[^/]+\/[^/]+\/index\.js$/ },
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
};
