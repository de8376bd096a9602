import { Chalk, type ChalkInstance } from 'chalk';

/** What decides on colour, passed in. */
export interface StyleRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  /** `--no-color` was given. */
  readonly plain: boolean;
}

/**
 * Colours for one stream. `--no-color` beats NO_COLOR (any value but empty, no-color.org) beats FORCE_COLOR
 * (0 is off) beats the terminal. Colour never carries meaning alone: the words say the same.
 */
export function styleFor(request: StyleRequest): ChalkInstance {
  return new Chalk({ level: levelOf(request) });
}

function levelOf({ env, isTerminal, plain }: StyleRequest): 0 | 1 | 2 | 3 {
  if (plain) return 0;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 0;
  if (env.FORCE_COLOR !== undefined) {
    if (env.FORCE_COLOR === '0' || env.FORCE_COLOR === 'false') return 0;
    const asked = Number(env.FORCE_COLOR);
    return asked === 2 || asked === 3 ? asked : 1;
  }
  return isTerminal && env.TERM !== 'dumb' ? 1 : 0;
}
