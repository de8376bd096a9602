import type { AgentEntry } from '../entry.js';
import { each, HELP, list, SERVER, SESSION, UPKEEP } from './modes.js';

export const OPENCODE: AgentEntry = {
  name: 'opencode',
  resume: list('opencode --session'),
  executables: ['opencode', '.opencode', 'opencode-cli'],
  scripts: [
    { path: /(^|\/)opencode-ai\/bin\/opencode$/, is: 'shim' },
    { path: /(^|\/)packages\/opencode\/src\/index\.ts$/ },
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
};

/** A fork of opencode. */
export const KILO: AgentEntry = {
  name: 'kilo',
  resume: list('kilo --session'),
  executables: ['kilo', 'kilocode'],
  scripts: [{ path: /(^|\/)@kilocode\/cli\/[\w./-]+$/, is: 'shim' }],
  binScript: 'shim',
  packages: ['@kilocode/cli', 'kilo', 'kilocode'],
  commands: {
    ...each('serve web acp', SERVER),
    ...each('attach run tui', SESSION),
    ...each('agent auth completion config debug export import mcp models session stats upgrade', UPKEEP),
  },
  flags: { ...HELP, '-v': UPKEEP },
  promptFlags: list('--prompt'),
  values: list('-m --model --agent --port --hostname -s --session --prompt -f --file --mode --workspace'),
  sessionFlags: list('--session -s'),
  // The text editor of that name takes one file.
  foreign: { positional: /^[\w.~/-]*[\w-]\.[A-Za-z]\w{0,5}$|^\.\// },
};
