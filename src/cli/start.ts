import nodeModule from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { stateHome } from '../state/home.js';
import { makePrivateFolder } from '../state/private-folder.js';
import { standardStream } from './standard-streams.js';
import { VERSION } from './version.js';

const args = process.argv.slice(2);
if (args.length !== 1 || (args[0] !== '--version' && args[0] !== '-V') || !printVersion()) {
  keepCompiled();
  if (args[0] === 'count') void import('./count-alone.js');
  else void import('./every-command.js');
}

/** Without loading the program; false leaves it to the program to say what is wrong with the output. */
function printVersion(): boolean {
  try {
    standardStream(1, () => process.exit()).write(`${VERSION}\n`);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lets Node (22.1 and later) keep what V8 compiles of the program, which is half of a short command's own time. Node
 * checks it against the program's text. It is code that will run: only a folder that nobody else can write will do.
 */
function keepCompiled(): void {
  const { enableCompileCache } = nodeModule as typeof nodeModule & CompileCache;
  if (enableCompileCache === undefined) return;
  try {
    const home = stateHome({ env: process.env, home: os.homedir(), platform: process.platform });
    if (home === undefined) return;
    const folder = path.join(home, 'compiled');
    makePrivateFolder(folder);
    enableCompileCache(folder);
  } catch {
    // The program runs without it, only slower; what needs the folder says what is wrong with it.
  }
}

/** What the types of Node 20 do not know. */
interface CompileCache {
  readonly enableCompileCache?: (folder: string) => unknown;
}
