import { COMMANDS, MCP_COMMANDS, RUNS_SCRIPT, SECOND_COMMANDS, SERVER_COMMANDS } from './shown-programs.js';
import { HIDDEN, optionName, shownAddress, shownPath, shownValue } from './shown-values.js';

/** How many words from the start on are commands, and shown. */
export function commandsOf(name: string, rest: readonly string[], isRunner = false): number {
  const most = COMMANDS.get(name);
  if (most === undefined && !isRunner) return serverCommands(rest);
  if (most === 0 || !/^[a-z][a-z\d:-]{0,30}$/.test(rest[0] ?? '')) return 0;
  if (RUNS_SCRIPT.has(rest[0] ?? '')) return /^[A-Za-z][\w:.-]{0,40}$/.test(rest[1] ?? '') && name !== 'docker' ? 2 : 1;
  return SECOND_COMMANDS.has(rest[1] ?? '') ? (SECOND_COMMANDS.has(rest[2] ?? '') ? 3 : 2) : 1;
}

export function serverCommands(rest: readonly string[]): number {
  let count = 0;
  while (count < 2 && SERVER_COMMANDS.has(rest[count] ?? '')) count += 1;
  return count;
}

/**
 * Words of a program that nothing is known of: the first ones where they are commands, names of options with values
 * of known kinds, plain paths and addresses.
 */
export function options(words: readonly string[], commands = 0): readonly string[] {
  const shown: string[] = [];
  let option: string | undefined;
  for (const [at, word] of words.entries()) {
    if (at < commands || word === '' || word === '-' || word === '--' || MCP_COMMANDS.has(word)) shown.push(word);
    else if (word.startsWith('-')) {
      const name = optionName(word);
      const equals = word.indexOf('=');
      const value = name === undefined || equals === -1 ? '' : `=${shownValue(name, word.slice(equals + 1), false)}`;
      shown.push(name === undefined ? HIDDEN : `${name}${value}`);
      option = equals === -1 ? (name ?? '-') : undefined;
      continue;
    } else if (option === undefined) shown.push(shownAddress(word) ?? shownPath(word) ?? HIDDEN);
    else shown.push(shownValue(option, word, false));
    option = undefined;
  }
  return shown;
}
