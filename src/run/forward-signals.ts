/** What of the own process is needed to receive signals. */
export interface SignalReceiver {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** Signals with which people and supervisors steer a program, in what Node can receive. */
const FORWARDED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/** Sent by a terminal to its whole foreground process group: the command has its own copy. */
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Takes the signals that are meant for the command, until the answer is called. What a terminal sends goes to
 * everybody in its foreground group (`hasItsOwn`): to send it once more would be a second Ctrl-C, which many
 * agents take as "end at once".
 */
export function forwardSignals(
  receiver: SignalReceiver,
  platform: NodeJS.Platform,
  isForeground: () => boolean,
  forward: (signal: NodeJS.Signals, hasItsOwn: boolean) => void,
): () => void {
  const listeners = FORWARDED.filter((signal) => platform !== 'win32' || !UNIX_ONLY.has(signal)).map((signal) => {
    const listener = (): void => forward(signal, FROM_TERMINAL.has(signal) && isForeground());
    receiver.on(signal, listener);
    return [signal, listener] as const;
  });
  return () => {
    for (const [signal, listener] of listeners) receiver.off(signal, listener);
  };
}

/** Not to be listened for on Windows: os.constants.signals lacks them, and Node throws. */
const UNIX_ONLY: ReadonlySet<NodeJS.Signals> = new Set(['SIGQUIT', 'SIGUSR1', 'SIGUSR2']);

/**
 * Whether a process is in the foreground process group of its terminal, by the text of its /proc/PID/stat
 * (field 5 pgrp, field 8 tpgid; proc_pid_stat(5)). Without a terminal tpgid is -1.
 */
export function isForegroundStat(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[2] !== undefined && fields[2] === fields[5];
}
