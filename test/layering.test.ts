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
const EVERYWHERE = ['decode', 'errors', 'glob', 'nearest', 'units'];

/** Folders and files that decide: values in, values out. */
const DECIDING = [
  'command-line/',
  'agents/',
  'activity/conclude.ts',
  'activity/ledger/ledger.ts',
  'hosts/compare/',
  'verdict/',
  'snapshot/diff/',
  'snapshot/document/',
  'snapshot/trend/',
  'reap/plan/',
  'run/descent.ts',
  'run/detection.ts',
  'run/leftovers.ts',
];

/** What reads a clock, a disk, the operating system or chance. Records are called `process` here and there. */
const OUTSIDE =
  /from 'node:(?!path')|Date\.now|new Date\(\)|performance\.now|Math\.random|setTimeout|setInterval|globalThis|\bprocess\.(?:env|cwd|platform|arch|kill|hrtime|uptime|exit|stdin|stdout|stderr|memoryUsage|cpuUsage|getuid|geteuid|umask|nextTick|on|once|version)\b/;

const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** Of values and of types alike, relative to src/. */
const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(
  FILES.map((file) => {
    const found = [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
    const targets = found.map((to) => path.relative(SOURCE, path.resolve(SOURCE, path.dirname(file), to)));
    return [file, targets.map((target) => target.replace(/\.js$/, '.ts'))];
  }),
);

function textOf(file: string): string {
  return readFileSync(path.join(SOURCE, file), 'utf8');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

describe('the layers', () => {
  it('each folder of src has its place in the order', () => {
    const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).filter((name) => !ORDER.includes(name))).toEqual([]);
  });

  it.each(ORDER.filter((name) => readdirSync(SOURCE).includes(name)))('%s imports from no later folder', (folder) => {
    const allowed = ORDER.slice(0, ORDER.indexOf(folder) + 1);
    const wrong = FILES.filter((file) => file.startsWith(folder + path.sep)).flatMap((file) =>
      (IMPORTS.get(file) ?? [])
        .filter((target) => {
          const [top = ''] = target.split(path.sep);
          return !allowed.includes(top) && !EVERYWHERE.includes(path.parse(target).name);
        })
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(EVERYWHERE)('%s imports nothing of ours', (name) => {
    expect(IMPORTS.get(`${name}.ts`)).toEqual([]);
  });

  it('no file imports itself through others, not even for a type', () => {
    expect(circles(IMPORTS)).toEqual([]);
  });

  it.each(DECIDING)('%s reads no clock, no disk and no operating system', (place) => {
    const files = FILES.filter((file) => file.split(path.sep).join('/').startsWith(place));
    expect(files).not.toEqual([]);
    expect(files.filter((file) => OUTSIDE.test(withoutComments(textOf(file))))).toEqual([]);
  });
});

describe('the check for circles', () => {
  it('finds those that go through several files', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(circles(imports)).toEqual(['a → b → c → a']);
  });
});

/** Each circle once, as the path that closes it. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, above: readonly string[]): void => {
    const at = above.indexOf(file);
    if (at !== -1) found.push([...above.slice(at), file].join(' → '));
    if (at !== -1 || done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...above, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}
