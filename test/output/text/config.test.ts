import { describe, expect, it } from 'vitest';
import { type ConfigRow, configText } from '../../../src/output/text/machine/config.js';

function row(fields: Partial<ConfigRow>): ConfigRow {
  return { key: 'idle', value: '30m', origins: ['default'], flag: '--idle', ...fields };
}

describe('the table of settings', () => {
  it('has value, origin and flag of a setting on one line', async () => {
    const text = await configText({ rows: [row({ origins: ['user /h/.sesswatchrc'] })], files: [] });
    expect(text.split('\n')[1]).toMatch(/^idle +30m +user \/h\/\.sesswatchrc +--idle$/);
  });

  it('lines its columns up, without blanks at the ends', async () => {
    const rows = [row({}), row({ key: 'budgets.treeMemory', value: '-' })];
    const lines = (await configText({ rows, files: [] })).split('\n');
    expect(new Set(lines.slice(1, 3).map((line) => line.indexOf('default'))).size).toBe(1);
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });

  it('makes what a file says harmless', async () => {
    const text = await configText({ rows: [row({ value: 'a\u001b[2Jb' })], files: ['/x\u001b]0;y'] });
    expect(text).not.toContain('\u001b');
  });

  it('names the files that were read, or says that there is none', async () => {
    expect(await configText({ rows: [], files: ['/h/a', '/p/b'] })).toContain('read: /h/a, /p/b');
    expect(await configText({ rows: [], files: [] })).toContain('no configuration file');
  });
});
