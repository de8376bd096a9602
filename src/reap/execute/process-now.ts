import { known, readNames, readText } from '../../process/sources/procfs/files.js';
import { parseStat, parseTracer } from '../../process/sources/procfs/parse.js';

/** Who has a pid at this instant; `unknown` when somebody has it and could not be read. */
export type Sight =
  | {
      readonly startTime: string;
      readonly state: string;
      readonly ppid?: number | undefined;
      /** A debugger or tracer that is attached. */
      readonly tracerPid?: number | undefined;
    }
  | 'gone'
  | 'unknown';

/** The look right before a signal: synchronous, so that nothing of ours comes between look and signal. */
export type LookNow = (pid: number) => Sight;

/** Reads stat and status below /proc/PID: some 40 µs. */
export function procfsLook(root = '/proc'): LookNow {
  return (pid) => {
    const text = readText(`${root}/${pid}/stat`);
    if (text.kind === 'gone') return 'gone';
    const row = text.kind === 'read' ? parseStat(text.value) : undefined;
    if (row === undefined) return 'unknown';
    const tracerPid = parseTracer(known(readText(`${root}/${pid}/status`)) ?? '');
    return { startTime: row.startTicks, state: row.state, ppid: row.ppid, tracerPid };
  };
}

/** The children of a process at this instant; empty where the kernel does not tell. */
export type ChildrenNow = (pid: number) => readonly number[];

/**
 * Reads /proc/PID/task/TID/children of each thread (kernels with CONFIG_PROC_CHILDREN): what was forked since the last
 * scan would lose its parent by the next signal, and with it the proof of where it belongs.
 */
export function procfsChildren(root = '/proc'): ChildrenNow {
  return (pid) => {
    const threads = known(readNames(`${root}/${pid}/task`)) ?? [];
    return threads.flatMap((thread) => {
      const text = known(readText(`${root}/${pid}/task/${thread}/children`)) ?? '';
      return text
        .split(' ')
        .filter((word) => word !== '')
        .map(Number);
    });
  };
}
