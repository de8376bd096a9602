import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotDocument } from '../../src/snapshot/document/document.js';
import { documentOf, sesswatch } from '../kit/command.js';

// Whole trees that somebody recorded, and others of their kind: who is who in them, and what each one's verdict is.

const RECORDED = path.resolve(import.meta.dirname, '../../fixtures/recorded');
const HEAD = '  PID  PPID  PGID   SID TTY      STAT     ELAPSED    RSS COMMAND\n';
const INIT = '    1     0     1     1 ?        Ss   20-00:00:00   9000 /sbin/init\n';
const SNAPSHOT_SH = 'source /home/u/.claude/shell-snapshots/snapshot-bash-1-abc.sh 2>/dev/null && eval x';

/** `agent role verdict` by pid, `-` where there is none. */
type Rows = Readonly<Record<number, string>>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-recorded-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rowsOf(file: string): Promise<Rows> {
  const { processes } = documentOf<SnapshotDocument>(await sesswatch(['ps', '--all', '--json', '--from', file]));
  return Object.fromEntries(
    processes.map(({ pid, agent, helperOf, role, verdict }) => [pid, `${agent ?? helperOf ?? '-'} ${role} ${verdict}`]),
  );
}

/** A row whose group and session are its own, unless said otherwise. */
function row(pid: number, ppid: number, command: string, group = pid): string {
  return `${pid} ${ppid} ${group} ${group} ? S 02:00:00 90000 ${command}\n`;
}

