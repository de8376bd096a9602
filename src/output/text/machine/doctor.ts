import type { EnvironmentReport, Finding, FindingLevel } from '../../../process/environment.js';
import { counted } from '../../../units.js';
import { harmless } from '../../harmless.js';
import { wrap } from '../../wrap.js';

/** Paints the word of a level, which says the same without colour. */
export type PaintLevel = (text: string, level: FindingLevel) => string;

/**
 * The findings, problems first, each with what it means and what to do; ends with a line that sums up.
 *
 * @param width to break lines at; `undefined` breaks none
 */
export function doctorText(
  report: EnvironmentReport,
  paint: PaintLevel = (text) => text,
  width?: number | undefined,
): string {
  const ordered = LEVELS.flatMap((level) => report.findings.filter((finding) => finding.level === level));
  const widest = Math.max(0, ...ordered.map(({ topic }) => topic.length));
  const lines = ordered.flatMap((finding) => findingLines(finding, widest, paint, width));
  return `${[...lines, '', summary(report)].join('\n')}\n`;
}

const LEVELS: readonly FindingLevel[] = ['problem', 'note', 'ok'];
const LEVEL_WIDTH = 'problem'.length;

function findingLines(
  { level, topic, found, means, mend }: Finding,
  widest: number,
  paint: PaintLevel,
  width: number | undefined,
): string[] {
  const word = paint(level.padEnd(LEVEL_WIDTH), level);
  const left = LEVEL_WIDTH + 2 + widest + 2;
  const wrapped = (text: string, first = ''): string[] =>
    wrap(harmless(text), width === undefined ? undefined : width - left - first.length).map(
      (line, at) => (at === 0 ? first : ' '.repeat(first.length)) + line,
    );
  const lines = [
    ...wrapped(found),
    ...(means === undefined ? [] : wrapped(means)),
    ...(mend === undefined ? [] : wrapped(mend, '→ ')),
  ];
  return lines.map((line, at) => (at === 0 ? `${word}  ${topic.padEnd(widest)}  ${line}` : ' '.repeat(left) + line));
}

function summary({ findings }: EnvironmentReport): string {
  const count = (level: FindingLevel): number => findings.filter((finding) => finding.level === level).length;
  const problems = count('problem');
  const notes = count('note');
  if (problems === 0 && notes === 0) return 'nothing stands in the way';
  return [...(problems > 0 ? [counted(problems, 'problem')] : []), ...(notes > 0 ? [counted(notes, 'note')] : [])].join(
    ', ',
  );
}
