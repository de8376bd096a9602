import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue.js';
import { classify } from '../../src/agents/classify.js';
import { redactArgv } from '../../src/agents/redact.js';
import { corpusLines } from './corpus.js';

const lines = [...corpusLines('processes.jsonl'), ...corpusLines('more-processes.jsonl')];

/** What must stay the same: not the wording, not the words. */
const essence = (found: ReturnType<typeof classify>) =>
  found && [found.agent, found.role, found.daemon, found.sessionId, found.stands];

describe('a redacted command line', () => {
  it.each(lines)('is taken for what the original was: $title', ({ row, platform }) => {
    const before = classify(row, CATALOGUE, platform);
    const argv = row.argv && redactArgv(row.argv, before);
    expect(essence(classify({ ...row, argv }, CATALOGUE, platform))).toEqual(essence(before));
  });
});
