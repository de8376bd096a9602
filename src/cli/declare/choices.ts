import { SesswatchError } from '../../errors.js';
import { VERDICTS } from '../../verdict/judgement.js';
import { didYouMean } from '../suggest.js';
import { listOf } from './help.js';

/** Verdicts, comma separated or repeated. @throws SesswatchError `usage` for a word that is none */
export function verdictList(text: string, before: readonly string[] | undefined): string[] {
  const words = listOf(text, before);
  for (const word of words) {
    if (VERDICTS.some((one) => one === word)) continue;
    throw new SesswatchError(
      'usage',
      `unknown verdict '${word}'`,
      didYouMean(word, VERDICTS, `known: ${VERDICTS.join(' ')}`),
    );
  }
  return words;
}

/** Whether a host is among those that were asked for, however its name is written: `t3code`, `T3 Code`. */
export function isHostNamed(host: string | undefined, asked: readonly string[]): boolean {
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return asked.some((name) => plain(name) === plain(host ?? 'none'));
}
