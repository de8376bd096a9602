import type { ProcessRecord } from '../../../record.js';
import { type Field, recordOf } from '../cells.js';
import { namesAlone, TREE_ART } from './form.js';

/**
 * A row whose head was left behind, as `grep` does: its columns are told by the kinds of their values. What two
 * columns could be is left out. `undefined` for a line that is no such row.
 */
export function bareRow(line: string, takenAt: number): ProcessRecord | undefined {
  if (!HAS_TIME_OR_TERMINAL.test(line)) return undefined;
  for (const { pattern, fields } of SHAPES) {
    const match = pattern.exec(line);
    if (match === null) continue;
    const cells = new Map<Field, string>(fields.map((field, index) => [field, match[index + 1] ?? '']));
    cells.set('command', commandIn(match.at(-1) ?? ''));
    return recordOf(cells, takenAt);
  }
  return mixedRow(line, takenAt);
}

/** Spares lines of prose a dozen expressions. */
const HAS_TIME_OR_TERMINAL = /\d:\d\d|\s(?:\?|-|pts|tty|s\d|co)/;

const TERMINAL = '(\\?\\??|-|pts/\\d+|tty\\w+|s\\d{3}|ttys\\d+|co|console)';
const STATE = '([DIRSTtUXZW][\\w<>+-]{0,6})';
const CPU_TIME = '((?:\\d+-)?\\d{1,4}:\\d\\d(?::\\d\\d)?(?:\\.\\d+)?)';
const STARTED =
  '(\\d{1,2}:\\d\\d(?:[AP]M)?|[A-Z][a-z]{2}\\d\\d(?:[AP]M)?|[A-Z][a-z]{2} [ \\d]\\d|\\d{1,2}[A-Z][a-z]{2}\\d\\d|\\d{4})';
const USER = '([\\w.$@+-]{1,40})';
const PID = '(\\d{1,10})';
const NUMBER = '(\\d{1,15})';
const SHARE = '(\\d{1,5}[.,]\\d)';
const shape = (parts: readonly string[], fields: readonly Field[]): { pattern: RegExp; fields: readonly Field[] } => ({
  pattern: new RegExp(`^\\s*${parts.join('\\s+')}\\s(.+)$`, 's'),
  fields,
});

const SHAPES = [
  // ps aux
  shape(
    [USER, PID, SHARE, SHARE, NUMBER, NUMBER, TERMINAL, STATE, STARTED, CPU_TIME],
    ['user', 'pid', 'other', 'other', 'other', 'rssKilobytes', 'tty', 'state', 'started', 'time'],
  ),
  // ps -ef
  shape(
    [USER, PID, PID, '(\\d{1,3})', STARTED, TERMINAL, CPU_TIME],
    ['user', 'pid', 'ppid', 'other', 'started', 'tty', 'time'],
  ),
  // top -b
  shape(
    [
      PID,
      USER,
      '(rt|-?\\d{1,3})',
      '(-?\\d{1,2})',
      '([\\d.,]+[kmgt]?)',
      '([\\d.,]+[kmgt]?)',
      '([\\d.,]+[kmgt]?)',
      STATE,
      SHARE,
      SHARE,
      CPU_TIME,
    ],
    ['pid', 'user', 'other', 'other', 'other', 'rssKilobytes', 'other', 'state', 'other', 'other', 'time'],
  ),
  // ps x, ps ax
  shape([PID, TERMINAL, STATE, CPU_TIME], ['pid', 'tty', 'state', 'time']),
  // ps, ps -e
  shape([PID, TERMINAL, CPU_TIME], ['pid', 'tty', 'time']),
];

/** Pid, parent, and then whatever was asked for: as long as cells have a kind of their own, up to the command. */
function mixedRow(line: string, takenAt: number): ProcessRecord | undefined {
  const start = /^\s*(\d{1,10})\s+(\d{1,10})\s+/.exec(line);
  if (start === null) return undefined;
  const cells = new Map<Field, string>([
    ['pid', start[1] ?? ''],
    ['ppid', start[2] ?? ''],
  ]);
  let at = start[0].length;
  const kinds: string[] = [];
  const times: string[] = [];
  const numbers: { text: string; at: number }[] = [];
  for (;;) {
    WORD.lastIndex = at;
    const word = WORD.exec(line);
    if (word === null || word[2] === undefined) break;
    const text = word[1] ?? '';
    if (IS_TIME.test(text)) times.push(text);
    else if (IS_NUMBER.test(text)) numbers.push({ text, at: kinds.length });
    else if (IS_TERMINAL.test(text) && !cells.has('tty')) cells.set('tty', text);
    else if (IS_STATE.test(text) && !cells.has('state')) cells.set('state', text);
    else if (!IS_SHARE.test(text)) break;
    kinds.push(IS_TIME.test(text) ? 'time' : 'other');
    at = WORD.lastIndex;
  }
  // Without one of these it may be `pgrep -f` of a program whose name is a number.
  if (times.length === 0 && !cells.has('tty')) return undefined;
  const [age, ...rest] = times;
  const isAge = age !== undefined && (/-|^\d\d:\d\d$/.test(age) || numbers.length > 0 || rest.length > 0);
  if (isAge && !age.includes('.')) cells.set('elapsed', age);
  const cpu = isAge ? rest[0] : /\.|^\d:/.test(age ?? '') ? age : undefined;
  if (cpu !== undefined) cells.set('time', cpu);
  // Memory is what people ask for beside an age; several numbers may be anything.
  const [memory, ...others] = numbers;
  const isBeside = memory !== undefined && (kinds[memory.at - 1] === 'time' || kinds[memory.at + 1] === 'time');
  if (isBeside && others.length === 0) cells.set('rssKilobytes', memory.text);
  cells.set('command', commandIn(line.slice(at)));
  return recordOf(cells, takenAt);
}

const WORD = /(\S+)(\s+(?=\S))?/y;
const IS_TIME = /^(?:\d{1,5}-)?\d{1,4}:\d\d(?::\d\d)?(?:\.\d+)?$/;
const IS_NUMBER = /^\d{1,15}$/;
const IS_SHARE = new RegExp(`^${SHARE}$`);
const IS_TERMINAL = new RegExp(`^${TERMINAL}$`);
const IS_STATE = /^[DIRSTtUXZW][<NLsl+W]{0,6}$/;

function commandIn(text: string): string {
  const art = TREE_ART.exec(text)?.[0];
  return art === undefined ? text : text.slice(art.length);
}

/**
 * Rows of `pgrep -af` or `-fl`: a pid and a command, and nothing else in the paragraph. `undefined` where one line is no
 * such row, or where they read like sentences.
 */
export function pgrepRows(lines: readonly string[], takenAt: number): readonly ProcessRecord[] | undefined {
  const rows: ProcessRecord[] = [];
  let before = 0;
  for (const line of lines) {
    const match = /^\s*(\d{1,10}) (\S.*)$/s.exec(line);
    const pid = Number(match?.[1]);
    if (match === null || pid <= before || SENTENCE.test(line)) return undefined;
    before = pid;
    const row = recordOf(
      new Map([
        ['pid', match[1] ?? ''],
        ['command', match[2] ?? ''],
      ]),
      takenAt,
    );
    if (row === undefined) return undefined;
    rows.push(row);
  }
  return rows.length === 0 ? undefined : namesAlone(rows);
}

/** `3 agents were left.` */
const SENTENCE = /[a-z][.,;!?:]$/;
