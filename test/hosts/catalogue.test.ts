import { describe, expect, it } from 'vitest';
import { recogniseHost } from '../../src/hosts/catalogue.js';
import type { ProcessRecord } from '../../src/process/record.js';

const row = (argv: string[], more: Partial<ProcessRecord> = {}): ProcessRecord => ({ pid: 1, argv, ...more });
/** As `ps` shows it: joined text split at blanks. */
const text = (line: string): ProcessRecord => ({ pid: 1, argv: line.split(' '), argvIsSplitText: true });

const HOSTS: readonly (readonly [string, string, ProcessRecord])[] = [
  ['T3 Code', 'server', row(['node', '/home/u/.npm/_npx/a1/node_modules/t3/dist/bin.mjs', 'serve', '--port', '3773'])],
  ['T3 Code', 'server', row(['/usr/bin/node', '--require', '/x/hook.cjs', '/srv/t3/dist/bin.mjs'])],
  ['T3 Code', 'server', row(['node', '/home/u/.npm/_npx/a1/node_modules/.bin/t3'])],
  [
    'T3 Code',
    'server',
    row([
      '/Applications/T3 Code (Alpha).app/Contents/MacOS/T3 Code (Alpha)',
      '/Applications/T3 Code (Alpha).app/Contents/Resources/app.asar/apps/server/dist/bin.mjs',
      '--bootstrap-fd',
      '3',
    ]),
  ],
  ['T3 Code', 'server', text('node /home/two words/node_modules/t3/dist/bin.mjs --port 3773')],
  ['T3 Code', 'desktop', row(['T3 Code (Alpha)'], { exe: 'C:\\Programs\\T3 Code (Alpha).exe' })],
  ['Codeman', 'server', row(['codeman', 'web', '-p', '3000'])],
  ['Codeman', 'server', row(['node', '/usr/local/bin/aicodeman', 'web'])],
  ['Codeman', 'server', row(['/usr/bin/node', '/opt/Codeman/dist/index.js', 'web', '--https'])],
  ['Codeman', 'server', row(['/usr/bin/node', 'dist/index.js', 'web'], { detail: { cwd: '/home/u/codeman' } })],
  ['claude-mem', 'worker', row(['/home/u/.bun/bin/bun', '/p/plugin/scripts/worker-service.cjs', '--daemon'])],
  ['claude-mem', 'worker', row(['bun.exe', 'C:\\p\\scripts\\worker-service.cjs', '--daemon'])],
  ['Hermes', 'server', row(['/v/bin/python', '-m', 'hermes_cli.main', '--profile', 'work', 'gateway', 'run'])],
  ['Hermes', 'server', row(['/v/bin/python3.12', '/v/bin/hermes', 'dashboard', '--port', '9119'])],
  ['Hermes', 'server', row(['hermes', '--profile=work', 'serve', '--host', '127.0.0.1'])],
  ['cc-haha', 'server', row(['/opt/b/claude-sidecar-x86_64-unknown-linux-gnu', 'server', '--app-root', '/x'])],
  ['cc-haha', 'server', row(['C:\\b\\claude-sidecar-x86_64-pc-windows-msvc.exe', 'server'])],
  ['VS Code', 'editor', row(['/usr/share/code/code'], { exe: '/usr/share/code/code' })],
  [
    'VS Code',
    'extension-host',
    row(['/usr/share/code/code', '--type=utility', '--utility-sub-type=node.mojom.NodeService']),
  ],
  [
    'VS Code',
    'extension-host',
    text(
      '/Applications/Visual Studio Code.app/Contents/Frameworks/Code Helper (Plugin).app/Contents/MacOS/Code Helper (Plugin) --type=utility',
    ),
  ],
  [
    'VS Code',
    'remote-server',
    row(['/home/u/.vscode-server/bin/ab12/node', '/home/u/.vscode-server/bin/ab12/out/server-main.js', '--port=0']),
  ],
  [
    'VS Code',
    'extension-host',
    row([
      '/home/u/.vscode-server/bin/ab12/node',
      '--dns-result-order=ipv4first',
      '/home/u/.vscode-server/bin/ab12/out/bootstrap-fork',
      '--type=extensionHost',
    ]),
  ],
  ['VS Code', 'remote-server', row(['/home/u/.vscode-server/code-ab12cd', 'command-shell'])],
  ['Cursor', 'editor', row(['/tmp/.mount_cursorXy/usr/share/cursor/cursor'])],
  ['Cursor', 'remote-server', row(['/r/node', '/home/u/.cursor-server/bin/9f/out/server-main.js'])],
  ['Windsurf', 'editor', row(['/usr/share/windsurf/windsurf'])],
  ['Zed', 'editor', row(['/home/u/.local/zed.app/libexec/zed-editor'])],
  ['Zed', 'remote-server', row(['/home/u/.zed_server/zed-remote-server-stable-0.180.0', 'run'])],
  ['JetBrains', 'editor', row(['/opt/idea/bin/idea'])],
  ['JetBrains', 'editor', row(['/opt/pycharm/jbr/bin/java', '-Xmx2g', 'com.intellij.idea.Main'])],
  ['Claude Desktop', 'desktop', row(['/Applications/Claude.app/Contents/MacOS/Claude'])],
  ['Claude Desktop', 'desktop', row(['C:\\Users\\u\\AppData\\Local\\AnthropicClaude\\app-0.9.2\\claude.exe'])],
];

const STRANGERS: readonly (readonly [string, ProcessRecord])[] = [
  ['an editor that shows the worker', row(['vim', '/p/scripts/worker-service.cjs', '--daemon'])],
  ['a search for the server', row(['grep', '-r', 'hermes gateway run'])],
  ['a shell that names the server', row(['/bin/bash', '-c', 'node /x/t3/dist/bin.mjs serve'])],
  ['a hook of claude-mem', row(['node', '/p/bun-runner.js', '/p/worker-service.cjs', 'start'])],
  ['an interactive hermes', row(['/v/bin/python', '/v/bin/hermes', '--tui'])],
  ['a hermes that hides its arguments', row(['hermes'])],
  ['hermes with a prompt that says gateway run', row(['hermes', 'chat', 'gateway run'])],
  ['a program that serves from another dist/index.js', row(['node', '/srv/shop/dist/index.js', 'web'])],
  ['a CLI sidecar', row(['/opt/b/claude-sidecar-x86_64-unknown-linux-gnu', 'cli', '--print'])],
  ['the agent called claude on Windows', row(['C:\\Users\\u\\AppData\\Roaming\\npm\\claude.exe'])],
  ['cursor-agent', row(['/home/u/.local/bin/cursor-agent'])],
  ['an agent called code', row(['/usr/local/bin/code', 'exec', 'fix it'])],
  ['a script given as text', row(['node', '-e', 'require("/x/t3/dist/bin.mjs")'])],
  ['a zombie', { pid: 1, argv: [], comm: 'node' }],
  ['nothing known', { pid: 1 }],
];

describe('recognising hosts', () => {
  it.each(HOSTS)('knows %s, %s, by its row %j', (name, kind, record) => {
    expect(recogniseHost(record)).toEqual({ name, kind });
  });
  it.each(STRANGERS)('takes %s for no host', (_, record) => {
    expect(recogniseHost(record)).toBeUndefined();
  });
});
