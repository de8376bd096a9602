import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, sesswatch } from '../kit/command.js';

// A host is judged by all that runs: each of these runs in a pid namespace of its own, where nothing else does.

const UNSHARE = ['--pid', '--fork', '--mount-proc', '--kill-child', '--'];
const ROOT = path.resolve(import.meta.dirname, '../..');

/** First process of the namespace: starts a stand-in host, waits until it stands, and asks about it. */
const FIRST = `
  const { spawn, spawnSync } = require('node:child_process');
  const { createInterface } = require('node:readline');
  const [host, home, program, ...flags] = process.argv.slice(1);
  const child = spawn(process.execPath, [host, '--home', home, ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).once('line', (line) => {
    const ask = (...more) => {
      const args = ['-r', home + '/later.cjs', program, 'hosts', '--home', home, '--exit-code', ...more];
      const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      return { out: stdout, err: stderr, code: status };
    };
    console.log(JSON.stringify({ told: JSON.parse(line), text: ask(), json: ask('--json') }));
    child.once('exit', () => process.exit(0));
    child.stdin.end();
  });
`;

interface Answer {
  readonly told: {
    readonly processes: readonly { name: string; pid: number }[];
    readonly leaked: readonly string[];
  };
  readonly text: { readonly out: string; readonly err: string; readonly code: number };
  readonly json: { readonly out: string; readonly err: string; readonly code: number };
}
interface Hosts {
  readonly schema: string;
  readonly hosts: readonly {
    readonly name: string;
    readonly believed: readonly unknown[];
    readonly running: readonly unknown[];
    readonly mismatches: readonly {
      kind: string;
      pid?: number;
      agentSessionId?: string;
      hostSessionId?: string;
    }[];
  }[];
}

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-host-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Differences that may pass by themselves are told after half a minute: the command looks two minutes later. */
const LATER = 'const now = Date.now; Date.now = () => now() + 120_000;';

function around(name: string, ...flags: string[]): Promise<Answer> {
  writeFileSync(path.join(home, 'later.cjs'), LATER);
  const host = path.join(ROOT, 'fixtures/hosts', name, 'host.mjs');
  const program = path.join(ROOT, 'bin/sesswatch.js');
  const command = [process.execPath, '-e', FIRST, '--', host, home, program, ...flags];
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', [...UNSHARE, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        HOME: home,
        SESSWATCH_HOME: path.join(home, 'state'),
        TMUX_TMPDIR: path.join(home, 'tmux'),
      },
    });
    const parts = { out: '', err: '' };
    child.stdout.on('data', (text) => {
      parts.out += text;
    });
    child.stderr.on('data', (text) => {
      parts.err += text;
    });
    child.on('error', reject);
    child.on('close', () => {
      if (parts.out === '') reject(new Error(`no answer: ${parts.err.slice(0, 2000)}`));
      else resolve(JSON.parse(parts.out) as Answer);
    });
  });
}

function canUnshare(): boolean {
  try {
    execFileSync('unshare', [...UNSHARE, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root, not Linux, or not allowed to in this container.
    return false;
  }
}

describe.runIf(canUnshare())('hosts', () => {
  it.each([
    ['codeman', 'Codeman'],
    ['cc-haha', 'cc-haha'],
  ])('of a leaking %s exits 1 and names what leaked', async (name, shown) => {
    const { told, text, json } = await around(name, '--leak');
    const { schema, hosts } = JSON.parse(json.out) as Hosts;
    const entry = hosts.find((one) => one.name === shown);
    expect([schema, json.code, text.code]).toEqual(['sesswatch/hosts/1', 1, 1]);
    expect(Object.keys(entry ?? {})).toEqual(expect.arrayContaining(['name', 'believed', 'running', 'mismatches']));
    const named = JSON.stringify(entry?.mismatches);
    expect(told.leaked.length).toBeGreaterThan(0);
    for (const leaked of told.leaked) {
      const pid = told.processes.find((one) => one.name === leaked)?.pid;
      expect(named).toContain(pid === undefined ? leaked : `"pid":${pid}`);
    }
    expect(text.out).toMatch(/^\d+ hosts? · .* mismatch/);
    expect(text.err).toBe('');
  });

  it.each(['codeman', 'cc-haha'])('of a %s in order exits 0', async (name) => {
    const { text, json } = await around(name);
    expect(text).toMatchObject({ err: '', code: 0 });
    expect(text.out).toMatch(/^1 host · .*all as they believe/);
    expect(json.code).toBe(0);
  });
});

describe('hosts', () => {
  it('that are none are met with the one that was meant', async () => {
    const { err, code } = await sesswatch(['hosts', '--host', 'codman']);
    expect(err).toBe("sesswatch: unknown host 'codman' (did you mean Codeman?)\n");
    expect(code).toBe(2);
  });

  it('are chosen by name', async () => {
    const { hosts } = documentOf<Hosts>(await sesswatch(['hosts', '--host', 'hermes', '--json', '--home', home]));
    expect(hosts.filter((one) => one.name !== 'Hermes')).toEqual([]);
  });
});
