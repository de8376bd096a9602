import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-library-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the example in docs/library.md runs as it is written, and plans nothing without a ledger', () => {
  const text = readFileSync(path.join(ROOT, 'docs/library.md'), 'utf8');
  const example = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  expect(example).toContain("from 'sesswatch'");
  const library = pathToFileURL(path.join(ROOT, 'dist/index.js')).href;
  const file = path.join(folder, 'example.mjs');
  writeFileSync(file, example.replace("'sesswatch'", `'${library}'`));
  const out = execFileSync(process.execPath, [file], { encoding: 'utf8' });
  expect(out.trimEnd().split('\n').at(-1)).toBe('0 trees could go, 0 bytes');
});
