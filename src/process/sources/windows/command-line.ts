/**
 * Splits a Windows command line into argv as CommandLineToArgvW does (shell32; "Parsing C command-line
 * arguments" in Microsoft's documentation). argv[0]: up to the closing quote, or the first blank; backslashes
 * mean nothing in it. Then: blanks part, quotes hold together, 2n backslashes before a quote are n backslashes,
 * 2n+1 are n and a quote, other backslashes stand for themselves, and three quotes in a row are one.
 */
export function splitCommandLine(text: string): string[] {
  const line = text.replace(/^[ \t]+/, '');
  if (line === '') return [];
  const program = /^"([^"]*)"?|^[^ \t]+/.exec(line);
  const first = program?.[1] ?? program?.[0] ?? '';
  return [first, ...splitArguments(line.slice(program?.[0].length ?? 0))];
}

function splitArguments(text: string): string[] {
  const argv: string[] = [];
  let current = '';
  let isOpen = false;
  let quoted = false;
  for (let at = 0; at < text.length; ) {
    const char = text[at];
    if (char === '\\') {
      const run = runLength(text, at, '\\');
      const isBeforeQuote = text[at + run] === '"';
      current += '\\'.repeat(isBeforeQuote ? Math.floor(run / 2) : run);
      at += run;
      if (isBeforeQuote && run % 2 === 1) {
        current += '"';
        at += 1;
      }
      isOpen = true;
    } else if (char === '"') {
      const run = runLength(text, at, '"');
      // Counted from the quote that opened, when one is open: every third one is literal and closes.
      const count: number = run + (quoted ? 1 : 0);
      current += '"'.repeat(Math.floor(count / 3));
      quoted = count % 3 === 1;
      at += run;
      isOpen = true;
    } else if (!quoted && (char === ' ' || char === '\t')) {
      if (isOpen) argv.push(current);
      current = '';
      isOpen = false;
      at += 1;
    } else {
      current += char;
      isOpen = true;
      at += 1;
    }
  }
  if (isOpen) argv.push(current);
  return argv;
}

function runLength(text: string, from: number, char: string): number {
  let end = from;
  while (text[end] === char) end += 1;
  return end - from;
}
