import { describe, expect, it } from 'vitest';
import { parseRegistryEntry, readRegistry, registryFolders } from '../../../src/agents/resolve/registry.js';

const entry = {
  pid: 4121,
  sessionId: '11111111-2222-4333-8444-555555555555',
  cwd: '/w',
  startedAt: 1_795_166_000_000,
  procStart: '123456',
  version: '2.1.328',
  kind: 'interactive',
  entrypoint: 'cli',
  pidDomain: 'linux:abc:pid:[4026531836]',
  tmux: 'codeman-b80383f0:@0.%0',
  messagingSocketPath: '/tmp/cc-socks/4121.sock',
  status: 'idle',
  statusUpdatedAt: 1_795_166_100_000,
};

describe('an entry of the registry', () => {
  it('is read with every field that matters', () => {
    const { messagingSocketPath: _, ...known } = entry;
    expect(parseRegistryEntry(JSON.stringify(entry))).toEqual(known);
  });

  it.each([
    ['nothing', ''],
    ['half a file', '{"pid": 41'],
    ['a list', '[1]'],
    ['a word', '"idle"'],
    ['null', 'null'],
  ])('is none in %s', (_, text) => {
    expect(parseRegistryEntry(text)).toBeUndefined();
  });

  it.each([
    ['a pid that is a text', { pid: '4121' }],
    ['an empty session id', { sessionId: '' }],
    ['a status that is an object', { status: { is: 'idle' } }],
    ['a time that is none', { statusUpdatedAt: 'yesterday' }],
  ])('leaves out %s', (_, fields) => {
    expect(Object.values(parseRegistryEntry(JSON.stringify(fields)) ?? {}).filter((v) => v !== undefined)).toEqual([]);
  });

  it('takes a start time that is a number, and times as ISO 8601', () => {
    const text = JSON.stringify({ procStart: 123456, statusUpdatedAt: '2026-11-20T10:00:00.000Z' });
    expect(parseRegistryEntry(text)).toMatchObject({
      procStart: '123456',
      statusUpdatedAt: Date.UTC(2026, 10, 20, 10),
    });
  });
});

describe('reading the registry', () => {
  const claude = () => 'claude';
  const reading = (files: Readonly<Record<string, string>>) => {
    const asked: string[] = [];
    const readFile = (file: string): string | undefined => {
      asked.push(file);
      return files[file];
    };
    return { asked, place: { readFile, env: {}, home: '/home/u' } };
  };
  const file = '/home/u/.claude/sessions/4121.json';

  it('finds the entry that the very process wrote', async () => {
    const { place } = reading({ [file]: JSON.stringify(entry) });
    const found = await readRegistry(place, [{ pid: 4121, startTime: '123456' }], claude);
    expect(found.get(4121)?.sessionId).toBe(entry.sessionId);
  });

  it.each([
    ['another process had that pid before', { pid: 4121, startTime: '999' }],
    ['the start time is not known', { pid: 4121 }],
    ['the source writes start times otherwise', { pid: 4121, startTime: '2026-11-20T10:00:00.000Z' }],
  ])('leaves out an entry when %s', async (_, record) => {
    const { place } = reading({ [file]: JSON.stringify(entry) });
    expect(await readRegistry(place, [record], claude)).toEqual(new Map());
  });

  it('leaves out an entry that names another pid', async () => {
    const { place } = reading({ [file]: JSON.stringify({ ...entry, pid: 7 }) });
    expect(await readRegistry(place, [{ pid: 4121, startTime: '123456' }], claude)).toEqual(new Map());
  });

  it('takes an entry of an agent that wrote no start time', async () => {
    const { procStart: _, ...old } = entry;
    const { place } = reading({ [file]: JSON.stringify(old) });
    expect((await readRegistry(place, [{ pid: 4121, startTime: '1' }], claude)).has(4121)).toBe(true);
  });

  it('asks for <pid>.json by name and for nothing else', async () => {
    const { asked, place } = reading({});
    await readRegistry(place, [{ pid: 1 }, { pid: 22 }], claude);
    expect(asked).toEqual(['/home/u/.claude/sessions/1.json', '/home/u/.claude/sessions/22.json']);
  });

  it('looks first where the process itself was told to write', async () => {
    const { place } = reading({
      '/cfg/sessions/4121.json': JSON.stringify(entry),
      [file]: '{"sessionId":"old"}',
    });
    const record = { pid: 4121, startTime: '123456', detail: { markers: { CLAUDE_CONFIG_DIR: '/cfg' } } };
    expect((await readRegistry(place, [record], claude)).get(4121)?.sessionId).toBe(entry.sessionId);
  });
});

it('finds what qwen wrote, with the id of the boot before its start', () => {
  const text = JSON.stringify({
    pid: 7,
    procStart: '6d60a9fd-254a-44e1-95de-5652190e0a38:1856370',
    sessionId: entry.sessionId,
  });
  const readFile = (file: string) => (file === '/q/sessions/7.json' ? text : undefined);
  const record = { pid: 7, startTime: '1856370', detail: { markers: { QWEN_HOME: '/q' } } };
  const place = { readFile, env: {}, home: '/home/u' };
  expect(readRegistry(place, [record], () => 'qwen').get(7)?.sessionId).toBe(entry.sessionId);
  expect(readRegistry(place, [{ ...record, startTime: '2' }], () => 'qwen').size).toBe(0);
  expect(readRegistry(place, [record], () => 'gemini').size).toBe(0);
});

it.each([
  ['both', { CLAUDE_CONFIG_DIR: '/cfg' }, '/home/u', ['/cfg', '/home/u/.claude']],
  ['the home folder alone', {}, '/home/u', ['/home/u/.claude']],
  ['one of two that are the same', { CLAUDE_CONFIG_DIR: '/home/u/.claude' }, '/home/u', ['/home/u/.claude']],
  ['none without a home', { CLAUDE_CONFIG_DIR: '' }, undefined, []],
])('the folders to look in are %s', (_, env, home, folders) => {
  expect(registryFolders('claude', { env, home })).toEqual(folders);
});
