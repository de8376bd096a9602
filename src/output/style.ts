/** How text is painted; chalk is one. Whatever is painted says the same without. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  red(text: string): string;
  blue(text: string): string;
  inverse(text: string): string;
}

/** What decides on colour, passed in. */
export interface StyleRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  /** `--no-color` was given. */
  readonly plain: boolean;
}

/**
 * Colours for one stream. `--no-color` beats NO_COLOR (any value but empty, no-color.org) beats FORCE_COLOR
 * (0 is off) beats the terminal. Colour never carries meaning alone: the words say the same. Chalk is loaded only
 * where there are colours: it asks about terminals, which takes longer than a list (docs/performance.md).
 */
export async function styleFor(request: StyleRequest): Promise<Style> {
  const level = levelOf(request);
  if (level === 0) return PLAIN;
  const { Chalk } = await import('chalk');
  return new Chalk({ level });
}

const asItIs = (text: string): string => text;
const PLAIN: Style = {
  bold: asItIs,
  dim: asItIs,
  green: asItIs,
  yellow: asItIs,
  red: asItIs,
  blue: asItIs,
  inverse: asItIs,
};

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
