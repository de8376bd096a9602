import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config/schema.js';
import { SETTING_KEYS, SETTINGS } from '../../src/config/settings.js';

/** Every setting, as a file may say it. */
const WHOLE = {
  idle: '1h',
  minAge: 0,
  grace: '20s',
  max: 5,
  include: ['idle', 'superseded'],
  protect: [{ agent: 'claude', cwd: '/srv/**' }, { argv: '--profile (work|prod)' }],
  agents: [{ name: 'acme', executables: ['acme'], sessionFlags: ['--id'] }],
  mcpServers: [{ names: ['acme-mcp'] }],
  hosts: [
    {
      name: 'Acme Host',
      recognise: { scripts: ['acme/server.js'] },
      registry: {
        file: '~/.acme/sessions.json',
        sessions: 'sessions',
        fields: { agentSessionId: 'agent.id' },
      },
      marker: 'ACME_SESSION',
    },
  ],
  source: 'ps',
  keep: 10,
  olderThan: '7d',
  budgets: { treeMemory: '4G', descriptors: 5000, sessions: 12, cpu: { percent: 80, for: '10m' } },
  color: 'never',
};

describe('a configuration file', () => {
  it('can say every setting', () => {
    const settings = readSettings(WHOLE, 'f');
    expect(Object.keys(settings).sort()).toEqual([...SETTING_KEYS].sort());
    expect(settings).toMatchObject({
      idle: 3600,
      minAge: 0,
      olderThan: 604_800,
      budgetTreeMemory: 4_000_000_000,
      budgetCpu: { percent: 80, seconds: 600 },
      protect: WHOLE.protect,
    });
  });

  it('says nothing of what it leaves out', () => {
    expect(readSettings({}, 'f')).toEqual({});
  });

  it.each([
    ['idle', { idle: '30 minutes' }, 'idle is "30 minutes", allowed is a duration such as 90s'],
    ['a duration without a unit', { grace: 10 }, 'grace is 10, allowed is a duration'],
    ['a negative count', { max: -1 }, 'max is -1, allowed is a whole number'],
    ['a count as text', { keep: '200' }, 'keep is "200", allowed is a whole number'],
    ['a word', { color: 'red' }, 'color is "red", allowed is one of auto, always, never'],
    ['an entry of a list', { include: ['idle', 'live'] }, 'include.1 is "live", allowed is one of idle, busy-orphan'],
    ['no list', { include: 'idle' }, 'include is "idle", allowed is a list of idle'],
    ['an empty rule', { protect: [{}] }, 'protect.0 is {}, allowed is at least one of agent'],
    ['an empty text', { protect: [{ agent: '' }] }, 'protect.0.agent is "", allowed is a text that is not empty'],
    ['a budget', { budgets: { treeMemory: 'lots' } }, 'budgets.treeMemory is "lots", allowed is a size'],
    ['a missing part', { budgets: { cpu: { percent: 5 } } }, 'budgets.cpu.for is missing'],
    ['an agent without a name', { agents: [{ executables: ['x'] }] }, 'agents.0.name is missing'],
    ['an agent that nothing is', { agents: [{ name: 'x' }] }, 'allowed is at least one of executables'],
    ['a text instead of everything', 'idle', 'the whole is "idle", allowed is an object with idle, minAge'],
    ['a list instead of everything', [], 'the whole is [], allowed is an object with idle'],
    ['nothing instead of everything', null, 'the whole is null, allowed is an object with idle'],
  ])('is refused for %s, with key, value and what is allowed', (_, input, message) => {
    expect(() => readSettings(input, '/x/.sesswatchrc')).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining(`${message}`) }),
    );
    expect(() => readSettings(input, '/x/.sesswatchrc')).toThrow(/^\/x\/\.sesswatchrc: /);
  });

  it.each([
    ['idel', { idel: '1h' }, 'idel is not a setting; did you mean idle?'],
    ['min-age', { 'min-age': '1h' }, 'min-age is not a setting; did you mean minAge?'],
    ['an unknown part', { protect: [{ agnet: 'x' }] }, 'protect.0.agnet is not a setting; did you mean agent?'],
    ['an unknown budget', { budgets: { memory: '1G' } }, 'budgets.memory is not a setting; '],
    ['something far off', { xyzzy: 1 }, 'xyzzy is not a setting; allowed: idle, minAge'],
    ['__proto__', JSON.parse('{ "__proto__": { "idle": "0" } }'), '__proto__ is not a setting'],
    ['constructor', { constructor: 1 }, 'constructor is not a setting'],
  ])('is refused for the unknown key %s, with a suggestion', (_, input, message) => {
    expect(() => readSettings(input, 'f')).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining(message) }),
    );
  });

  it('is told all of its faults at once', () => {
    expect(() => readSettings({ idle: 'x', max: 'y' }, 'f')).toThrow(/idle is "x".*; max is "y"/);
  });

  it('reads back as flags what the settings show as text', () => {
    const settings = readSettings(WHOLE, 'f');
    for (const key of ['idle', 'grace', 'olderThan', 'max', 'budgetTreeMemory', 'budgetSessions'] as const) {
      const { read, text } = SETTINGS[key];
      if (read === 'json') throw new Error(`${key} is no JSON`);
      expect(read([text(settings[key] as never)])).toBe(settings[key]);
    }
  });
});
