import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { HostEntry, HostsDocument } from '../../src/hosts/compare/report.js';
import { hostsText } from '../../src/output/text/machine/hosts.js';

const layout = { width: undefined, style: new Chalk({ level: 0 }) };
const MB = 1_000_000;

const t3: HostEntry = {
  name: 'T3 Code',
  server: { pid: 94_002, uptimeSeconds: 7500, rssBytes: 212 * MB, threads: 23, descriptors: 61 },
  registries: [{ from: '/home/u/.t3/userdata/state.sqlite', state: 'read' }],
  believed: [{ hostSessionId: 'one', state: 'live' }],
  running: [
    { pid: 94_071, rssBytes: 240 * MB },
    { pid: 94_072, rssBytes: 240 * MB },
  ],
  mismatches: [
    {
      kind: 'retired',
      pid: 94_071,
      agentSessionId: '296187f1-65bd-4ea2-b200-f445e15823e5',
      rssBytes: 240 * MB,
      detail: 'its session is archived',
    },
  ],
  limits: { startSeconds: 30, stopSeconds: 10 },
};
const document = (hosts: readonly HostEntry[], notes: readonly string[] = []): HostsDocument => ({
  schema: 'sesswatch/hosts/1',
  takenAt: '2026-01-15T14:12:42.123Z',
  hosts,
  notes,
});
const text = (hosts: readonly HostEntry[], notes: readonly string[] = []) =>
  hostsText(document(hosts, notes), layout).join('\n');

describe('what hosts prints', () => {
  it('says first what differs, then each host with its server, then each fault with its reason', () => {
    const lines = text([t3]).split('\n');
    expect(lines[0]).toBe('1 host · 2 agents · 1 mismatch: 1 retired');
    expect(lines[2]).toBe('T3 Code  server 94002, up 2h 5m, 212 MB, 23 threads, 61 descriptors');
    expect(lines[3]).toBe('  believes in 1 session, 2 agents run, 480 MB');
    expect(lines[4]).toMatch(/^ {2}retired {2}94071 {2}296187f1 +240 MB {2}its session is archived$/);
    expect(lines.at(-1)).toContain('sesswatch why 94071');
  });

  it.each<[string, HostEntry, RegExp]>([
    ['a host whose server is gone', { ...t3, server: undefined }, /T3 Code {2}no server runs/],
    [
      'a registry that could not be read',
      { ...t3, registries: [{ from: '/x', state: 'unreadable' }] },
      /what it believes could not be read, 2 agents run/,
    ],
    ['two servers', { ...t3, otherServers: [{ pid: 95_000 }] }, /server 94002, [^;]*; server 95000/],
    [
      'workers, which are no agents',
      { ...t3, running: [{ pid: 1 }, { pid: 2, role: 'host-worker' }], mismatches: [] },
      /^1 host · 1 agent · all[^~]*believes in 1 session, 1 agent and 1 worker run$/,
    ],
    ['nothing amiss', { ...t3, mismatches: [] }, /^1 host · 2 agents · all as they believe/],
    [
      'rows alone',
      { ...t3, mismatches: [{ kind: 'phantom', hostSessionId: 'one', detail: 'process 7 is gone' }] },
      /nothing to end: these rows go when their host cleans up$/,
    ],
    ['agents that no host claims', { ...t3, name: 'agents' }, /^0 hosts.*\n\nagents by themselves\n {2}2 agents run/],
  ])('tells of %s', (_, host, expected) => {
    expect(text([host])).toMatch(expected);
  });

  it('prints what could not be read, and that nothing is there', () => {
    expect(text([])).toBe('no host applications are running, and none left a registry');
    expect(text([t3], ['T3 Code: registry not readable: needs Node 22.13 or sqlite3'])).toContain(
      'note: T3 Code: registry not readable: needs Node 22.13 or sqlite3',
    );
  });

  it('keeps keys whole whose first characters are a date', () => {
    const row = { kind: 'phantom', hostSessionId: '20260522_151218_2f8066', detail: 'gone' } as const;
    expect(text([{ ...t3, mismatches: [row] }])).toContain('20260522_151218_2f8066');
  });

  it('lets no control character of a registry through', () => {
    const hostile = { kind: 'phantom', hostSessionId: 'a\u001b[2Jb', detail: 'x\u202ey' } as const;
    expect(text([{ ...t3, name: 'my\nhost', mismatches: [hostile] }])).not.toMatch(/[\u001b\u202e]|my\nhost/);
  });
});
