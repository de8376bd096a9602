import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/agents/catalogue/catalogue.js';
import { classify } from '../../../src/agents/recognise/classify.js';
import type { Recognition } from '../../../src/agents/recognise/recognition.js';
import { type CorpusLine, corpusLines } from '../corpus.js';

const named = (found: Recognition | undefined) =>
  found === undefined ? { agent: null, role: null } : { agent: found.agent ?? null, role: found.role };

/** What chains around an MCP server are: npm's own process and its shell may be called either. */
function isMcpChain(line: CorpusLine): boolean {
  const first = line.row.argv?.[0] ?? '';
  return line.expect.role === 'mcp-server' && (first.startsWith('npm exec') || /(^|\/)sh$/.test(first));
}

describe.each(['processes.jsonl', 'more-processes.jsonl'])('each labelled process of %s', (file) => {
  const lines = corpusLines(file);

  it.each(lines.filter(({ needs }) => needs === undefined || needs === 'state'))('$title', (line) => {
    const found = named(classify(line.row, CATALOGUE, line.platform));
    if (isMcpChain(line) && found.role === 'launcher') expect(found.agent).toBe(line.expect.agent);
    else expect(found).toEqual(line.expect);
  });

  it.each(lines.filter(({ needs }) => needs === 'tree'))('alone, at least the agent of $title', (line) => {
    expect(named(classify(line.row, CATALOGUE, line.platform)).agent).toBe(line.expect.agent);
  });

  it.each(lines.filter(({ needs }) => needs === 'ambiguous'))('as labelled, or unknown: $title', (line) => {
    const found = classify(line.row, CATALOGUE, line.platform);
    if (found !== undefined) expect(named(found)).toEqual(line.expect);
  });
});
