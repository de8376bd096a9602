import { describe, expect, it } from 'vitest';
import { doctorText } from '../../../src/output/text/machine/doctor.js';
import type { EnvironmentReport, Finding } from '../../../src/process/environment.js';

function report(...findings: Finding[]): EnvironmentReport {
  return { schema: 'sesswatch/doctor/1', healthy: true, findings };
}

const OK: Finding = { topic: 'ps', level: 'ok', found: 'ps is procps’' };
const NOTE: Finding = {
  topic: 'pid 1',
  level: 'note',
  found: 'an application',
  means: 'proves nothing',
  mend: 'use tini',
};
const PROBLEM: Finding = {
  topic: 'state folder',
  level: 'problem',
  found: '/s\u001b[2J',
  means: 'no journal',
};

describe('what doctor prints', () => {
  it('puts problems before notes before what is well', () => {
    const text = doctorText(report(OK, NOTE, PROBLEM));
    expect(text.split('\n').flatMap((line) => /^(problem|note|ok)\b/.exec(line)?.[1] ?? [])).toEqual([
      'problem',
      'note',
      'ok',
    ]);
  });

  it('lines up what is found, what it means and what to do', () => {
    const lines = doctorText(report(NOTE)).split('\n');
    expect(lines[1]?.indexOf('proves')).toBe(lines[0]?.indexOf('an application'));
    expect(lines[2]?.indexOf('→ use tini')).toBe(lines[0]?.indexOf('an application'));
  });

  it.each([
    [[OK], 'nothing stands in the way'],
    [[OK, NOTE], '1 note'],
    [[PROBLEM, PROBLEM, NOTE], '2 problems, 1 note'],
  ])('sums up in the last line', (findings, last) => {
    expect(
      doctorText(report(...findings))
        .trimEnd()
        .split('\n')
        .at(-1),
    ).toBe(last);
  });

  it('makes what the machine says harmless, and hands only the level to the painter', () => {
    const text = doctorText(report(PROBLEM), (word, level) => `<${level}>${word.trim()}`);
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(/^<problem>problem {2}state folder/);
  });
});
