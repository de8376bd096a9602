import type { AgentEntry } from '../entry.js';
import { each, HELP, list, RESUMED, SERVER, SESSION, TOOL, UPKEEP } from './modes.js';

export const AMP: AgentEntry = {
  name: 'amp',
  executables: ['amp'],
  scripts: [{ path: /(^|\/)@(sourcegraph\/amp|ampcode\/cli)\/(dist\/|bin\/)?[\w-]+\.m?js$/ }],
  packages: ['@sourcegraph/amp', '@ampcode/cli', 'amp'],
  commands: {
    ...each('threads thread t', { ...UPKEEP, below: { ...each('continue c', RESUMED), ...each('new n', UPKEEP) } }),
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
};

export const CRUSH: AgentEntry = {
  name: 'crush',
  executables: ['crush'],
  scripts: [{ path: /(^|\/)@charmland\/crush\/[\w./-]+\.m?js$/, is: 'shim' }],
  binScript: 'shim',
  packages: ['@charmland/crush', 'crush'],
  commands: {
    run: SESSION,
    server: SERVER,
    ...each('completion dirs help login logout logs models projects schema session stats update-providers', UPKEEP),
  },
  flags: { ...HELP, '-v': UPKEEP },
  values: list('-c --cwd -D --data-dir -m --model --small-model -s --session -H --host'),
  sessionFlags: list('--session -s'),
  foreign: { positional: /\.(png|jpe?g|gif|css|js|html?|svg|img|ya?ml)$/ },
};

export const DROID: AgentEntry = {
  name: 'droid',
  executables: ['droid'],
  scripts: [{ path: /(^|\/)(@factory\/cli|droid)\/bin\/droid(\.js)?$/, is: 'shim' }],
  binScript: 'shim',
  packages: ['droid', '@factory/cli'],
  companions: each('droid-helper factory-droid-helper', TOOL),
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
};

export const GROK: AgentEntry = {
  name: 'grok',
  executables: ['grok'],
  scripts: [{ path: /(^|\/)@(vibe-kit\/grok-cli|xai-official\/grok)\/[\w./-]+\.m?js$/ }],
  packages: ['@vibe-kit/grok-cli', '@xai-official/grok', 'grok'],
  commands: {
    agent: SERVER,
    acp: SERVER,
    serve: SERVER,
    ...each('completions config help inspect login logout mcp models plugin sessions setup update version', UPKEEP),
  },
  flags: { ...HELP, '-V': UPKEEP, '--acp': SERVER },
  promptFlags: list('-p --prompt --single'),
  values: list(
    '-m --model -p --prompt --single -d --directory --cwd -k --api-key -u --base-url -s --session --session-id -r --resume --max-tool-rounds --output-format',
  ),
  sessionFlags: list('--session-id --session -s --resume -r'),
};
