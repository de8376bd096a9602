import { describe, expect, it } from 'vitest';
import { customHost, type HostDescription } from '../../../src/hosts/adapters/custom.js';
import { lookAtMadeUpMachine, NOW, type Row } from './made-up-machine.js';

describe('a host of the user’s own', () => {
  const description: HostDescription = {
    name: 'orchestra',
    recognise: { scripts: ['orchestra/server.js'], arguments: ['serve'] },
    registry: {
      file: '~/.orchestra/state.json',
      sessions: 'live.sessions',
      fields: { hostSessionId: 'id', agentSessionId: 'agent.session', state: 'phase', pid: 'agent.pid' },
    },
    marker: 'TMUX_PANE',
  };
  const server: Row = { pid: 90, argv: ['node', '/opt/orchestra/server.js', 'serve'] };
  const claude = (pid: number, session: string): Row => ({
    pid,
    ppid: 90,
    argv: ['claude', '--resume', session],
  });
  const look = (sessions: unknown, rows: readonly Row[], given = description) =>
    lookAtMadeUpMachine({
      rows,
      files: { '/h/.orchestra/state.json': { live: { sessions } } },
      more: { custom: [customHost(given)] },
    });

  it('is compared as the known ones are', async () => {
    const sessions = [
      { id: 'one', agent: { session: 'ses_0001', pid: 91 }, phase: 'running' },
      { id: 'two', agent: { session: 'ses_0002', pid: 92 }, phase: 'archived' },
      { id: 'four', agent: { session: 'ses_0004', pid: 94 }, phase: 'running' },
    ];
    const { faults, beliefs } = await look(sessions, [
      server,
      claude(91, 'ses_0001'),
      claude(92, 'ses_0002'),
      claude(93, 'ses_0003'),
    ]);
    expect(faults).toEqual([
      ['orchestra', 'retired', 92, 'its session is archived'],
      ['orchestra', 'unregistered', 93, 'its host has no row for it'],
      ['orchestra', 'phantom', 94, 'process 94 is gone'],
    ]);
    expect([...beliefs.disowned.keys()]).toEqual([92, 93]);
  });

  it('may keep its sessions by id', async () => {
    const { document } = await look({ one: { agent: { session: 'ses_0001' }, phase: 'idle' } }, [
      server,
      claude(91, 'ses_0001'),
    ]);
    expect(document.hosts[0]?.running[0]?.hostSessionId).toBe('one');
  });

  it('is joined by its marker, in sessions that left its tree', async () => {
    const away = { ...claude(91, 'new id'), ppid: 1, detail: { markers: { TMUX_PANE: 'one' } } };
    const { faults, document } = await look([{ id: 'one', phase: 'running' }], [server, away]);
    expect([faults, document.hosts[0]?.running[0]?.hostSessionId]).toEqual([[], 'one']);
  });

  it.each([
    ['a word that nobody knows', [{ id: 'one', agent: { session: 'ses_0001' }, phase: 'hibernating' }], []],
    ['no list where one should be', 'none', []],
    ['a path through the prototype', { constructor: 1 }, []],
  ])('says nothing by %s', async (_, sessions, expected) => {
    const { faults, beliefs } = await look(sessions, [server, { ...claude(91, 'ses_0001'), startedAt: NOW }]);
    expect(faults).toEqual(expected);
    expect(beliefs.disowned.size).toBe(0);
  });

  it('is recognised by whole folders and words only', async () => {
    const rows = [
      { pid: 95, argv: ['node', '/opt/myorchestra/server.js', 'serve'] },
      { pid: 96, argv: ['node', '/opt/orchestra/server.js', 'serve-docs'] },
      { pid: 97, argv: ['vim', '/opt/orchestra/server.js', 'serve'] },
    ];
    expect((await look([], rows)).document.hosts).toEqual([]);
  });
});
