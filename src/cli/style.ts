import type { Settings } from '../config/settings.js';
import { type Style, styleFor } from '../output/style.js';
import type { Invocation } from './invocation.js';

/** Colours for standard output, by the setting `color`, the variables of the field, and the terminal. */
export function styleOf(invocation: Invocation, world: { readonly settings: Settings }): Promise<Style> {
  const { env, isTerminal } = invocation;
  const { color } = world.settings;
  return styleFor({
    env: color === 'always' ? { ...env, NO_COLOR: undefined, FORCE_COLOR: env.FORCE_COLOR ?? '1' } : env,
    isTerminal,
    plain: color === 'never',
  });
}
