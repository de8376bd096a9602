import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SesswatchError } from '../../../src/errors.js';
import { parseSnapshot } from '../../../src/snapshot/document/format.js';

const COMPLETE = readFileSync(path.resolve(import.meta.dirname, '../../../fixtures/snapshot/complete.json'), 'utf8');

type Json = Record<string, unknown>;

/** The fixture with something else in it. */
function changed(change: (document: Json, first: Json) => void): string {
  const document = JSON.parse(COMPLETE);
  change(document, document.processes[0]);
  return JSON.stringify(document);
}

function failure(text: string): SesswatchError {
  try {
    parseSnapshot(text, '/state/x.json');
  } catch (error) {
    if (error instanceof SesswatchError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('parseSnapshot', () => {
  it('reads a document with every field that there is', () => {
    expect(parseSnapshot(COMPLETE, 'x')).toEqual(JSON.parse(COMPLETE));
  });

  it('keeps fields that it does not know', () => {
    const text = changed((document, first) => {
      document.note = 'from later';
      first.nice = 5;
    });
    expect(parseSnapshot(text, 'x')).toMatchObject({ note: 'from later', processes: [{ nice: 5 }, {}, {}] });
  });

  it('reads a process of which only the pid is known', () => {
    const text = changed((document) => {
      document.processes = [{ pid: 1 }];
    });
    expect(parseSnapshot(text, 'x').processes).toEqual([{ pid: 1 }]);
  });

  it('fails for a file cut off anywhere, naming the file and what to do', () => {
    for (let length = 1; length < COMPLETE.trimEnd().length; length += 97) {
      const error = failure(COMPLETE.slice(0, length));
      expect(error.code).toBe('format');
      expect(error.message).toMatch(
        /^\/state\/x\.json is (cut off or damaged: it is not valid JSON|not a sesswatch snapshot)$/,
      );
      expect(error.hint).not.toBe('');
    }
  });

  it.each([
    ['an empty file', '', 'is empty'],
    ['only blanks', ' \n', 'is empty'],
    ['a file cut in the middle', COMPLETE.slice(0, 900), 'is cut off or damaged: it is not valid JSON'],
    ['text that is no JSON', 'PID PPID\n1 0\n', 'is not a sesswatch snapshot'],
    ['JSON of something else', '{"name":"left-pad","version":"1.0.0"}', 'is not a sesswatch snapshot'],
    ['a list', '[]', 'is not a sesswatch snapshot'],
    ['null', 'null', 'is not a sesswatch snapshot'],
    ['another document of ours', '{"schema":"sesswatch/diff/1"}', 'is not a sesswatch snapshot'],
    ['a schema with a like name', '{"schema":"xsesswatch/snapshot/1"}', 'is not a sesswatch snapshot'],
  ])('says of %s that it %s', (_, text, expected) => {
    expect(failure(text)).toMatchObject({
      code: 'format',
      message: `/state/x.json ${expected.replace(/^it /, '')}`,
    });
  });

  it('tells a newer schema from damage and says to update', () => {
    const error = failure(
      changed((document) => Object.assign(document, { schema: 'sesswatch/snapshot/2', processes: 0 })),
    );
    expect(error).toMatchObject({
      code: 'format',
      message:
        '/state/x.json was written by a newer sesswatch, as sesswatch/snapshot/2; this one reads sesswatch/snapshot/1',
      hint: 'update sesswatch to read it',
    });
  });

  it.each<[string, (document: Json, first: Json) => void]>([
    ['id is not the id of a snapshot', (document) => Object.assign(document, { id: '../../etc/passwd' })],
    ['label is not text', (document) => Object.assign(document, { label: null })],
    ['takenAt is not an ISO 8601 time in UTC', (document) => Object.assign(document, { takenAt: 'yesterday' })],
    [
      'takenAt is not an ISO 8601 time in UTC',
      (document) => Object.assign(document, { takenAt: '2026-13-45T00:00:00Z' }),
    ],
    ['machine is not an object', (document) => delete document.machine],
    ['machine.hostname is not text', (document) => Object.assign(document.machine as Json, { hostname: 5 })],
    ['complete is not true or false', (document) => Object.assign(document, { complete: 1 })],
    ['problems[1] is not text', (document) => Object.assign(document, { problems: ['a', 1] })],
    ['totals.agents is not a number', (document) => Object.assign(document.totals as Json, { agents: '1' })],
    [
      'totals.byRole is not an object of numbers',
      (document) => Object.assign(document.totals as Json, { byRole: { a: null } }),
    ],
    ['processes is not a list', (document) => Object.assign(document, { processes: {} })],
    ['processes[1] is not an object', (document) => Object.assign(document, { processes: [{ pid: 1 }, null] })],
    ['processes[0].pid is not a process id', (_, first) => delete first.pid],
    ['processes[0].pid is not a process id', (_, first) => Object.assign(first, { pid: -5 })],
    ['processes[0].pid is not a process id', (_, first) => Object.assign(first, { pid: 1.5 })],
    ['processes[0].startTime is not text', (_, first) => Object.assign(first, { startTime: 123 })],
    ['processes[0].comm is not text', (_, first) => Object.assign(first, { comm: null })],
    ['processes[0].argv[1] is not text', (_, first) => Object.assign(first, { argv: ['a', {}] })],
    ['processes[0].rssBytes is not a number', (_, first) => Object.assign(first, { rssBytes: '1 GB' })],
    [
      'processes[0].owner.pid is not a process id',
      (_, first) => Object.assign(first, { owner: { kind: 'host', name: 'x', pid: 'y' } }),
    ],
    [
      'processes[0].evidence[0].text is not text',
      (_, first) => Object.assign(first, { evidence: [{ kind: 'owner', argues: 'live', strength: 3, value: '' }] }),
    ],
    ['hosts is not a list', (document) => Object.assign(document, { hosts: {} })],
  ])('says that %s', (complaint, change) => {
    expect(failure(changed(change)).message).toBe(`/state/x.json is damaged: ${complaint}`);
  });

  it.each([
    ['role', 'boss'],
    ['role', ['session']],
    ['role', 'toString'],
    ['verdict', 'dead'],
  ])('refuses a %s that does not exist: %j', (field, value) => {
    const text = changed((_, first) => Object.assign(first, { [field]: value }));
    expect(failure(text).message).toMatch(new RegExp(`processes\\[0\\]\\.${field} is not one of .*, `));
  });

  it('takes a number too large for JSON for damage', () => {
    expect(failure(COMPLETE.replace('128974848', '1e999')).message).toContain('rssBytes is not a number');
  });
});
