import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Role } from '../../src/agents/membership.js';
import type { Row } from '../../src/agents/recognise/recognition.js';
import { splitAtBlanks } from '../../src/process/sources/ps/fields.js';

const CORPUS = path.resolve(import.meta.dirname, '../../fixtures/corpus');

export interface Expectation {
  readonly agent: string | null;
  readonly role: Role | null;
}

export interface CorpusLine {
  readonly title: string;
  readonly platform: NodeJS.Platform;
  readonly row: Row;
  readonly expect: Expectation;
  readonly needs?: 'tree' | 'state' | 'ambiguous';
}

/** The labelled processes of one file, one to a line. */
export function corpusLines(file: string): CorpusLine[] {
  return readFileSync(path.join(CORPUS, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => toLine(JSON.parse(line), `${file}:${index + 1}`));
}

interface RawLine {
  platform: string;
  comm?: string | null;
  exe?: string | null;
  argv?: string[] | null;
  args?: string | null;
  state?: string;
  expect: Expectation;
  needs?: 'tree' | 'state' | 'ambiguous';
}

function toLine(raw: RawLine, place: string): CorpusLine {
  const argv = raw.argv ?? (raw.args == null ? undefined : splitAtBlanks(raw.args));
  const shown = raw.args ?? raw.argv?.join(' ').trimEnd() ?? raw.comm ?? '';
  return {
    title: `${place} ${raw.expect.agent ?? 'nobody'}/${raw.expect.role ?? '-'}: ${shown.slice(0, 100)}`,
    // Below WSL everything is as on Linux.
    platform: raw.platform === 'wsl' ? 'linux' : (raw.platform as NodeJS.Platform),
    row: {
      comm: raw.comm ?? undefined,
      exe: raw.exe ?? undefined,
      argv,
      argvIsSplitText: raw.argv == null && raw.args != null ? true : undefined,
      state: raw.state,
    },
    expect: raw.expect,
    ...(raw.needs !== undefined && { needs: raw.needs }),
  };
}

/** Names of the recorded trees, without `.json`. */
export function treeNames(): string[] {
  return readdirSync(path.join(CORPUS, 'trees')).map((file) => file.replace(/\.json$/, ''));
}

export function treeFile(name: string): string {
  return readFileSync(path.join(CORPUS, 'trees', `${name}.json`), 'utf8');
}
