import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, sesswatch } from '../kit/command.js';

// Tables that somebody else saved: whatever program and encoding they were written with.

const ID = '296187f1-0000-4000-8000-000000000001';
const AS_ASKED = `  PID  PPID     ELAPSED    RSS COMMAND
    1     0  2-03:00:00   9000 /sbin/init
  501     1    01:05:00 210000 claude --session-id ${ID}
  502   501       05:08  52000 codex app-server
`;
const AUX = `USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root         1  0.0  0.0 168000  9000 ?        Ss   Nov18   0:10 /sbin/init
me         501  0.5  1.0 900000 210000 pts/1   Sl+  09:00   1:00 claude --session-id ${ID}
me         502  0.0  0.2 300000 52000 pts/1    Sl   10:00   0:01 codex app-server
`;
const MACOS = `USER               PID  %CPU %MEM      VSZ    RSS   TT  STAT STARTED      TIME COMMAND
root                 1   0.0  0.1 34173292   9000   ??  Ss   Tue09AM   1:10.11 /sbin/launchd
me                 501   0.5  1.0 35000000 210000 s001  S+   10:05AM   0:21.51 claude --session-id ${ID}
me                 502   0.0  0.2 34900000  52000 s001  S    10:06AM   0:00.51 codex app-server
`;
const EF = `UID          PID    PPID  C STIME TTY          TIME CMD
root           1       0  0 Nov18 ?        00:00:10 /sbin/init
me           501       1  0 09:00 pts/1    00:01:00 claude --session-id ${ID}
me           502     501  0 10:00 pts/1    00:00:01 codex app-server
`;
const bigEndian = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-from-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string | Buffer): string => {
  const whole = path.join(folder, name);
  writeFileSync(whole, text);
  return whole;
};

