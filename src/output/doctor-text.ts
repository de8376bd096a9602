import type { EnvironmentReport, Finding, FindingLevel } from '../process/environment.js';
import { harmless } from './harmless.js';
import { counted } from './units.js';

/** Paints the word of a level, which says the same without colour. */
export type PaintLevel = (text: string, level: FindingLevel) => string;

/** The findings, problems first, each with what it means and what to do; ends with a line that sums up. */
export function doctorText(report: EnvironmentReport, paint: PaintLevel = (text) => text): string {
  const ordered = LEVELS.flatMap((level) => report.findings.filter((finding) => finding.level === level));
  const widest = Math.max(0, ...ordered.map(({ topic }) => topic.length));
  const lines = ordered.flatMap((finding) => findingLines(finding, widest, paint));
  return `${[...lines, '', summary(report)].join('\n')}\n`;
}

const LEVELS: readonly FindingLevel[] = ['problem', 'note', 'ok'];
const LEVEL_WIDTH = 'problem'.length;

function findingLines(
  { level, topic, found, means, mend }: Finding,
  widest: number,
  paint: PaintLevel,
): string[] {
  const word = paint(level.padEnd(LEVEL_WIDTH), level);
  const below = ' '.repeat(LEVEL_WIDTH + 2 + widest + 2);
  return [
    `${word}  ${topic.padEnd(widest)}  ${harmless(found)}`,
    ...(means === undefined ? [] : [`${below}${harmless(means)}`]),
    ...(mend === undefined ? [] : [`${below}→ ${harmless(mend)}`]),
  ];
}

function summary({ findings }: EnvironmentReport): string {
  const count = (level: FindingLevel): number => findings.filter((finding) => finding.level === level).length;
  const problems = count('problem');
  const notes = count('note');
  if (problems === 0 && notes === 0) return 'nothing stands in the way';
  return [
    ...(problems > 0 ? [counted(problems, 'problem')] : []),
    ...(notes > 0 ? [counted(notes, 'note')] : []),
  ].join(', ');
}
