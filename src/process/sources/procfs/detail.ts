import { withoutAbsent } from '../../../decode.js';
import type { ProcessDetail } from '../../record.js';
import type { ClosePart, DetailField } from '../../scan.js';
import { known, readLink, readNames, readText } from './files.js';
import {
  parseCgroup,
  parseCounter,
  parseInnerPids,
  parseKilobytes,
  parseTracer,
  parseUid,
  splitAtNul,
} from './parse.js';

/** What files of one process beyond its row say, of what is wanted. `program`: where its program is read. */
export function lookCloser(
  { folder, program }: { readonly folder: string; readonly program: string },
  wanted: ReadonlySet<DetailField>,
  markers: ReadonlySet<string>,
  userName: (uid: number) => string | undefined,
): ClosePart {
  const status = wanted.has('user') ? (known(readText(`${folder}/status`)) ?? '') : '';
  const uid = parseUid(status);
  const memory = wanted.has('memory') ? (known(readText(`${program}/smaps_rollup`)) ?? '') : '';
  const io = wanted.has('io') ? (known(readText(`${folder}/io`)) ?? '') : '';
  const cgroup = wanted.has('cgroup') ? known(readText(`${folder}/cgroup`)) : undefined;
  const detail: ProcessDetail = {
    cwd: wanted.has('cwd') ? known(readLink(`${program}/cwd`)) : undefined,
    fds: wanted.has('fds') ? readDescriptors(program) : undefined,
    ...(wanted.has('markers') ? readEnvironment(program, markers) : {}),
    cgroup: cgroup === undefined ? undefined : parseCgroup(cgroup),
    pssBytes: parseKilobytes(memory, 'Pss'),
    swapBytes: parseKilobytes(memory, 'Swap'),
    readBytes: parseCounter(io, 'rchar'),
    writtenBytes: parseCounter(io, 'wchar'),
    tracerPid: parseTracer(status),
    innerPids: parseInnerPids(status),
  };
  const argv = wanted.has('argv') ? known(readText(`${program}/cmdline`)) : undefined;
  return {
    argv: argv === undefined ? undefined : splitAtNul(argv),
    exe: wanted.has('argv') ? known(readLink(`${program}/exe`)) : undefined,
    uid,
    user: uid === undefined ? undefined : userName(uid),
    detail: withoutAbsent(detail),
  };
}

/** Nothing was learned: nobody's. */
export function isEmpty({ detail, ...fields }: ClosePart): boolean {
  // Nearly every process has a home.
  const { markers, home: _, ...rest } = detail ?? {};
  const isBare = markers === undefined || Object.keys(markers).length === 0;
  return isBare && Object.keys(rest).length === 0 && Object.values(fields).every((value) => value === undefined);
}

function readDescriptors(folder: string): ReadonlyMap<number, string> | undefined {
  const names = known(readNames(`${folder}/fd`));
  if (names === undefined) return undefined;
  const fds = new Map<number, string>();
  for (const name of names) {
    const target = known(readLink(`${folder}/fd/${name}`));
    // Closed since the folder was listed: then it is not open, which is what its absence says.
    if (target !== undefined) fds.set(Number(name), target);
  }
  return fds;
}

function readEnvironment(folder: string, allowed: ReadonlySet<string>): Pick<ProcessDetail, 'markers' | 'home'> {
  const bytes = readText(`${folder}/environ`);
  if (bytes.kind !== 'read') return {};
  const markers: Record<string, string> = {};
  let home: string | undefined;
  for (const entry of splitAtNul(bytes.value)) {
    const at = entry.indexOf('=');
    if (at > 0 && allowed.has(entry.slice(0, at))) markers[entry.slice(0, at)] = entry.slice(at + 1);
    if (entry.startsWith('HOME=/')) home = entry.slice(at + 1);
  }
  return { markers, home };
}
