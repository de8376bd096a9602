import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import { classify } from '../../src/agents/recognise/classify.js';
import type { Row } from '../../src/agents/recognise/recognition.js';

describe('how sure an agent is recognised', () => {
  it.each<[string, Row, true | undefined]>([
    ['its own executable', { comm: 'claude', exe: '/x/bin/claude.exe', argv: ['claude'] }, undefined],
    [
      'a script of its package',
      { comm: 'node', exe: '/usr/bin/node', argv: ['node', '/x/@anthropic-ai/claude-code/cli.js'] },
      undefined,
    ],
    [
      'a link that a package manager made',
      { comm: 'node', exe: '/usr/bin/node', argv: ['node', '/x/node_modules/.bin/gemini'] },
      undefined,
    ],
    ['a title of node', { comm: 'claude', exe: '/usr/bin/node', argv: ['claude', ''] }, true],
    ['a script of its name', { comm: 'claude', exe: '/usr/bin/dash', argv: ['/bin/sh', '/tmp/claude'] }, true],
    ['a name that is all there is', { comm: 'claude' }, true],
  ])('%s', (_, row, sharedName) => {
    expect(classify(row, CATALOGUE, 'linux')).toMatchObject({ agent: expect.any(String) });
    expect(classify(row, CATALOGUE, 'linux')?.sharedName).toBe(sharedName);
  });
});
