import { widthOf } from './width.js';

/** Lines of whole words. A width that is too small for text is ignored: the terminal breaks it then. */
export function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined || width < 20) return [text];
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