describe('--from', () => {
  it.each<[string, string | Buffer]>([
    ['the columns that its help asks for', AS_ASKED],
    ['the same without its head, as grep leaves it', AS_ASKED.split('\n').slice(1).join('\n')],
    ['ps aux of Linux', AUX],
    ['ps aux of macOS', MACOS],
    ['ps -ef', EF],
    ['lines that end as on Windows', AS_ASKED.replaceAll('\n', '\r\n')],
    ['UTF-8 with a byte order mark', `\ufeff${AS_ASKED}`],
    ['UTF-16, as > of PowerShell writes it', Buffer.from(`\ufeff${AS_ASKED}`, 'utf16le')],
    ['UTF-16 of the other byte order', bigEndian(AS_ASKED)],
  ])('reads %s', async (name, text) => {
    const table = file(name.replaceAll(/\W/g, '-'), text);
    const [count, ps] = await Promise.all([
      sesswatch(['count', '--by', 'agent', '--from', table]),
      sesswatch(['ps', '--json', '--from', table]),
    ]);
    expect(count).toMatchObject({ out: '1 claude\n1 codex\n', err: '', code: 0 });
    expect(documentOf<{ processes: unknown[] }>(ps).processes).toEqual([
      expect.objectContaining({ pid: 501, agent: 'claude', role: 'session', sessionId: ID }),
      expect.objectContaining({ pid: 502, agent: 'codex', role: 'server' }),
    ]);
  });

  it('reads a document in UTF-16 too', async () => {
    const saved = await sesswatch(['snapshot', '--json', '--no-save', '--from', file('asked', AS_ASKED)]);
    const document = file('document.json', Buffer.from(`\ufeff${saved.out}`, 'utf16le'));
    expect((await sesswatch(['count', '--from', document])).out).toBe('2\n');
  });

  it.each<[string, string | undefined, RegExp]>([
    ['a folder', undefined, /it is a folder/],
    ['an empty file', '', /is empty/],
    ['a picture', '\u0000\u0001PNG', /holds no process table/],
  ])('refuses %s in one line', async (name, text, expected) => {
    const given = text === undefined ? folder : file(name.replaceAll(' ', '-'), text);
    const { out, err, code } = await sesswatch(['ps', '--from', given]);
    expect(err).toMatch(/^sesswatch: .+ \(.+\)\n$/);
    expect(err).toMatch(expected);
    expect([out, code]).toEqual(['', 2]);
  });

  it.each([
    ['no name', ['ps', '--from', ''], /no file is named/],
    ['nothing on standard input', ['ps', '--from', '-'], /standard input is empty/],
    ['a command that looks at this machine', ['doctor', '--from', '-'], /doctor looks at this machine/],
    ['a command for settings', ['config', '--from', '-'], /settings are of this machine/],
    ['a command that lists what is saved', ['snapshots', '--from', '-'], /the list is of saved snapshots/],
    ['a command that runs one', ['run', '--from', '-', '--', 'true'], /watches running processes/],
    ['registries of hosts', ['hosts', '--from', '-'], /registries of today/],
  ])('refuses %s', async (_, args, expected) => {
    const { err, code } = await sesswatch(args);
    expect(err).toMatch(expected);
    expect(code).toBe(2);
  });

  it('says that a file has no agents in it', async () => {
    const none = file('none', AS_ASKED.split('\n').slice(0, 2).join('\n'));
    expect((await sesswatch(['ps', '--from', none])).err).toBe('sesswatch: there is no coding agent in this file\n');
  });

  it('prints no control character of a name or a title, and cuts nothing in a pipe', async () => {
    const hostile = file(
      'hostile',
      `  501     1    01:05:00 210000 claude --model \u001b[2J\u202e --add-dir ${'/long'.repeat(60)}\n`,
    );
    const [ps, missing] = await Promise.all([
      sesswatch(['snapshot', '--no-save', '--from', hostile]),
      sesswatch(['ps', '--from', '\u001b[2Jx']),
    ]);
    expect(ps.out).not.toMatch(/[\u001b\u202e]/);
    expect(ps.out).toContain('/long'.repeat(60));
    expect(missing.err).toBe(
      'sesswatch: cannot read \\x1b[2Jx: there is no such file (give a snapshot, a capture or the text of ps)\n',
    );
  });

  it('lists what is known by its name alone, counts none of it, and never says that there is none', async () => {
    const tasklist = file(
      'tasklist',
      'Image Name                     PID Session Name        Session#    Mem Usage\r\n' +
        '========================= ======== ================ =========== ============\r\n' +
        'claude.exe                   10800 Console                    1    245,108 K\r\n' +
        'claude.exe                   33956 Console                    1     98,204 K\r\n',
    );
    const [ps, text, none] = await Promise.all([
      sesswatch(['ps', '--json', '--from', tasklist]),
      sesswatch(['ps', '--from', tasklist]),
      sesswatch(['orphans', '--from', tasklist]),
    ]);
    const document = documentOf<{ complete: boolean; totals: { agents: number }; processes: object[] }>(ps);
    expect(document).toMatchObject({ complete: false, totals: { agents: 0 } });
    const claude = { agent: 'claude', nameOnly: true, verdict: 'unknown' };
    expect(document.processes).toMatchObject([
      { pid: 10800, ...claude },
      { pid: 33956, ...claude },
    ]);
    expect(text.out).toMatch(/10800 +claude\?/);
    expect(text.err).toContain('2 processes are named claude.exe; what they do cannot be read here');
    expect(none.err).not.toMatch(/no agent|no coding agent|no dead weight/);
    expect([ps.code, text.code, none.code]).toEqual([3, 3, 3]);
  });

  it('answers the other questions of a forest that was pasted', async () => {
    const forest = file(
      'forest',
      `USER PID PPID STAT ELAPSED COMMAND\nu 5000 4000 Ss 01:10:00 -bash\nu 5120 5000 Sl+ 01:00:00  \\_ claude --resume ${ID}\nu 5300 5120 Sl+ 01:00:00      \\_ npm exec @playwright/mcp@latest\n`,
    );
    const [why, tree, diff] = await Promise.all([
      sesswatch(['why', '5300', '--from', forest]),
      sesswatch(['tree', '--from', forest]),
      sesswatch(['diff', file('before', AS_ASKED), forest, '--json']),
    ]);
    expect(why.out).toContain('5300');
    expect(tree.out).toMatch(/5120 session[\s\S]*5300 mcp-server/);
    expect(documentOf<{ appeared: { pid: number }[] }>(diff).appeared.map(({ pid }) => pid)).toContain(5120);
  });

  it('compares standard input with a file', async () => {
    const outcome = await sesswatch(['diff', '-', file('after', AS_ASKED), '--json'], { input: AUX });
    expect(documentOf<{ totals: object }>(outcome).totals).toMatchObject({
      before: { agents: 2 },
      after: { agents: 2 },
    });
    expect(outcome.code).toBe(0);
  });
});
