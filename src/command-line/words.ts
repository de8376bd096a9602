import { isWindowsPath } from './program-name.js';

/**
 * The words of a command given as one text, where it is a single plain one: no operators, no substitutions.
 * `undefined` for everything that takes a shell to understand.
 */
export function plainWords(text: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*(?:'([^']*)'|"([^"$`]*)"|([^\s'"|&;<>()$`\n]+))(?=\s|$)/y;
  const line = text.trim();
  while (pattern.lastIndex < line.length) {
    const found = pattern.exec(line);
    if (found === null) return undefined;
    words.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return words;
}

/**
 * Puts together again what a split at blanks tore: argv[0] where the executable or the kernel's name is known
 * to have blanks, and everywhere the folders of macOS and Windows that do.
 */
export function joinedPaths(words: readonly string[], whole: readonly (string | undefined)[]): readonly string[] {
  for (const path of whole) {
    if (path?.includes(' ') !== true) continue;
    const joined = words.join(' ');
    if (!joined.startsWith(path)) continue;
    const rest = joined.slice(path.length);
    if (rest === '') return [path];
    if (rest.startsWith(' ')) return [path, ...joinedFolders(rest.slice(1).split(' '))];
  }
  return joinedFolders(words);
}

/** The folders of macOS and Windows whose names have blanks, put together again. */
export function joinedFolders(words: readonly string[]): readonly string[] {
  if (!words.some((word) => /[/\\](Application|Program)$/.test(word))) return words;
  const whole: string[] = [];
  for (const word of words) {
    const last = whole.at(-1);
    const belongs =
      last !== undefined &&
      ((/\/Application$/.test(last) && word.startsWith('Support/')) ||
        (isWindowsPath(last) && /[/\\]Program$/.test(last) && /^Files([/\\]|$)/.test(word)) ||
        (isWindowsPath(last) && /[/\\]Program Files$/.test(last) && /^\(x86\)[/\\]/.test(word)));
    if (belongs) whole[whole.length - 1] = `${last} ${word}`;
    else whole.push(word);
  }
  return whole;
}

/** `--name VALUE` and `--name=VALUE`; `undefined` when the option is not there or has no value. */
export function optionValue(argv: readonly string[], name: string): string | undefined {
  for (const [index, word] of argv.entries()) {
    if (word === name) {
      const value = argv[index + 1];
      return value === undefined || value === '' || value.startsWith('-') ? undefined : value;
    }
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1) || undefined;
  }
  return undefined;
}
