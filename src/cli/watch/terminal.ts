import { constants } from 'node:os';
import { emitKeypressEvents } from 'node:readline';
import type { Key } from '../../watch/state.js';
import { ENTER, LEAVE } from '../../watch/terminal.js';

/** What the terminal tells the view. */
export interface TerminalListener {
  readonly onKey: (key: Key) => void;
  readonly onResize: () => void;
  /** Called with the exit code that a shell expects of it. */
  readonly onSignal: (code: number) => void;
}

/** A whole screen without a cursor, and keys one by one; everything as it was when it is left, however that comes. */
export interface WatchTerminal {
  enter(): void;
  leave(): void;
  listen(listener: TerminalListener): void;
  /** Stops this process as a shell expects it; goes on with SIGCONT. */
  suspend(): void;
}

/** The terminal of this process. Listeners stay until the process ends. */
export function openTerminal(write: (text: string) => void): WatchTerminal {
  let isEntered = false;
  let listener: TerminalListener | undefined;
  const onKeypress = (_: string | undefined, key: Key): void => listener?.onKey(key);
  const terminal: WatchTerminal = {
    enter() {
      if (isEntered) return;
      isEntered = true;
      process.stdin.setRawMode(true);
      process.stdin.on('keypress', onKeypress);
      process.stdin.resume();
      write(ENTER);
    },
    leave() {
      if (!isEntered) return;
      isEntered = false;
      process.stdin.off('keypress', onKeypress);
      process.stdin.setRawMode(false);
      process.stdin.pause();
      write(LEAVE);
    },
    listen(given) {
      listener = given;
    },
    // The whole job, as the terminal itself does it: a shell waits for all of it.
    suspend: () => void (process.platform === 'win32' || process.kill(0, 'SIGTSTP')),
  };
  emitKeypressEvents(process.stdin);
  process.stdout.on('resize', () => {
    if (isEntered) listener?.onResize();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => listener?.onSignal(128 + constants.signals[signal]));
  }
  if (process.platform !== 'win32') {
    process.on('SIGTSTP', () => {
      const wasEntered = isEntered;
      terminal.leave();
      process.once('SIGCONT', () => {
        if (!wasEntered) return;
        terminal.enter();
        listener?.onResize();
      });
      process.kill(process.pid, 'SIGSTOP');
    });
  }
  // A crash, or a reader that left.
  process.once('exit', () => terminal.leave());
  return terminal;
}
