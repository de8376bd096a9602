import { describe, expect, it } from 'vitest';
import type { Membership } from '../../../src/agents/membership.js';
import { protectedBy } from '../../../src/verdict/vetoes/protect.js';
import { agentsOf, claude, protectRule, type Row } from '../rows.js';

const ID = '6abdf030-1111-4222-8333-444455556666';

function isCovered(text: string, given: Partial<Row>): boolean {
  const agents = agentsOf([claude({ pid: 50, ppid: 1, argv: ['claude', '--session-id', ID], ...given })]);
  const record = agents.table.get(50);
  const member = agents.members.get(50);
  if (record === undefined || member === undefined) throw new Error('there is no such agent');
  return protectedBy(agents, record, member, [[ruleOf(text)]]) !== undefined;
}

function ruleOf(text: string) {
  const [, kind, value = ''] = /^(agent|exe|cwd|session|argv):(.*)$/.exec(text) ?? [];
  return protectRule(kind as Parameters<typeof protectRule>[0], value);
}

describe('a protect rule', () => {
  it.each<[string, Partial<Row>, boolean]>([
    ['agent:claude', {}, true],
    ['agent:claud', {}, false],
    ['agent:.*', {}, false],
    ['exe:/home/u/.local/share/claude/versions/*', {}, true],
    ['exe:~/.local/**', {}, true],
    ['exe:/home/u/*', {}, false],
    ['exe:/opt/**', { exe: '/opt/claude (deleted)' }, true],
    ['cwd:~/app', {}, true],
    ['cwd:~/app/', {}, true],
    ['cwd:/home', {}, true],
    ['cwd:/hom', {}, false],
    ['cwd:/home/u/app/sub', {}, false],
    ['cwd:/home/?/app', {}, true],
    ['cwd:~/other', { detail: { cwd: undefined } }, true],
    [`session:${ID}`, {}, true],
    ['session:6abdf030', {}, true],
    ['session:7abdf030', {}, false],
    ['argv:--session-id', {}, true],
    ['argv:^claude$', {}, false],
    ['argv:nothing', { argv: ['claude'] }, false],
  ])('%s of %j covers: %s', (text, given, expected) => {
    expect(isCovered(text, given)).toBe(expected);
  });

  it('covers what stands behind the part of a command line that is looked at: nobody can say that it does not', () => {
    expect(isCovered('argv:end$', { argv: ['claude', `${'x'.repeat(15_000)}`] })).toBe(false);
    expect(isCovered('argv:end$', { argv: ['claude', `${'x'.repeat(17_000)}`] })).toBe(true);
  });

  it('about the agent covers what belongs to it', () => {
    const agents = agentsOf([
      claude({ pid: 50, ppid: 1 }),
      { pid: 51, ppid: 50, comm: 'sleep', exe: '/bin/sleep', argv: ['sleep', '9'] },
    ]);
    const record = agents.table.get(51);
    const member = agents.members.get(51) as Membership;
    if (record === undefined) throw new Error('there is no such tool');
    expect(protectedBy(agents, record, member, [[protectRule('agent', 'claude')]])?.argues).toBe('veto');
  });

  it.each<[string, readonly string[], boolean]>([
    ['covers what passes all of its tests', ['agent:claude', 'cwd:~/app'], true],
    ['does not cover what fails one of them', ['agent:claude', 'cwd:~/other'], false],
    ['is no list of alternatives', ['agent:codex', 'cwd:~/app'], false],
  ])('a group of tests %s', (_, texts, expected) => {
    const agents = agentsOf([claude({ pid: 50, ppid: 1 })]);
    const record = agents.table.get(50);
    const member = agents.members.get(50);
    if (record === undefined || member === undefined) throw new Error('there is no such agent');
    const group = texts.map(ruleOf);
    expect(protectedBy(agents, record, member, [group]) !== undefined).toBe(expected);
  });
});
