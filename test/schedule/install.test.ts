import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installSchedule, removeSchedule } from '../../src/schedule/install.js';
import { CRON_BEGIN, CRON_END } from '../../src/schedule/mechanisms/cron.js';
import { chooseMechanism } from '../../src/schedule/mechanisms/mechanism.js';
import type { SchedulePlace } from '../../src/schedule/programs.js';
import type { Schedule } from '../../src/schedule/schedule.js';
import { parseTimer, scheduleStatus } from '../../src/schedule/status.js';

const FAKES = path.resolve(import.meta.dirname, '../../fixtures/schedule');
const NOW = Date.parse('2026-01-15T10:07:30Z');

let home: string;
let place: SchedulePlace;
let schedule: Schedule;

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-schedule-'));
  place = {
    platform: 'linux',
    env: {},
    home,
    uid: 1000,
    stateHome: path.join(home, 'state'),
    now: () => NOW,
    cronRuns: () => true,
    programs: { crontab: path.join(FAKES, 'crontab'), systemctl: path.join(FAKES, 'systemctl') },
  };
  schedule = {
    everySeconds: 900,
    action: 'report',
    node: '/usr/bin/node',
    script: '/opt/sesswatch.js',
    stateHome: place.stateHome,
    flags: [],
  };
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function at(name: string): string {
  return path.join(home, name);
}

function put(name: string, bytes: string): void {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), bytes, 'latin1');
}

function get(name: string): string | undefined {
  return existsSync(at(name)) ? readFileSync(at(name), 'latin1') : undefined;
}

const SERVICE = '.config/systemd/user/sesswatch.service';
const TIMER = '.config/systemd/user/sesswatch.timer';

