// Draws what a terminal shows as an SVG: `sesswatch | node docs/pictures/from-ansi.js > docs/pictures/overview.svg`,
// with FORCE_COLOR=1, and the command as argument for the line above it.
import { readFileSync } from 'node:fs';

const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;
const COLOURS = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 34: '#79c0ff' };

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** The parts of a line, each where it stands and painted as the escapes before it say. */
function spans(line) {
  const found = [];
  let column = 0;
  let style = {};
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) {
      for (const code of codes.split(';').map(Number)) style = after(style, code);
    } else if (part !== '') {
      found.push(span(part, column, style));
      column += [...part].length;
    }
  }
  return found.join('');
}

function after(style, code) {
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: undefined };
  return code === 0 ? {} : { ...style, colour: COLOURS[code] };
}

function span(text, column, { bold, dim, colour }) {
  const paint = [
    colour === undefined ? '' : ` fill="${colour}"`,
    bold ? ' font-weight="bold"' : '',
    dim ? ' opacity="0.65"' : '',
  ].join('');
  return `<tspan x="${(MARGIN + column * CELL.width).toFixed(1)}"${paint}>${escaped(text)}</tspan>`;
}

const screen = readFileSync(0, 'utf8').trimEnd().split('\n');
const lines = [`$ ${process.argv[2] ?? 'sesswatch'}`, ...screen];
const cells = Math.max(80, ...lines.map((line) => [...line.replace(/\x1b\[[\d;]*m/g, '')].length));
const width = Math.ceil(cells * CELL.width + 2 * MARGIN);
const height = lines.length * CELL.height + 2 * MARGIN;
const rows = lines.map(
  (line, at) => `<text y="${MARGIN + (at + 0.75) * CELL.height}" xml:space="preserve">${spans(line)}</text>`,
);
process.stdout.write(
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    '  font-family="ui-monospace, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14" fill="#e6edf3">',
    `<title>${escaped(lines[0])}</title>`,
    '<rect width="100%" height="100%" rx="8" fill="#0d1117"/>',
    ...rows,
    '</svg>\n',
  ].join('\n'),
);
