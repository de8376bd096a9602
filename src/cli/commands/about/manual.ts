import type { DeclaredCommand } from '../../completion/candidates.js';
import { manualPage } from '../../completion/manual.js';
import { EXIT_DONE } from '../../exit-codes.js';
import type { Invocation } from '../../invocation.js';
import { VERSION } from '../../version.js';

/** Prints the manual page: `sesswatch help manual | man -l -`. */
export async function manual(invocation: Invocation, program: DeclaredCommand): Promise<number> {
  const facts = { version: VERSION, now: invocation.now(), exitCodes: EXIT_CODES, files: FILES };
  invocation.out(manualPage(program, facts));
  return EXIT_DONE;
}

const EXIT_CODES = [
  ['0', 'done, nothing to report'],
  ['1', 'found what was asked about: --exit-code, count --max, a leak'],
  ['2', 'usage, configuration or a file'],
  ['3', 'the scan was incomplete, nothing was done'],
  ['4', 'survivors remain'],
  ['5', 'another run holds the lock'],
  ['other', 'that of the command that run started'],
] as const;

const FILES = [
  ['$SESSWATCH_HOME', 'snapshots, the ledger of observations, the journal; else the state folder of the platform'],
  ['~/.config/sesswatch.json', 'settings of the user; sesswatch config names all places and values'],
] as const;
