import { type Example, examplesOf } from '../declare/help.js';
import type { DeclaredCommand, DeclaredOption } from './candidates.js';

/** What a manual page says that no declaration does. */
export interface ManualFacts {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Exit codes with what they mean. */
  readonly exitCodes: readonly (readonly [code: string, means: string])[];
  readonly files: readonly (readonly [path: string, what: string])[];
}

/** An option as commander declares it, with how its value is called. */
type ManualOption = DeclaredOption & { readonly flags: string };

/** The manual page of a declared program, for man(1): troff with the macros of man(7). */
export function manualPage(program: DeclaredCommand, facts: ManualFacts): string {
  const lines = [
    `.TH SESSWATCH 1 ${new Date(facts.now).toISOString().slice(0, 10)} "sesswatch ${facts.version}" "User Commands"`,
    '.SH NAME',
    'sesswatch \\- find, explain and carefully end processes of coding agents',
    '.SH SYNOPSIS',
    '.B sesswatch',
    '[\\fIcommand\\fR] [\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    plain(program.description()),
    'Without a command it shows one screen: what can go now, what will be ready and when, what is in use.',
    '.SH COMMANDS',
    ...program.commands.flatMap((command) => commandLines(command, '')),
    '.SH OPTIONS',
    ...program.options.flatMap(optionLines),
    '.SH EXIT STATUS',
    ...facts.exitCodes.flatMap(([code, means]) => tagged(`\\fB${plain(code)}\\fR`, means)),
    '.SH FILES',
    ...facts.files.flatMap(([path, what]) => tagged(`\\fI${plain(path)}\\fR`, what)),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines(command: DeclaredCommand, above: string): string[] {
  const name = `${above}${command.name()}`;
  const operands = command.registeredArguments.map((one) => `\\fI${plain(one.name())}\\fR`).join(' ');
  return [
    `.SS ${plain(name)}${operands === '' ? '' : ` ${operands}`}`,
    `${upperFirst(plain(command.description()))}.`,
    ...command.options.flatMap(optionLines),
    ...exampleLines(examplesOf(command)),
    ...command.commands.flatMap((below) => commandLines(below, `${name} `)),
  ];
}

function optionLines(option: DeclaredOption): string[] {
  if (option.hidden) return [];
  const flags = (option as ManualOption).flags;
  const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`;
  return tagged(`\\fB${plain(flags)}\\fR`, `${option.description}${choices}`);
}

function exampleLines(examples: readonly Example[]): string[] {
  return examples.flatMap(([line, what]) => ['.PP', `${upperFirst(plain(what))}:`, '.br', `\\fB${plain(line)}\\fR`]);
}

function tagged(tag: string, text: string): string[] {
  return ['.TP', tag, plain(text)];
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text that troff prints as it stands: no escapes, no control lines, hyphens that can be pasted. */
function plain(text: string): string {
  const escaped = text.replace(/\\/g, '\\e').replace(/-/g, '\\-').replace(/…/g, '...');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
