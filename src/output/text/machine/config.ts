import type { TableConstructorOptions } from 'cli-table3';
import { harmless } from '../../harmless.js';

/** One setting, ready to be shown. */
export interface ConfigRow {
  /** Where it stands in a file: `budgets.cpu`. */
  readonly key: string;
  /** As a person would write it. */
  readonly value: string;
  /** `default`, `flag --idle`, `user ~/.config/sesswatch.json`; several for lists that add up. */
  readonly origins: readonly string[];
  readonly flag: string;
}

export interface ConfigText {
  readonly rows: readonly ConfigRow[];
  /** The files that were read, in the order in which they were. */
  readonly files: readonly string[];
}

/** Every setting with its value and where it came from, as a table for people. */
export async function configText(config: ConfigText, paint = plain): Promise<string> {
  // A short table: cli-table3 is super-linear, and not needed by anything on the way to a count.
  const { default: Table } = await import('cli-table3');
  const table = new Table({ ...BORDERLESS, head: ['SETTING', 'VALUE', 'FROM', 'FLAG'].map(paint.title) });
  for (const { key, value, origins, flag } of config.rows) {
    const from = origins.length === 0 ? 'default' : [...new Set(origins)].join('\n');
    const cells = [key, cut(harmless(value)), from === 'default' ? paint.dim(from) : from, paint.dim(flag)];
    table.push(cells);
  }
  const files = config.files.length === 0 ? 'no configuration file' : `read: ${config.files.map(harmless).join(', ')}`;
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n\n${files}\n`;
}

interface ConfigPaint {
  readonly title: (text: string) => string;
  readonly dim: (text: string) => string;
}

const plain: ConfigPaint = { title: (text) => text, dim: (text) => text };

/** A long list is shown whole by `--json`. */
function cut(text: string): string {
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

const WIDEST = 60;

/** No lines: two blanks between columns. No colours of its own: those of the caller are in the cells. */
const BORDERLESS: TableConstructorOptions = {
  chars: Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
      .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
      .map((name) => [name, ''])
      .concat([['middle', '  ']]),
  ),
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
};
