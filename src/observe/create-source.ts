import { readFileSync } from 'node:fs';
import os from 'node:os';
import { MARKER_NAMES } from '../agents/catalogue/markers.js';
import type { Machine, ProcessSource } from '../process/scan.js';
import { chooseSource, type LiveSourceName } from '../process/sources/choose.js';
import { createProcfsSource } from '../process/sources/procfs/procfs.js';

export interface SourceRequest {
  readonly platform: NodeJS.Platform;
  /** A scan without this pid, our own, is incomplete. */
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In place of the best one of the platform. */
  readonly source?: LiveSourceName | undefined;
  /** `SystemRoot` of Windows, where its own programs are. */
  readonly systemRoot?: string | undefined;
}

/**
 * A reader of this machine's process table: procfs on Linux, one `ps` on other POSIX systems, one PowerShell question on
 * Windows.
 * @throws SesswatchError `usage` when the source that was asked for cannot work here
 */
export async function createSource({ platform, pid, now, source, systemRoot }: SourceRequest): Promise<ProcessSource> {
  const about: Machine = { hostname: os.hostname(), platform, release: os.release() };
  // procfs reads the boot id itself; `ps` and `portable` cannot, and identities need it.
  const machine: Machine = { ...about, bootId: platform === 'linux' ? bootIdOfLinux() : undefined };
  // As one chunk: on Linux none of them is needed.
  const others = () => import('../process/sources/others.js');
  return chooseSource(platform, source, {
    procfs: async () =>
      createProcfsSource({
        selfPid: pid,
        machine: about,
        markers: MARKER_NAMES,
        now,
        readPasswd: readUserDatabase,
      }),
    ps: async () => {
      const { createPsSource, runTool } = await others();
      return createPsSource({ run: runTool, platform, machine, now, selfPid: pid });
    },
    cim: async () => {
      const { createCimOrNamesSource, createCimSource, createPortableSource, runTool } = await others();
      const cim = createCimSource({ run: runTool, machine, now, selfPid: pid, systemRoot });
      // Who asked for it by name wants its answer, or why there is none.
      if (source === 'cim') return cim;
      return createCimOrNamesSource(cim, createPortableSource({ machine, now, selfPid: pid }));
    },
    portable: async () => {
      const { createPortableSource } = await others();
      return createPortableSource({ machine, now, selfPid: pid });
    },
  });
}

/** random(4): a new one for each boot. */
function bootIdOfLinux(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Without procfs there is none; identities then compare as unknown.
    return undefined;
  }
}

function readUserDatabase(): string | undefined {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    // Names of users are a comfort; their numbers are known.
    return undefined;
  }
}
