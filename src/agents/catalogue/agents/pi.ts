import type { AgentEntry } from '../entry.js';
import { HELP, list, UPKEEP } from './modes.js';

/** Titles itself `pi`, padded with blanks. */
export const PI: AgentEntry = {
  name: 'pi',
  resume: list('pi --session'),
  executables: ['pi'],
  scripts: [{ path: /(^|\/)(@mariozechner|@earendil-works)\/pi-coding-agent\/dist\/[\w-]+\.m?js$/ }],
  packages: ['@mariozechner/pi-coding-agent', '@earendil-works/pi-coding-agent'],
  flags: { ...HELP, '-v': UPKEEP, '--list-models': UPKEEP },
  promptFlags: list('--system-prompt --append-system-prompt'),
  values: list(
    '--provider --model --api-key --system-prompt --append-system-prompt --mode --session --session-dir --models --tools --thinking --extension -e --skill --prompt-template --theme --export',
  ),
  sessionFlags: list('--session'),
  // Mathematicians' programs are asked for digits.
  foreign: { positional: /^\d+$/ },
};

/** A fork of pi. */
export const OMP: AgentEntry = {
  ...PI,
  name: 'omp',
  resume: list('omp --resume'),
  executables: ['omp'],
  scripts: [{ path: /(^|\/)@oh-my-pi\/pi-coding-agent\/[\w./-]+\.[jt]s$/ }],
  packages: ['@oh-my-pi/pi-coding-agent', 'omp'],
};
