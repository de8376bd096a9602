import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAYERS, type Layer, type LayerName, resolveSettings } from '../../src/config/resolve.js';
import { SETTING_KEYS, SETTINGS } from '../../src/config/settings.js';

function layer(from: LayerName, values: Layer['values']): Layer {
  return { from, values, ...(['user', 'project', 'config'].includes(from) ? { file: `/${from}.json` } : {}) };
}

describe('the settings', () => {
  it('are the defaults where nobody says anything, each with that origin', () => {
    const { settings, origins, warnings } = resolveSettings([]);
    expect(settings).toEqual(Object.fromEntries(SETTING_KEYS.map((key) => [key, SETTINGS[key].default])));
    expect(origins.idle).toEqual([{ from: 'default' }]);
    expect(warnings).toEqual([]);
  });

  it.each([
    [['user', 'project'], 'project', '/project.json'],
    [['user', 'project', 'config'], 'config', '/config.json'],
    [['config', 'variable'], 'variable', 'SESSWATCH_IDLE'],
    [['variable', 'flag'], 'flag', '--idle'],
    [['flag', 'user', 'variable', 'config'], 'flag', '--idle'],
  ] as const)('of %j come from %s', (names, winner, where) => {
    // The project's may only rise, so each later layer of the order says more.
    const layers = names.map((name) => layer(name, { idle: 10_000 + LAYERS.indexOf(name) }));
    const { settings, origins } = resolveSettings(layers);
    expect(settings.idle).toBe(10_000 + LAYERS.indexOf(winner));
    expect(origins.idle).toEqual([{ from: winner, where }]);
  });

  it('keep the protect rules of every layer, each with its own origin', () => {
    const { settings, origins } = resolveSettings([
      layer('flag', { protect: [{ agent: 'd' }] }),
      layer('user', { protect: [{ agent: 'a' }, { agent: 'b' }] }),
      layer('project', { protect: [{ agent: 'c' }] }),
    ]);
    expect(settings.protect.map(({ agent }) => agent)).toEqual(['a', 'b', 'c', 'd']);
    expect(origins.protect.map(({ from }) => from)).toEqual(['user', 'user', 'project', 'flag']);
  });

  it('take a shorter include list in the place of a longer one', () => {
    const { settings } = resolveSettings([
      layer('user', { include: ['idle', 'leftover'] }),
      layer('flag', { include: ['superseded'] }),
    ]);
    expect(settings.include).toEqual(['superseded']);
  });
});

describe('a project file', () => {
  it.each([
    ['idle', { idle: 60 }, 'idle 1m is not used: a project file may only raise it (now 30m)'],
    ['idle, waived', { idle: 0 }, 'idle 0 is not used'],
    ['minAge', { minAge: 1 }, 'minAge 1s is not used'],
    ['grace', { grace: 1 }, 'grace 1s is not used'],
    ['max', { max: 21 }, 'max 21 is not used: a project file may only lower it (now 20)'],
    ['include', { include: ['idle'] as const }, 'include idle is not used: a project file may not set it (now -)'],
    ['source', { source: 'portable' as const }, 'source portable is not used'],
    ['hosts', { hosts: [{ name: 'h', recognise: {} }] }, 'hosts h is not used'],
    ['a budget', { budgetTreeMemory: 1 }, 'budgets.treeMemory 1B is not used: a project file may only raise one'],
    ['a CPU budget', { budgetCpu: { percent: 1, seconds: 1 } }, 'budgets.cpu 1%/1s is not used'],
    ['keep', { keep: 1 }, 'keep 1 is not used'],
    ['olderThan', { olderThan: 1 }, 'olderThan 1s is not used'],
  ])('cannot widen what is ended or removed by %s, and is told so', (_, values, warning) => {
    const { settings, warnings } = resolveSettings([layer('project', values)]);
    expect(settings).toEqual(resolveSettings([]).settings);
    expect(warnings).toEqual([expect.stringMatching(/^\/project\.json: /)]);
    expect(warnings[0]).toContain(warning);
  });

  it.each([
    ['idle', { idle: 7200 }],
    ['minAge', { minAge: 600 }],
    ['grace', { grace: 60 }],
    ['max', { max: 0 }],
    ['keep', { keep: 500 }],
    ['color', { color: 'never' as const }],
  ])('can narrow by %s', (_, values) => {
    const { settings, warnings } = resolveSettings([layer('project', values)]);
    expect(settings).toMatchObject(values);
    expect(warnings).toEqual([]);
  });

  it('can raise a budget that the user set, and not lower it', () => {
    const user = layer('user', { budgetSessions: 10 });
    expect(resolveSettings([user, layer('project', { budgetSessions: 12 })]).settings.budgetSessions).toBe(12);
    expect(resolveSettings([user, layer('project', { budgetSessions: 8 })]).settings.budgetSessions).toBe(10);
  });

  it('is measured against what the user says, not against the default', () => {
    const { settings } = resolveSettings([layer('user', { idle: 7200 }), layer('project', { idle: 3600 })]);
    expect(settings.idle).toBe(7200);
  });

  it('adds agents and MCP servers that are seen and never ended; those of the user may be', () => {
    const agents = (name: string) => ({ agents: [{ name, executables: [name] }] });
    const { settings } = resolveSettings([
      layer('user', { ...agents('mine'), mcpServers: [{ names: ['m'] }] }),
      layer('project', { ...agents('theirs'), mcpServers: [{ names: ['t'] }] }),
    ]);
    expect(settings.agents.map(({ name, seenOnly }) => [name, seenOnly])).toEqual([
      ['mine', undefined],
      ['theirs', true],
    ]);
    expect(settings.mcpServers.map(({ seenOnly }) => seenOnly)).toEqual([undefined, true]);
  });

  it('never lowers a threshold, raises a limit or drops a rule, whatever it and the user say', () => {
    const values = fc.record(
      {
        idle: fc.nat(),
        minAge: fc.nat(),
        grace: fc.nat(),
        max: fc.nat(),
        keep: fc.nat(),
        olderThan: fc.nat(),
        budgetDescriptors: fc.nat(),
        include: fc.subarray(['idle', 'superseded', 'disowned', 'leftover', 'busy-orphan'] as const),
        protect: fc.array(fc.record({ agent: fc.string() })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(values, values, (user, project) => {
        const alone = resolveSettings([layer('user', user)]).settings;
        const both = resolveSettings([layer('user', user), layer('project', project)]).settings;
        for (const key of ['idle', 'minAge', 'grace', 'keep', 'olderThan'] as const) {
          expect(both[key]).toBeGreaterThanOrEqual(alone[key]);
        }
        expect(both.max).toBeLessThanOrEqual(alone.max);
        expect(both.include).toEqual(alone.include);
        expect(both.protect.slice(0, alone.protect.length)).toEqual(alone.protect);
        const off = Number.POSITIVE_INFINITY;
        expect(both.budgetDescriptors ?? off).toBeGreaterThanOrEqual(alone.budgetDescriptors ?? off);
      }),
    );
  });
});
