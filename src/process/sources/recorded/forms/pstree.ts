import type { ProcessRecord } from '../../../record.js';
import { splitAtBlanks } from '../../ps/fields.js';
import { type Drawn, type Form, readRows, withDrawnParents } from './form.js';

/**
 * `pstree -p`: several processes a line, `init(1)-+-sshd(80)---bash(81)`, each with the kernel's name alone. Names of one
 * parent's children stand in one column.
 */
export const pstreeByName: Form = (lines, at) => {
  const line = lines[at] ?? '';
  if (!isTreeOfNames(line)) return undefined;
  const records: ProcessRecord[] = [];
  let isCut = false;
  const parentAt: { column: number; pid: number | undefined }[] = [];
  return {
    headLines: 0,
    take(text) {
      if (CUT_THREAD.test(text)) return true;
      if (!isTreeOfNames(text)) return false;
      isCut ||= /\+$/.test(text) && !/\{[^}]*\+$/.test(text);
      let previous: number | undefined;
      for (const { name, pid, column } of namesIn(text)) {
        while ((parentAt.at(-1)?.column ?? -1) > column) parentAt.pop();
        const known = parentAt.at(-1)?.column === column ? parentAt.at(-1) : undefined;
        const ppid = previous ?? known?.pid;
        if (known === undefined) parentAt.push({ column, pid: ppid });
        else known.pid = ppid;
        // Threads are listed in braces, each with a number of its own.
        if (name.startsWith('{')) continue;
        records.push({ pid, ...(ppid === undefined ? {} : { ppid }), comm: name });
        previous = pid;
      }
      return true;
    },
    end: () => ({ records, isCut }),
  };
};

/** `|-{n+`: a thread at the edge of the terminal. */
const CUT_THREAD = /^[\s|│├└`─-]+\{[^}()]*\+$/;

function isTreeOfNames(line: string): boolean {
  return line.length <= MAX_LINE && TREE_OF_NAMES.test(line) && !/^\s*\d/.test(line);
}

const MAX_LINE = 20_000;
/** From its first name on, a line holds names with pids and what is drawn between them. */
const TREE_OF_NAMES = /^[\s|│├└`+─┬-]*[^\s(),|`│├└─-][^()]*\(\d+(?:,[^()]*)?\)(?:[\s+]*$|-+[+-]|[-─]+[┬─])/;

function* namesIn(line: string): Generator<{ name: string; pid: number; column: number }> {
  const node = /[\s|│├└`+─┬-]*([^()]*)\((\d{1,10})(?:,[^()]*)?\)/gy;
  for (let match = node.exec(line); match !== null; match = node.exec(line)) {
    const [whole, name = '', pid] = match;
    yield {
      name: name.trim(),
      pid: Number(pid),
      column: match.index + whole.lastIndexOf(name, whole.lastIndexOf('(')),
    };
  }
}

/** `pstree -ap`: a process a line, `  |-claude,5120 --resume U`, the kernel's name and then the arguments. */
export const pstreeByLine: Form = (lines, at) => {
  const isTree = rowByLine(lines[at] ?? '') !== undefined && /^\s*[|`│├└]/.test(lines[at + 1] ?? '');
  return isTree ? drawnRows(rowByLine) : undefined;
};

function rowByLine(line: string): Drawn | undefined {
  const match = /^([\s|│├└`─-]*)(\{?[^,\s|`│├└][^,]{0,63}),(\d{1,10})(?:,\S+)?( .*)?$/s.exec(line);
  if (match === null) return undefined;
  const [, art = '', name = '', pid, args = ''] = match;
  const record: ProcessRecord = { pid: Number(pid), comm: name };
  if (name.startsWith('{')) return { record: { ...record, kernelThread: true }, depth: art.length };
  const argv = { argv: [name, ...splitAtBlanks(args)], argvIsSplitText: true };
  return { record: { ...record, ...argv }, depth: art.length };
}

/** `pstree` of macOS and BSD: ` |-+= 05120 ada claude --resume U`. */
export const pstreeOfBsd: Form = (lines, at) =>
  rowOfBsd(lines[at] ?? '') === undefined ? undefined : drawnRows(rowOfBsd);

function rowOfBsd(line: string): Drawn | undefined {
  const match = /^([\s|]*[-\\|][-+=]{1,3}) (\d{5,10}) (\S+) (\S.*)$/s.exec(line);
  if (match === null) return undefined;
  const [, art = '', pid, user = '', command = ''] = match;
  const record = { pid: Number(pid), user, argv: splitAtBlanks(command), argvIsSplitText: true };
  return { record, depth: art.replace(/[-+=]+$/, '').length };
}

function drawnRows(read: (line: string) => Drawn | undefined): ReturnType<Form> {
  return readRows({
    read,
    end: (rows) => ({ records: withDrawnParents(rows).filter(({ kernelThread }) => kernelThread !== true) }),
  });
}