describe('in a recorded table', () => {
  it.each<[what: string, file: string, rows: Rows]>([
    [
      'what uvx becomes is a part of its server',
      'uvx.txt',
      {
        9100: '- mcp-server live',
        9101: '- mcp-server live',
        9102: '- mcp-server live',
        7000: '- mcp-server unknown',
        7001: '- mcp-server unknown',
        7002: '- mcp-server unknown',
      },
    ],
    [
      'MCP servers are told by their shape',
      'mcp-shapes.txt',
      Object.fromEntries([109, 111, 113, 115, 118].map((pid) => [pid, '- mcp-server unknown'])),
    ],
    [
      'adapters go with their agent, and only where the leader of their group is gone are they lost',
      'acp-adapters.txt',
      {
        2001: 'claude launcher orphan',
        2002: 'claude adapter orphan',
        2003: 'claude session orphan',
        3001: 'claude adapter orphan',
        3002: 'claude session orphan',
        4001: 'codex adapter unknown',
        4002: 'codex server unknown',
      },
    ],
    [
      'an agent below a tool that was left behind is lost with it',
      'nested-under-tool.txt',
      { 72: 'claude tool leftover', 73: 'claude tool leftover', 80: 'claude session orphan' },
    ],
    [
      'daemons are listed and no sessions',
      'bg-count.txt',
      {
        84783: 'claude infrastructure protected',
        84902: 'claude infrastructure protected',
        84992: 'claude session live',
        84899: 'claude infrastructure protected',
        84913: 'claude infrastructure protected',
      },
    ],
    [
      'agents of fewer users are known',
      'agents-missing.txt',
      {
        100: 'pi session unknown',
        101: 'pi session unknown',
        102: 'omp session unknown',
        103: 'kilo server unknown',
        104: 'zcode session unknown',
      },
    ],
    [
      'codex-acp below its own shim is lost with it',
      'codex-acp-idle-after-eof.json',
      { 12112: 'codex adapter orphan', 12172: 'codex server orphan' },
    ],
    [
      'an agent that waits for a call or for the model has lost nobody',
      'detached-in-mcp-call.json',
      { 11685: 'codex session unknown', 11870: 'gemini session unknown' },
    ],
    [
      'the older of two that hold a session is superseded',
      'superseded-kept-by-successors-transcript.json',
      { 5937: 'claude session superseded', 6449: 'claude session live' },
    ],
  ])('%s', async (_, file, rows) => {
    expect(await rowsOf(path.join(RECORDED, file))).toMatchObject(rows);
  });

  it.each<[what: string, table: string, rows: Rows]>([
    [
      'uv run and pipx run are parts of the server that they run',
      row(10, 1, 'uv run mcp-server-git') + row(11, 10, '/x/.venv/bin/python /x/.venv/bin/mcp-server-git'),
      { 10: '- mcp-server unknown', 11: '- mcp-server unknown' },
    ],
    [
      'bunx is a part of the server that it runs',
      row(10, 1, 'bunx @playwright/mcp') + row(11, 10, 'node /x/node_modules/@playwright/mcp/cli.js'),
      { 10: '- mcp-server unknown', 11: '- mcp-server unknown' },
    ],
    [
      'a container of an MCP image is a server, another one is not',
      row(10, 1, 'docker run -i --rm mcp/fetch') + row(11, 1, 'docker run -i --rm postgres'),
      { 10: '- mcp-server unknown' },
    ],
    [
      'a script whose first word is mcp is a server',
      row(10, 1, 'node /home/u/tools/dist/cli.js mcp serve'),
      { 10: '- mcp-server unknown' },
    ],
    [
      'an older adapter whose group has lost its leader is lost with its agent',
      row(10, 1, 'node /x/node_modules/.bin/claude-code-acp', 9) + row(11, 10, 'claude', 9),
      { 10: 'claude adapter orphan', 11: 'claude session orphan' },
    ],
    [
      'the native codex-acp is lost with its shim',
      row(10, 1, 'node /x/node_modules/.bin/codex-acp', 9) +
        row(11, 10, '/x/node_modules/@zed-industries/codex-acp-linux-x64/bin/codex-acp', 9),
      { 10: 'codex adapter orphan', 11: 'codex server orphan' },
    ],
    [
      'a codex below a tool that was left behind is lost with it',
      row(10, 1, `bash -c ${SNAPSHOT_SH}`) + row(11, 10, 'python3 run.py', 10) + row(12, 11, 'codex exec', 10),
      { 10: 'claude tool leftover', 11: 'claude tool leftover', 12: 'codex session orphan' },
    ],
    [
      'an agent below the tool of a live one is live',
      row(9, 1, 'tmux') + row(5, 9, 'claude') + row(10, 5, `bash -c ${SNAPSHOT_SH}`) + row(12, 10, 'codex exec', 10),
      { 5: 'claude session live', 10: 'claude tool live', 12: 'codex session live' },
    ],
    [
      'codex’s daemon is listed and no session',
      row(10, 1, 'codex app-server --listen unix:// --managed-daemon'),
      { 10: 'codex infrastructure protected' },
    ],
    [
      'who looks into a session of the daemon is not counted',
      row(10, 1, 'tmux') + row(11, 10, 'claude attach 5f657421'),
      { 11: 'claude infrastructure protected' },
    ],
    [
      'auggie and Continue are known',
      row(10, 1, 'node /x/node_modules/@augmentcode/auggie/augment.mjs --acp') + row(11, 1, 'node /x/bin/cn'),
      { 10: 'auggie server unknown', 11: 'continue session unknown' },
    ],
    ['cline is known', row(10, 1, 'node /x/node_modules/cline/dist/cli.mjs'), { 10: 'cline session unknown' }],
  ])('%s', async (what, table, rows) => {
    const file = path.join(folder, what.replaceAll(/\W/g, '-'));
    writeFileSync(file, HEAD + INIT + table);
    expect(await rowsOf(file)).toEqual(rows);
  });

  it('older generations of one server are one line, with their memory', async () => {
    const file = path.join(RECORDED, 'duplicates-22.txt');
    for (const command of [[], ['ps'], ['orphans']]) {
      const { out } = await sesswatch([...command, '--from', file]);
      expect(out.match(/22 generations|21 older generations/g), out).toHaveLength(1);
    }
  });

  it('as many agents are counted as the snapshot itself says', async () => {
    const file = path.join(RECORDED, 'count-misses-claimed-bg-spare.json');
    const { totals } = JSON.parse(readFileSync(file, 'utf8')) as { totals: { agents: number } };
    expect((await sesswatch(['count', '--from', file])).out).toBe(`${totals.agents}\n`);
    expect((await sesswatch(['count', '--from', path.join(RECORDED, 'bg-count.txt')])).out).toBe('1\n');
  });
});
