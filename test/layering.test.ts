import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = path.resolve(import.meta.dirname, '../src');

/** Data flows one way: a folder imports only from those before it. CONTRIBUTING.md says what each is for. */
const ORDER = [
  'process',
  'state',
  'command-line',
  'agents',
  'activity',
  'hosts',
  'verdict',
  'observe',
  'snapshot',
  'reap',
  'run',
  'output',
  'watch',
  'schedule',
  'config',
  'cli',
];

/** Words and errors that every folder may use; they import nothing. */
const EVERYWHERE = ['errors', 'glob', 'nearest', 'units'];

function filesOf(folder: string): string[] {
  return readdirSync(path.join(SOURCE, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(SOURCE, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  return found.map((target) => path.relative(SOURCE, path.resolve(SOURCE, path.dirname(file), target)));
}

describe('the layers', () => {
  it('each folder of src has its place in the order', () => {
    const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).filter((name) => !ORDER.includes(name))).toEqual([]);
  });

  it.each(ORDER.filter((name) => readdirSync(SOURCE).includes(name)))(
    '%s imports from no later folder',
    (folder) => {
      const allowed = ORDER.slice(0, ORDER.indexOf(folder) + 1);
      const wrong = filesOf(folder).flatMap((file) =>
        importsOf(file)
          .filter((target) => {
            const [top = ''] = target.split(path.sep);
            return !allowed.includes(top) && !EVERYWHERE.includes(path.parse(target).name);
          })
          .map((target) => `${file} imports ${target}`),
      );
      expect(wrong).toEqual([]);
    },
  );

  it.each(EVERYWHERE)('%s imports nothing of ours', (name) => {
    expect(importsOf(`${name}.ts`)).toEqual([]);
  });

  it('deciding code reads no clock, no disk and no operating system', () => {
    const deciding = [
      'agents/recognise/classify.ts',
      'agents/resolve/resolve.ts',
      'agents/catalogue/catalogue.ts',
      'verdict/judge.ts',
      'snapshot/diff/diff.ts',
      'reap/plan/plan.ts',
    ];
    const impure = deciding.filter((file) => {
      const text = readFileSync(path.join(SOURCE, file), 'utf8');
      return /from 'node:(fs|os|child_process|process)'|Date\.now|process\.(env|pid|cwd)/.test(text);
    });
    expect(impure).toEqual([]);
  });
});