describe('the mechanism', () => {
  it.each<[string, Partial<SchedulePlace>, string]>([
    ['systemd, when the user’s answers', {}, 'systemd'],
    ['cron, when there is no systemctl', { programs: { crontab: '/x/crontab', systemctl: null } }, 'cron'],
    ['launchd on macOS', { platform: 'darwin' }, 'launchd'],
    ['the Task Scheduler on Windows', { platform: 'win32' }, 'task-scheduler'],
  ])('is %s', (_, fields, mechanism) => {
    expect(chooseMechanism({ ...place, ...fields })).toBe(mechanism);
  });

  it('is cron when the user’s systemd does not answer', () => {
    put('systemctl-fails', 'show-environment');
    expect(chooseMechanism(place)).toBe('cron');
  });

  it('is asked for when there is none', () => {
    const programs = { crontab: null, systemctl: null };
    expect(() => chooseMechanism({ ...place, programs })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('printing a schedule', () => {
  it.each(['systemd', 'cron', 'launchd', 'task-scheduler'] as const)('by %s changes nothing', (mechanism) => {
    const intent = installSchedule({ schedule, place, mechanism, print: true });
    const text = intent.cronBlock ?? intent.files.map((file) => file.text.toString()).join('');
    expect(text).not.toBe('');
    expect(existsSync(place.stateHome)).toBe(false);
    expect(get('told')).toBeUndefined();
    expect(get('table')).toBeUndefined();
  });
});

describe('a schedule in the place of another', () => {
  it('goes on with its flags unless told otherwise, and says what it replaces', () => {
    const flags = ['--idle', '2h'];
    expect(installSchedule({ schedule: { ...schedule, flags }, place })).toMatchObject({ keptFlags: [] });
    const again = installSchedule({ schedule: { ...schedule, everySeconds: 3600 }, place });
    expect(again).toMatchObject({ replaced: { everySeconds: 900, action: 'report' }, keptFlags: flags });
    expect(get(SERVICE)).toContain('--quiet --idle 2h');
    expect(scheduleStatus(place).flags).toEqual(flags);
    expect(installSchedule({ schedule, place, fresh: true }).keptFlags).toEqual([]);
    expect(get(SERVICE)).not.toContain('--idle');
  });

  it.each([true, false, undefined])('by cron knows whether a daemon runs: %s', (runs) => {
    const installed = installSchedule({
      schedule,
      place: { ...place, cronRuns: () => runs },
      mechanism: 'cron',
    });
    expect(installed.runs).toBe(runs);
    expect(scheduleStatus({ ...place, cronRuns: () => runs })).toMatchObject({
      runs,
      active: runs !== false,
    });
  });

  it('is shown where there is neither systemd nor cron', () => {
    const programs = { crontab: null, systemctl: null };
    const { cronBlock } = installSchedule({ schedule, place: { ...place, programs }, print: true });
    expect(cronBlock).toContain('*/15 * * * * ');
  });
});

describe('a schedule by systemd', () => {
  it('is written, enabled and started, and taken back to the last file', () => {
    installSchedule({ schedule, place });
    expect(get(SERVICE)).toContain('ExecStart=/usr/bin/node /opt/sesswatch.js reap --dry-run --quiet');
    expect(get(TIMER)).toContain('OnCalendar=*:0/15');
    expect(get('told')).toMatch(
      /daemon-reload\n--user enable sesswatch.timer\n--user restart sesswatch.timer\n--user is-active sesswatch.timer\n$/,
    );

    expect(removeSchedule(place)).toEqual({
      mechanism: 'systemd',
      removed: [at(SERVICE), at(TIMER)],
      kept: [],
    });
    expect([get(SERVICE), get(TIMER), get('state/schedule.json')]).toEqual([undefined, undefined, undefined]);
    expect(get('told')).toMatch(/disable --now sesswatch.timer\n--user daemon-reload\n$/);
    expect(removeSchedule(place)).toBeUndefined();
  });

  it('follows XDG_CONFIG_HOME', () => {
    installSchedule({ schedule, place: { ...place, env: { XDG_CONFIG_HOME: at('xdg') } } });
    expect(get('xdg/systemd/user/sesswatch.timer')).toBeDefined();
  });

  it('is replaced by a new one', () => {
    installSchedule({ schedule, place });
    installSchedule({ schedule: { ...schedule, everySeconds: 3600 }, place });
    expect(get(TIMER)).toContain('OnCalendar=0/1:00');
    expect(scheduleStatus(place).parts.map(({ state }) => state)).toEqual(['as-written', 'as-written']);
  });

  it('does not write over a unit of somebody else', () => {
    put(SERVICE, 'mine');
    expect(() => installSchedule({ schedule, place })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(get(SERVICE)).toBe('mine');
  });

  it('does not write over, and does not remove, what was edited, unless told to', () => {
    installSchedule({ schedule, place });
    const edited = `${get(SERVICE)}Environment=X=1\n`;
    put(SERVICE, edited);
    expect(() => installSchedule({ schedule, place })).toThrow(/was edited since/);
    expect(removeSchedule(place)).toEqual({
      mechanism: 'systemd',
      removed: [at(TIMER)],
      kept: [at(SERVICE)],
    });
    expect(get(SERVICE)).toBe(edited);
    expect(scheduleStatus(place).installed).toBe(true);
    expect(removeSchedule(place, true)).toMatchObject({ removed: [at(SERVICE)], kept: [] });
    expect(get(SERVICE)).toBeUndefined();
  });

  it.each(['daemon-reload', 'enable', 'restart'])('leaves nothing behind when %s fails', (word) => {
    put('systemctl-fails', word);
    expect(() => installSchedule({ schedule, place })).toThrow(
      expect.objectContaining({
        code: 'storage',
        message: expect.stringContaining('Failed to connect to bus'),
      }),
    );
    expect([get(SERVICE), get(TIMER), get('state/schedule.json')]).toEqual([undefined, undefined, undefined]);
  });

  it('is not half removed when systemd does not answer; forced, its files go', () => {
    installSchedule({ schedule, place });
    put('systemctl-fails', '--user');
    expect(() => removeSchedule(place)).toThrow(expect.objectContaining({ code: 'storage' }));
    expect(get(TIMER)).toBeDefined();
    expect(removeSchedule(place, true)?.removed).toHaveLength(2);
  });

  it('is not put beside one by cron', () => {
    installSchedule({ schedule, place, mechanism: 'cron' });
    expect(() => installSchedule({ schedule, place, mechanism: 'systemd' })).toThrow(/schedule by cron already/);
  });
});

describe('a schedule by cron', () => {
  const install = (fields: { force?: boolean } = {}) =>
    installSchedule({ schedule, place, mechanism: 'cron', ...fields });

  it.each([
    ['no table', undefined],
    ['a table', 'MAILTO=ann\n0 4 * * * /bin/backup # 100\\%\n'],
    ['a table of other bytes', '# caf\xe9 \xff\xfe\r\n\r\n0 4 * * * x\n'],
    ['a table whose last line has no end', '0 4 * * * x'],
  ])('goes behind %s and is taken back to the byte', (_, table) => {
    if (table !== undefined) put('table', table);
    install();
    const written = get('table') ?? '';
    expect(written.startsWith(table ?? '')).toBe(true);
    expect(written).toContain('\n*/15 * * * * /usr/bin/env ');
    expect(removeSchedule(place)).toEqual({ mechanism: 'cron', removed: ['crontab'], kept: [] });
    expect(get('table')).toBe(table ?? '');
  });

  it('keeps what others wrote behind it meanwhile', () => {
    put('table', 'a\n');
    install();
    put('table', `${get('table')}b\n`);
    removeSchedule(place);
    expect(get('table')).toBe('a\nb\n');
  });

  it('is replaced by a new one, not added to', () => {
    put('table', 'a\n');
    install();
    installSchedule({ schedule: { ...schedule, everySeconds: 1800 }, place, mechanism: 'cron' });
    expect(get('table')?.split(CRON_BEGIN)).toHaveLength(2);
    expect(get('table')).toContain('*/30 * * * * ');
  });

  it('says when its lines were edited, and touches them only when told to', () => {
    put('table', 'a\n');
    install();
    const edited = get('table')?.replace('*/15', '*/5') ?? '';
    put('table', edited);
    expect(() => install()).toThrow(/was edited/);
    expect(removeSchedule(place)).toEqual({ mechanism: 'cron', removed: [], kept: ['crontab'] });
    expect(get('table')).toBe(edited);
    expect(removeSchedule(place, true)?.removed).toEqual(['crontab']);
    expect(get('table')).toBe('a\n');
  });

  it('does not take over the block of another state folder', () => {
    put('table', `${CRON_BEGIN}\n* * * * * x\n${CRON_END}\n`);
    expect(() => install()).toThrow(expect.objectContaining({ code: 'usage' }));
    install({ force: true });
    expect(get('table')).not.toContain('* * * * * x');
  });

  it('is left to a person when only one of its comments is there', () => {
    put('table', `${CRON_BEGIN}\n* * * * * x\n`);
    expect(() => install()).toThrow(expect.objectContaining({ code: 'format' }));
  });

  it.each([
    ['cronie and Vixie cron', 'no crontab for ann\n'],
    ['macOS', 'crontab: no crontab for ann\n'],
    ['BusyBox', "crontab: can't open 'ann': No such file or directory\n"],
  ])('takes the word of %s that there is no table', (_, said) => {
    put('crontab-says', said);
    // The fake goes on to say so: only the last check, that the table was written, can fail.
    expect(() => install()).toThrow(/not what was written/);
    expect(get('table')).toContain(CRON_BEGIN);
  });

  it.each([
    ['a refusal', 'You (ann) are not allowed to use this program (crontab)\n'],
    ['a broken spool', 'crontab: /var/spool/cron/crontabs/: fdopen: Permission denied\n'],
    ['nothing', ''],
    ['more than that', 'no crontab for ann\nand a disk error\n'],
  ])('stops at %s instead of writing over a table that could not be read', (_, said) => {
    put('table', 'precious\n');
    put('crontab-says', said);
    expect(() => install()).toThrow(expect.objectContaining({ code: 'storage' }));
    expect(get('table')).toBe('precious\n');
    expect(get('state/schedule.json')).toBeUndefined();
  });

  it.each([
    ['short', 'a\n'],
    // More than a pipe holds: the program has ended before it was all written.
    ['long', '# a\n'.repeat(100_000)],
  ])('leaves nothing behind when a %s table is refused', (_, table) => {
    put('table', table);
    put('crontab-refuses', '');
    expect(() => install()).toThrow(/bad minute/);
    expect(get('table')).toBe(table);
    expect(get('state/schedule.json')).toBeUndefined();
  });

  it('is not believed to be written when it is not', () => {
    put('crontab-drops', '');
    expect(() => install()).toThrow(/not what was written/);
  });

  it('that was taken out by hand counts as removed', () => {
    install();
    put('table', 'a\n');
    expect(removeSchedule(place)).toEqual({ mechanism: 'cron', removed: [], kept: [] });
    expect(get('table')).toBe('a\n');
  });
});

describe('the status', () => {
  it('is that there is none', () => {
    expect(scheduleStatus(place)).toMatchObject({ installed: false, active: false, parts: [] });
  });

  it('has the last and next run by systemd, and the last outcome by the journal', () => {
    installSchedule({ schedule, place });
    put(
      'systemctl-shows',
      'ActiveState=active\nLastTriggerUSec=Thu 2026-01-15 10:00:12 UTC\nNextElapseUSecRealtime=Thu 2026-01-15 10:15:00 UTC\n',
    );
    const lastRun = { at: '2026-01-15T10:00:13.000Z', outcome: 'nothing to end' };
    expect(scheduleStatus(place, lastRun)).toMatchObject({
      schema: 'sesswatch/schedule/1',
      mechanism: 'systemd',
      everySeconds: 900,
      action: 'report',
      active: true,
      lastRunAt: '2026-01-15T10:00:12.000Z',
      lastOutcome: 'nothing to end',
      nextRunAt: '2026-01-15T10:15:00.000Z',
    });
  });

  it('tells a timer that somebody stopped', () => {
    installSchedule({ schedule, place });
    put('systemctl-shows', 'ActiveState=inactive\nLastTriggerUSec=n/a\nNextElapseUSecRealtime=\n');
    const status = scheduleStatus(place);
    expect(status.active).toBe(false);
    expect(status.nextRunAt).toBeUndefined();
  });

  it('computes the next run by cron, and knows the last from the journal only', () => {
    installSchedule({ schedule, place, mechanism: 'cron' });
    expect(scheduleStatus(place)).toMatchObject({
      active: true,
      parts: [{ what: 'crontab', state: 'as-written' }],
    });
    expect(scheduleStatus(place).nextRunAt).toBe('2026-01-15T10:15:00.000Z');
    expect(scheduleStatus(place).lastRunAt).toBeUndefined();
  });

  it('tells parts that are missing', () => {
    installSchedule({ schedule, place });
    put('systemctl-shows', 'ActiveState=active\n');
    rmSync(at(TIMER));
    const status = scheduleStatus(place);
    expect(status.parts.map(({ state }) => state)).toEqual(['as-written', 'missing']);
    expect(status.active).toBe(false);
  });

  it.each(['{', '{}', '{"schema":"sesswatch/schedule-manifest/2"}', '[]', 'null'])(
    'does not guess from a damaged record: %s',
    (text) => {
      put('state/schedule.json', text);
      expect(() => scheduleStatus(place)).toThrow(expect.objectContaining({ code: 'format' }));
    },
  );

  it('reads no time where systemd has none', () => {
    expect(parseTimer('ActiveState=active\nLastTriggerUSec=n/a\n')).toEqual({
      active: true,
      lastRunAt: undefined,
      nextRunAt: undefined,
    });
  });
});
