import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/agents/membership.js';
import { evidence } from '../../src/verdict/evidence/words.js';
import { type Facts, judge, RULES } from '../../src/verdict/judge.js';
import type { Evidence } from '../../src/verdict/judgement.js';

const VALUES = {
  defunct: ['yes', 'no'],
  veto: ['yes', 'no'],
  owner: ['live', 'none', 'not known'],
  lost: ['yes', 'no'],
  'on purpose': ['yes', 'no'],
  role: ['session', 'server', 'launcher', 'adapter', 'mcp-server', 'tool', 'infrastructure', 'host-worker'],
  'left behind': ['proved', 'likely', 'no'],
  'younger holder': ['yes', 'no', 'not known'],
  disowned: ['yes', 'no'],
  idle: ['proven', 'not proven'],
} as const;
type Column = keyof typeof VALUES;
type Case = Readonly<Record<Column, string>>;
const COLUMNS = Object.keys(VALUES) as Column[];

const rows = tableOf(readFileSync(path.resolve(import.meta.dirname, '../../docs/verdicts.md'), 'utf8'));

describe('the table in docs/verdicts.md', () => {
  it('has the rules of the code, in their order', () => {
    expect(rows.map(({ verdict }) => verdict)).toEqual(RULES.map(({ verdict }) => verdict));
  });

  it('knows only values that there are', () => {
    for (const row of rows) {
      for (const column of COLUMNS) {
        const values: readonly string[] = ['any', ...VALUES[column]];
        for (const value of row.values[column]) expect(values, column).toContain(value);
      }
    }
  });

  it('says of every combination of facts what the judge says', () => {
    const wrong: unknown[] = [];
    const used = new Set<number>();
    for (const one of everyCase()) {
      const index = rows.findIndex((row) => COLUMNS.every((column) => holds(row.values[column], one[column])));
      used.add(index);
      const { verdict } = judge(factsOf(one));
      if (verdict !== rows[index]?.verdict) wrong.push({ ...one, verdict, table: rows[index]?.verdict });
    }
    expect(wrong).toEqual([]);
    expect([...used].sort((a, b) => a - b)).toEqual(rows.map((_, index) => index));
  });
});

describe('a judgement', () => {
  const orphan: Case = {
    ...{ defunct: 'no', veto: 'no', owner: 'none', lost: 'yes', 'on purpose': 'no', role: 'session' },
    ...{ 'left behind': 'no', 'younger holder': 'no', disowned: 'no', idle: 'not proven' },
  };

  it('tells how long it is idle only where that is proven', () => {
    expect(judge({ ...factsOf({ ...orphan, idle: 'proven' }), idleSeconds: 4000 }).idleSeconds).toBe(4000);
    expect(judge({ ...factsOf(orphan), idleSeconds: 4000 }).idleSeconds).toBeUndefined();
  });

  it('says of an orphan that works that it does', () => {
    const { work, reason } = judge({ ...factsOf(orphan), isBusy: true });
    expect(work).toBe('working');
    expect(reason).toContain('and it works');
  });

  it('keeps the verdict of an orphan that a registry calls busy, for the plan to refuse', () => {
    const said = evidence('registry-busy', 'veto', 3, 'busy');
    expect(judge({ ...factsOf(orphan), evidence: [said], isBusy: true })).toMatchObject({
      verdict: 'orphan',
      work: 'working',
      evidence: [said],
    });
  });

  it('gives the strongest evidence as the reason, and the mere lack of an owner only when there is no other', () => {
    const none = evidence('no-owner', 'orphan', 3, 'x', 'nobody above it');
    const gone = evidence('terminal-gone', 'orphan', 3, 'x', 'its terminal is gone');
    const weak = evidence('exe-deleted', 'orphan', 1, 'x', 'its program was replaced');
    const reasonOf = (all: Evidence[]) => judge({ ...factsOf(orphan), evidence: all }).reason;
    expect(reasonOf([none, gone, weak])).toBe('its terminal is gone');
    expect(reasonOf([none])).toBe('nobody above it');
  });
});

function factsOf(one: Case): Facts {
  return {
    pid: 4121,
    role: one.role as Role,
    isDefunct: one.defunct === 'yes',
    owner: one.owner as Facts['owner'],
    isLost: one.lost === 'yes',
    isOnPurpose: one['on purpose'] === 'yes',
    leftBehind: one['left behind'] as Facts['leftBehind'],
    youngerHolder: one['younger holder'] as Facts['youngerHolder'],
    isDisowned: one.disowned === 'yes',
    idle: one.idle as Facts['idle'],
    isBusy: false,
    traces: [],
    evidence: one.veto === 'yes' ? [evidence('self', 'veto', 3, '1')] : [],
    observations: 1,
  };
}

function everyCase(): Case[] {
  let cases: Partial<Record<Column, string>>[] = [{}];
  for (const column of COLUMNS) {
    cases = cases.flatMap((one) => VALUES[column].map((value) => ({ ...one, [column]: value })));
  }
  return cases as Case[];
}

function holds(values: readonly string[], value: string): boolean {
  return values.includes('any') || values.includes(value);
}

interface Row {
  readonly values: Readonly<Record<Column, readonly string[]>>;
  readonly verdict: string;
}

/** The rows below the heading "The table", by the names of its columns. */
function tableOf(text: string): Row[] {
  const lines = text.slice(text.indexOf('\n## The table\n')).split('\n');
  const start = lines.findIndex((line) => line.startsWith('| defunct'));
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const names = cells(lines[start] ?? '');
  const found: Row[] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    const row = Object.fromEntries(cells(line).map((cell, index) => [names[index], cell]));
    const values = Object.fromEntries(COLUMNS.map((column) => [column, (row[column] ?? '').split(', ')]));
    found.push({ values: values as Row['values'], verdict: row.verdict ?? '' });
  }
  return found;
}
