import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/sesswatch.js');
const CRON = '/usr/sbin/cron';
const canRun =
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync(CRON) && existsSync('/usr/bin/crontab');

/** Crontabs, their folder and the daemon's pid file as on a fresh machine, seen by this script alone. */
const APART = `
set -e
mount -t tmpfs tmpfs /var/spool/cron/crontabs
chmod 1730 /var/spool/cron/crontabs
mount -t tmpfs tmpfs /etc/cron.d
mount --bind /dev/null /etc/crontab
mount -t tmpfs tmpfs /run
# cron reads the folder again when its time differs, which it keeps in whole seconds.
touch -d '1 minute ago' /var/spool/cron/crontabs
${CRON}
"$1" "$2" schedule install --every 1m --with cron --notify "touch '$SESSWATCH_HOME/told'" -- --min-age 0 > "$SESSWATCH_HOME/installed"
while ! grep -q '"kind":"report"' "$SESSWATCH_HOME/reap.jsonl" 2>/dev/null; do sleep 0.2; done
"$1" "$2" schedule status --json > "$SESSWATCH_HOME/status"
"$1" "$2" schedule remove > "$SESSWATCH_HOME/removed"
crontab -l > "$SESSWATCH_HOME/table" 2>&1 || true
`;

it.runIf(canRun)(
  'a real cron daemon runs the block that was installed, with the environment that cron gives',
  async () => {
    const home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-cron-'));
    const apart = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
    const child = spawn('/usr/bin/unshare', [...apart, '/bin/sh', '-c', APART, 'sh', process.execPath, PROGRAM], {
      env: { ...process.env, SESSWATCH_HOME: home },
      stdio: 'inherit',
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    const told = (name: string): string => readFileSync(path.join(home, name), 'utf8');
    expect(told('installed')).toMatch(/written and started, every 1m by cron/);
    expect(JSON.parse(told('status'))).toMatchObject({ installed: true, active: true, runs: true });
    expect(JSON.parse(told('status')).lastOutcome).toBeDefined();
    expect(told('removed')).toBe('removed  crontab\n');
    expect(told('table')).not.toContain('sesswatch');
    execFileSync('/bin/rm', ['-r', home]);
  },
  150_000,
);
