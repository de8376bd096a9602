import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import { seeAgents } from '../../src/observe/scan-agents.js';
import { createRecordedSource } from '../../src/process/sources/recorded/recorded.js';
import { diffSnapshots, hasLeak } from '../../src/snapshot/diff/diff.js';
import { parseExpectation } from '../../src/snapshot/diff/expectation.js';
import { toSnapshot } from '../../src/snapshot/document/capture.js';
import type { SnapshotDocument } from '../../src/snapshot/document/document.js';

const CAPTURES = path.resolve(import.meta.dirname, '../../fixtures/corpus/captures');

async function captured(label: string): Promise<SnapshotDocument> {
  const text = readFileSync(path.join(CAPTURES, `capture-${label}.txt`), 'utf8');
  const agents = await seeAgents({
    source: createRecordedSource(text, { path: label, takenAt: 0 }),
    catalogue: CATALOGUE,
  });
  return toSnapshot({ agents, label, id: label, all: true, redact: (record) => record.argv });
}

describe('text captures of a leak, before and after', () => {
  it('prove that five archived agents stayed', async () => {
    const diff = diffSnapshots(await captured('ready'), await captured('after-archive'), [
      parseExpectation('claude=0'),
    ]);
    expect(diff.comparison).toBe('approximate');
    expect(diff.leaks.map((leak) => leak.process.pid)).toEqual([14, 16, 17, 18, 19]);
    expect(diff.leaks.every((leak) => leak.stayed)).toBe(true);
    expect(hasLeak(diff)).toBe(true);
  });

  it('show what appeared since a baseline without agents', async () => {
    const diff = diffSnapshots(await captured('baseline'), await captured('ready'));
    expect(diff.totals.delta.byAgent).toMatchObject({ claude: { count: 5 }, codex: { count: 1 } });
    expect(diff.gone).toEqual([]);
  });
});
