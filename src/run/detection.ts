import type { SourceName } from '../process/scan.js';
import type { Detection } from './document.js';

/** Which ways of finding descendants this platform and this run have, and what that leaves unseen. */
export function detectionOf(facts: {
  readonly platform: NodeJS.Platform;
  readonly source: SourceName;
  /** Who the subreaper was, or why there was none. */
  readonly subreaper: { readonly name: string } | { readonly missing: string };
}): Detection[] {
  const { platform, source, subreaper } = facts;
  const windows = platform === 'win32';
  const cookie = source === 'procfs';
  return [
    { way: 'tree', available: true, note: 'by looks at the process table, some time apart' },
    'name' in subreaper
      ? { way: 'subreaper', available: true, note: `held by ${subreaper.name}` }
      : { way: 'subreaper', available: false, note: subreaper.missing },
    windows
      ? { way: 'group', available: false, note: 'Windows has no process groups' }
      : { way: 'group', available: true },
    windows
      ? { way: 'session', available: false, note: 'Windows has no process sessions' }
      : { way: 'session', available: source !== 'portable' },
    cookie
      ? { way: 'cookie', available: true }
      : {
          way: 'cookie',
          available: false,
          note: `the environment of others cannot be read ${platform === 'linux' ? `by ${source}` : 'on this platform'}`,
        },
  ];
}

/** What these ways together cannot see, in one sentence; `undefined` when nothing can escape. */
export function blindSpot(detection: readonly Detection[]): string | undefined {
  const has = (way: Detection['way']): boolean => detection.some((one) => one.way === way && one.available);
  if (has('subreaper')) return undefined;
  return has('cookie')
    ? 'a child that clears its environment, takes a session of its own and leaves its parent between two looks cannot be found'
    : 'a child that takes a session of its own and leaves its parent between two looks cannot be found';
}
