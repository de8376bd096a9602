import { describe, expect, it } from 'vitest';
import type { Membership } from '../../src/agents/membership.js';
import { resumeLine, resumeOf } from '../../src/agents/resume.js';

const ID = '1c0ffee0-9b1d-4d7a-8a39-0123456789ab';

const session = (agent: string, more: Partial<Membership> = {}): Membership => ({
  pid: 100,
  agent,
  role: 'session',
  sessionId: ID,
  via: 'self',
  because: 'made up',
  ...more,
});

describe('how to go on with a session', () => {
  it.each([
    ['claude', `claude --resume ${ID}`],
    ['codex', `codex resume ${ID}`],
    ['gemini', `gemini --resume ${ID}`],
    ['qwen', `qwen --resume ${ID}`],
    ['opencode', `opencode --session ${ID}`],
    ['copilot', `copilot --resume ${ID}`],
  ])('%s is told by its own words', (agent, command) => {
    expect(resumeOf(session(agent), '/home/ada/src')).toEqual({ folder: '/home/ada/src', command });
  });

  it.each<[string, Membership | undefined, string | undefined]>([
    ['nobody', undefined, '/src'],
    ['a session without an id', session('claude', { sessionId: undefined }), '/src'],
    ['an agent without such a command', session('amp'), '/src'],
    ['an agent of somebody’s own', session('acme'), '/src'],
    ['a helper', session('claude', { role: 'mcp-server' }), '/src'],
    ['an id that would be read as a flag', session('claude', { sessionId: '--dangerous' }), '/src'],
    ['an id with more than one word', session('claude', { sessionId: 'abcd; rm -rf .' }), '/src'],
    ['a session of which the folder is not known', session('claude'), undefined],
    ['a session in a folder that was deleted', session('claude'), '/tmp/x (deleted)'],
  ])('is not known for %s', (_, member, cwd) => {
    expect(resumeOf(member, cwd)).toBeUndefined();
  });

  it('is one line for a shell, whatever the folder is called', () => {
    const folder = "/tmp/it's $(touch x)";
    expect(resumeLine({ folder, command: `claude --resume ${ID}` })).toBe(
      `cd '/tmp/it'\\''s $(touch x)' && claude --resume ${ID}`,
    );
  });
});
