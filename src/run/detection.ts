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
  const isWindows = platform === 'win32';
  const unreadable = platform === 'linux' ? `by ${source}` : 'on this platform';
  const way = (name: Detection['way'], available: boolean, note?: string): Detection => {
    return note === undefined ? { way: name, available } : { way: name, available, note };
  };
  return [
    way('tree', true, 'by looks at the process table, some time apart'),
    'name' in subreaper
      ? way('subreaper', true, `held by ${subreaper.name}`)
      : way('subreaper', false, subreaper.missing),
    way('group', !isWindows, isWindows ? 'Windows has no process groups' : undefined),
    way('session', !isWindows && source !== 'portable', isWindows ? 'Windows has no process sessions' : undefined),
    source === 'procfs'
      ? way('cookie', true)
      : way('cookie', false, `the environment of others cannot be read ${unreadable}`),
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
