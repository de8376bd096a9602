import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CONTRIB = path.join(ROOT, 'contrib/ansible');
const isInstalled = (name: string): boolean => spawnSync('which', [name]).status === 0;
const isMachineOurs = process.platform === 'linux' && process.getuid?.() === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-ansible-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Crontabs as on a fresh machine, seen by what runs in here alone. */
const APART = `
set -e
mount -t tmpfs tmpfs /var/spool/cron/crontabs
chmod 1730 /var/spool/cron/crontabs
play() { ansible-playbook -i localhost, -c local "$@" site.yml; }
play > first
play > second
crontab -l > table
play -e sesswatch_action=reap > third
crontab -l > reaping
play -e sesswatch_state=absent > last
crontab -l > nothing 2>&1 || true
`;

const WITHOUT = isInstalled('ansible-lint') ? '' : ' (skipped: ansible-lint is not installed)';
describe.skipIf(WITHOUT !== '')(`ansible-lint${WITHOUT}`, () => {
  it('finds nothing in the role', () => {
    const env = { ...process.env, HOME: folder };
    const { status, stdout, stderr } = spawnSync('ansible-lint', ['--offline'], {
      cwd: CONTRIB,
      env,
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
  }, 120_000);
});

const NO_TARGET =
  isMachineOurs && isInstalled('ansible-playbook') && existsSync('/usr/bin/crontab')
    ? ''
    : ' (skipped: needs ansible-playbook, crontab and root)';
describe.skipIf(NO_TARGET !== '')(`the role on this machine${NO_TARGET}`, () => {
  it('installs a timer once, changes it to reaping when told, and takes it back', () => {
    const home = path.join(folder, 'home');
    mkdirSync(home);
    const vars = {
      sesswatch_package: '',
      sesswatch_command: path.join(ROOT, 'bin/sesswatch.js'),
      sesswatch_mechanism: 'cron',
      sesswatch_textfile: folder,
      sesswatch_environment: { SESSWATCH_HOME: home },
    };
    const roles = path.join(CONTRIB, 'roles');
    writeFileSync(
      path.join(folder, 'site.yml'),
      JSON.stringify([{ hosts: 'all', roles: [{ role: path.join(roles, 'sesswatch') }], vars }]),
    );
    execFileSync('/usr/bin/unshare', ['--mount', '/bin/sh', '-c', APART], {
      cwd: folder,
      env: { ...process.env, HOME: home, ANSIBLE_NOCOLOR: '1' },
    });
    const told = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
    const changed = ['first', 'second', 'third', 'last'].map((name) => /changed=(\d+)/.exec(told(name))?.[1]);
    expect(changed).toEqual(['1', '0', '1', '1']);
    expect(told('table')).toMatch(/reap --dry-run --quiet --textfile \S+\/sesswatch\.prom/);
    expect(told('reaping')).toMatch(/reap --yes --quiet/);
    expect(told('nothing')).not.toContain('sesswatch');
  }, 180_000);
});
