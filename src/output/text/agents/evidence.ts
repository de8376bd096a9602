import type { Evidence } from '../../../verdict/judgement.js';
import { harmless } from '../../harmless.js';
import type { Style } from '../../style.js';
import { wrap } from '../../wrap.js';

export interface EvidenceLayout {
  readonly width: number | undefined;
  readonly style: Style;
}

/** What speaks for an end, what against it, and what only says how much is known. */
const SIDES: readonly (readonly [title: string, argues: readonly Evidence['argues'][]])[] = [
  ['for', ['orphan', 'idle']],
  ['against', ['live', 'veto']],
  ['unknown', ['note']],
];

/** Evidence by the side that it takes, what proves most first; a side without any has no line. */
export function evidenceLines(
  evidence: readonly Evidence[],
  { width, style }: EvidenceLayout,
  indent: string,
): string[] {
  return SIDES.flatMap(([title, argues]) => {
    const texts = evidence
      .filter((one) => argues.includes(one.argues))
      .sort((a, b) => b.strength - a.strength)
      .map(({ text }) => harmless(text));
    const room = width === undefined ? undefined : width - indent.length - TITLE_WIDTH;
    const lines = [...new Set(texts)].flatMap((text) => wrap(text, room));
    return lines.map((line, at) => style.dim(`${indent}${(at === 0 ? title : '').padEnd(TITLE_WIDTH)}${line}`));
  });
}

const TITLE_WIDTH = 'unknown  '.length;
