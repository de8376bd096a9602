import type { Style } from '../../src/output/style.js';

const asItIs = (text: string): string => text;

/** Text without colours. */
export const PLAIN: Style = {
  bold: asItIs,
  dim: asItIs,
  green: asItIs,
  yellow: asItIs,
  red: asItIs,
  blue: asItIs,
  inverse: asItIs,
};
