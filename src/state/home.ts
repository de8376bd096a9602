import path from 'node:path';

/** What decides where files are kept: variables, the home folder and the platform, all passed in. */
export interface StatePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `undefined` when neither HOME nor the user database names one. */
  readonly home: string | undefined;
  readonly platform: NodeJS.Platform;
}

/**
 * The folder for snapshots, the ledger, the journal and locks: `$SESSWATCH_HOME`, else the platform's state
 * folder (XDG base directory specification: `$XDG_STATE_HOME` or `~/.local/state`; macOS: Application Support;
 * Windows: `%LOCALAPPDATA%`). `undefined` when nothing says where.
 */
export function stateHome(place: StatePlace): string | undefined {
  const { env, home, platform } = place;
  if (env.SESSWATCH_HOME !== undefined && env.SESSWATCH_HOME !== '') return path.resolve(env.SESSWATCH_HOME);
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA ?? (home === undefined ? undefined : path.join(home, 'AppData', 'Local'));
    return local === undefined ? undefined : path.join(local, 'sesswatch');
  }
  if (platform === 'darwin') {
    return home === undefined ? undefined : path.join(home, 'Library', 'Application Support', 'sesswatch');
  }
  // The specification: a relative path in an XDG variable is to be ignored.
  if (env.XDG_STATE_HOME !== undefined && path.isAbsolute(env.XDG_STATE_HOME)) {
    return path.join(env.XDG_STATE_HOME, 'sesswatch');
  }
  return home === undefined ? undefined : path.join(home, '.local', 'state', 'sesswatch');
}
