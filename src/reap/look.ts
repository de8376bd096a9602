import { readText } from '../process/sources/procfs-files.js';
import { parseStat } from '../process/sources/procfs-parse.js';

/** Who has a pid at this instant; `unknown` when somebody has it and could not be read. */
export type Sight = { readonly startTime: string; readonly state: string } | 'gone' | 'unknown';

/** The look right before a signal: synchronous, so that nothing of ours comes between look and signal. */
export type LookNow = (pid: number) => Sight;

/** Reads /proc/PID/stat: some 20 µs. */
export function procfsLook(root = '/proc'): LookNow {
  return (pid) => {
    const text = readText(`${root}/${pid}/stat`);
    if (text.kind === 'gone') return 'gone';
    const row = text.kind === 'read' ? parseStat(text.value) : undefined;
    return row === undefined ? 'unknown' : { startTime: row.startTicks, state: row.state };
  };
}
