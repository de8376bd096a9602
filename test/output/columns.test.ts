import { beforeAll, describe, expect, it } from 'vitest';
import { cutTo, formatColumns } from '../../src/output/columns.js';
import { loadWidths } from '../../src/output/width.js';

const COLUMNS = [{ title: 'PID', align: 'right' }, { title: 'NAME' }, { title: 'COMMAND', flexible: true }] as const;

beforeAll(() => loadWidths(['日本']));

describe('formatColumns', () => {
  it('aligns numbers to the right, words to the left, and leaves no blanks at the end', () => {
    const rows = [
      ['7', 'claude', 'claude -p'],
      ['12345', 'amp', ''],
    ];
    expect(formatColumns(COLUMNS, rows, { width: undefined })).toEqual([
      '  PID  NAME    COMMAND',
      '    7  claude  claude -p',
      '12345  amp',
    ]);
  });

  it('counts wide characters as the two cells that they take', () => {
    const lines = formatColumns(
      [{ title: 'A' }, { title: 'B' }],
      [
        ['日本', 'x'],
        ['abcd', 'y'],
      ],
      {
        width: undefined,
      },
    );
    expect(lines).toEqual(['A     B', '日本  x', 'abcd  y']);
  });

  it.each([40, 60, 200])('fits the last column into %i cells', (width) => {
    const rows = [['7', 'claude', 'x'.repeat(300)]];
    const lines = formatColumns(COLUMNS, rows, { width });
    expect(lines[1]).toHaveLength(width);
    expect(lines[1]?.endsWith('x…')).toBe(true);
  });

  it('cuts nothing without a width', () => {
    const rows = [['7', 'claude', 'x'.repeat(300)]];
    expect(formatColumns(COLUMNS, rows, { width: undefined })[1]).toContain('x'.repeat(300));
  });

  it('keeps something of the last column in a terminal that is too narrow', () => {
    const lines = formatColumns(COLUMNS, [['7', 'claude', 'claude --model opus']], { width: 10 });
    expect(lines[1]).toBe('  7  claude  claude --mo…');
  });

  it('cuts columns that may be cut before a line is too long, no further than they may', () => {
    const columns = [{ title: 'A', least: 5 }, { title: 'B', least: 3 }, { title: 'C' }];
    const rows = [['a'.repeat(20), 'b'.repeat(20), 'c'.repeat(20)]];
    expect(formatColumns(columns, rows, { width: 50 })[1]).toBe(
      `${'a'.repeat(20)}  ${'b'.repeat(5)}…  ${'c'.repeat(20)}`,
    );
    expect(formatColumns(columns, rows, { width: 10 })[1]).toBe(`aaaa…  bb…  ${'c'.repeat(20)}`);
  });

  it('prints no head where no column has a title', () => {
    expect(formatColumns([{ title: '' }], [['a']], { width: undefined })).toEqual(['a']);
  });

  it('paints cells without counting the paint', () => {
    const style = (cell: string) => `<b>${cell}</b>`;
    const lines = formatColumns(
      [{ title: 'A' }, { title: 'B' }],
      [
        ['x', 'y'],
        ['long', 'y'],
      ],
      {
        width: undefined,
        style,
      },
    );
    expect(lines.slice(1)).toEqual(['<b>x</b>     <b>y</b>', '<b>long</b>  <b>y</b>']);
  });
});

describe('cutTo', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    // Half a wide character is none.
    ['日本語', 4, '日…'],
    ['😀😀😀', 5, '😀😀…'],
    ['', 5, ''],
  ])('%s into %i cells is %s', (text, width, expected) => {
    expect(cutTo(text, width)).toBe(expected);
  });
});
