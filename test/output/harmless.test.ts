import { describe, expect, it } from 'vitest';
import { commandLine, harmless, harmlessJson } from '../../src/output/harmless.js';

describe('harmless', () => {
  it.each([
    ['an escape sequence that clears the screen', 'a\u001b[2Jb', 'a\\x1b[2Jb'],
    ['a new line, which would fake a row', 'a\n1 claude', 'a\\x0a1 claude'],
    ['a carriage return, which would overwrite the line', 'a\rb', 'a\\x0db'],
    ['a bell and a backspace', 'a\u0007\u0008', 'a\\x07\\x08'],
    ['a C1 control sequence introducer', 'a\u009b2J', 'a\\x9b2J'],
    ['a mark that turns the direction of text', 'a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
    ['an isolate of direction', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['a blank of no width', 'clau\u200bde', 'clau\\u{200b}de'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
    ['a byte order mark', '\ufeffa', '\\u{feff}a'],
    ['a vowel separator of Mongolian', 'a\u180eb', 'a\\u{180e}b'],
    ['a letter of Unicode’s tags', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['half of a pair', 'a\ud800b', 'a\\u{d800}b'],
  ])('shows %s for what it is', (_, text, expected) => {
    expect(harmless(text)).toBe(expected);
  });

  it.each(['plain text', 'Überprüfung', '日本語', '😀 👩‍💻'.replace('\u200d', ''), ''])(
    'leaves %j as it is',
    (text) => {
      expect(harmless(text)).toBe(text);
    },
  );
});

describe('harmlessJson', () => {
  it.each(['\u001b[2J', '\u009b', '\u007f', '\u202e', '\u180e', '\u{e0041}', 'a\nb', '日本語 😀'])(
    'prints %j so that a terminal is safe and a parser gets it back',
    (text) => {
      const printed = harmlessJson({ [text]: [text] }, 2);
      expect(printed.replaceAll('\n', '')).toBe(harmless(printed.replaceAll('\n', '')));
      expect(JSON.parse(printed)).toEqual({ [text]: [text] });
    },
  );
});

describe('commandLine', () => {
  it.each([
    ['plain words', ['claude', '--model', 'opus'], 'claude --model opus'],
    ['a word with a blank in it', ['claude', 'two words'], "claude 'two words'"],
    ['a quote', ['claude', "it's"], "claude 'it'\\''s'"],
    ['an empty word', ['claude', '', '-p'], "claude '' -p"],
    ['the padding of a title', ['claude', '', ''], 'claude'],
    ['a title with blanks', ['tmux: server'], 'tmux: server'],
    ['a new line in a word', ['sh', '-c', 'a\nb'], "sh -c 'a\\x0ab'"],
    ['what was redacted', ['claude', '-p', '<prompt>'], 'claude -p <prompt>'],
    ['no words', [], ''],
  ])('writes %s', (_, argv, expected) => {
    expect(commandLine(argv)).toBe(expected);
  });
});
