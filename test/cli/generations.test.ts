import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sesswatch } from '../kit/command.js';

const TABLE = path.resolve(import.meta.dirname, '../../fixtures/process/ps-generations.txt');
const LINE =
  /^(?: {2}copies +)?codex\(410\) runs 4 generations of the same MCP server, browser-tools-mcp: the newest of [\d :-]+, the older 3 hold 553 MB RSS$/;

describe('an agent that runs one MCP server four times', () => {
  it.each([
    ['the overview', []],
    ['ps', ['ps']],
    ['orphans', ['orphans']],
    ['tree', ['tree']],
    ['the tree of that agent', ['tree', '410']],
  ])('is said in one line of %s', async (_, words) => {
    const { out, code } = await sesswatch([...words, '--from', TABLE]);
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line.includes('generation'))).toEqual([expect.stringMatching(LINE)]);
  });

  it.each([
    ['one agent of another name', ['ps', '--agent', 'claude']],
    ['one verdict', ['ps', '--verdict', 'orphan']],
  ])('is not said where %s is asked for', async (_, words) => {
    expect((await sesswatch([...words, '--from', TABLE])).out).not.toContain('generation');
  });

  it('is in the document', async () => {
    const { out } = await sesswatch(['ps', '--json', '--from', TABLE]);
    expect(JSON.parse(out).generations).toEqual([
      {
        ...{ leader: 410, agent: 'codex', server: 'browser-tools-mcp', count: 4 },
        ...{ newestStartedAt: expect.any(String), olderRssBytes: 552_960_000, older: [700, 710, 720] },
      },
    ]);
  });

  it('is what why says of an older copy', async () => {
    const [older, newest] = await Promise.all(['711', '731'].map((pid) => sesswatch(['why', pid, '--from', TABLE])));
    expect(older?.out).toContain('codex(410) runs 4 generations of browser-tools-mcp');
    expect(newest?.out).not.toContain('generations');
  });
});
