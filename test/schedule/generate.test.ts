import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sessionEndHook } from '../../src/schedule/hook.js';
import { cronBlock, nextCronRun } from '../../src/schedule/mechanisms/cron.js';
import { systemdUnits } from '../../src/schedule/mechanisms/systemd.js';
import { launchdPlist, taskSchedulerXml } from '../../src/schedule/mechanisms/xml-definitions.js';
import { type Schedule, scheduledCommand } from '../../src/schedule/schedule.js';

const PLAIN: Schedule = {
  everySeconds: 900,
  action: 'report',
  node: '/usr/bin/node',
  script: '/opt/sesswatch/bin/sesswatch.js',
  stateHome: '/home/ann/.local/state/sesswatch',
  flags: [],
};

/** Everything that one of the formats gives a meaning to. */
const ODD: Schedule = {
  ...PLAIN,
  script: `/opt/a b/%h/$HOME/"q"/it's/\\n/<&>/ü.js`,
  flags: ['--protect', 'cwd=/srv/*;agent=a b'],
};

describe('the command of a schedule', () => {
  it('reports by default and never asks', () => {
    expect(scheduledCommand(PLAIN)).toEqual([PLAIN.node, PLAIN.script, 'reap', '--dry-run', '--quiet']);
  });

  it('reaps when that was said, with the flags behind', () => {
    const command = scheduledCommand({ ...PLAIN, action: 'reap', flags: ['--idle', '2h'] });
    expect(command.slice(2)).toEqual(['reap', '--yes', '--quiet', '--idle', '2h']);
  });

  it.each([
    ['a relative node', { node: 'node' }],
    ['a relative script', { script: 'bin/sesswatch.js' }],
    ['a relative state folder', { stateHome: 'state' }],
    ['a newline in a path', { script: '/opt/a\n* * * * * rm' }],
    ['a newline in a flag', { flags: ['--idle', '1h\n'] }],
    ['--yes among the flags of a report', { flags: ['--yes'] }],
    ['--dry-run among the flags', { flags: ['--dry-run'] }],
  ])('is refused for %s', (_, fields) => {
    expect(() => scheduledCommand({ ...PLAIN, ...fields })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('systemd units', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-units-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.skipIf(!existsSync('/usr/bin/systemd-analyze')).each([
    ['every 15 minutes', { ...PLAIN, everySeconds: 900 }],
    ['every 7 minutes', { ...PLAIN, everySeconds: 420 }],
    ['every hour', { ...PLAIN, everySeconds: 3600 }],
    ['every 6 hours', { ...PLAIN, everySeconds: 6 * 3600 }],
    ['every day', { ...PLAIN, everySeconds: 86_400 }],
    ['every 2 days', { ...PLAIN, everySeconds: 2 * 86_400 }],
    ['reaping, with odd characters in the paths', { ...ODD, action: 'reap' as const }],
  ])('%s pass systemd-analyze verify without a word', (_, schedule) => {
    const files = systemdUnits({ ...schedule, node: process.execPath }).map(({ name, text }) => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      return file;
    });
    const ran = spawnSync('/usr/bin/systemd-analyze', ['verify', '--user', '--man=no', ...files], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder, LC_ALL: 'C' },
    });
    expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('run once, with absolute paths and the state folder of the one who asked', () => {
    const [service] = systemdUnits(PLAIN);
    expect(service.text).toContain('Type=oneshot\n');
    expect(service.text).toContain('ExecStart=/usr/bin/node /opt/sesswatch/bin/sesswatch.js reap --dry-run --quiet\n');
    expect(service.text).toContain('SESSWATCH_HOME=/home/ann/.local/state/sesswatch');
  });

  it('escape what systemd would expand', () => {
    const line = systemdUnits(ODD)[0]
      .text.split('\n')
      .find((one) => one.startsWith('ExecStart='));
    expect(line).toContain(`"/opt/a b/%%h/$$HOME/\\"q\\"/it's/\\\\n/<&>/ü.js"`);
  });

  it.each([
    [900, 'OnCalendar=*:0/15'],
    [3600, 'OnCalendar=0/1:00'],
    [86_400, 'OnCalendar=*-*-* 00:00:00'],
    [420, 'OnUnitActiveSec=420'],
    [2 * 86_400, 'OnUnitActiveSec=172800'],
  ])('of every %i s say %s', (everySeconds, line) => {
    expect(systemdUnits({ ...PLAIN, everySeconds })[1].text).toContain(`${line}\n`);
  });

  it('make up for missed runs where the calendar allows', () => {
    expect(systemdUnits(PLAIN)[1].text).toContain('Persistent=true');
  });
});

function lineOf(schedule: Schedule): string {
  return cronBlock(schedule).split('\n')[2] ?? '';
}

describe('a crontab block', () => {
  it.each([
    ['1m', 60, '* * * * *'],
    ['15m', 900, '*/15 * * * *'],
    ['1h', 3600, '0 * * * *'],
    ['6h', 6 * 3600, '0 */6 * * *'],
    ['1d', 86_400, '0 0 * * *'],
    ['7d', 7 * 86_400, '0 0 * * 0'],
  ])('of every %s says %i s as %s', (_, everySeconds, time) => {
    expect(lineOf({ ...PLAIN, everySeconds }).startsWith(`${time} /usr/bin/env `)).toBe(true);
  });

  it.each([
    ['25m', 1500, '20m or 30m'],
    ['40m', 2400, '30m or 1h'],
    ['90m', 5400, '1h or 2h'],
    ['5h', 5 * 3600, '4h or 6h'],
    ['2d', 2 * 86_400, '1d or 7d'],
    ['90s', 90, 'whole minutes'],
    ['0', 0, 'whole minutes'],
  ])('of every %s is refused with what cron can say', (_, everySeconds, hint) => {
    expect(() => cronBlock({ ...PLAIN, everySeconds })).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining(hint) }),
    );
  });

  it('gives a shell exactly the words of the command, whatever is in them', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-cron-'));
    try {
      const script = path.join(folder, `a b %h $HOME "q" it's \\n <&> ü.cjs`);
      writeFileSync(script, 'console.log(JSON.stringify([process.env.SESSWATCH_HOME, ...process.argv.slice(2)]))');
      const line = lineOf({ ...ODD, node: process.execPath, script })
        .replace(/^\S+ \S+ \S+ \S+ \S+ /, '')
        // As cron does before it calls the shell.
        .replaceAll('\\%', '%');
      const ran = spawnSync('/bin/sh', ['-c', line ?? ''], { encoding: 'utf8', env: {} });
      expect(JSON.parse(ran.stdout)).toEqual([ODD.stateHome, 'reap', '--dry-run', '--quiet', ...ODD.flags]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('leaves no bare % for cron to end the command at', () => {
    expect(cronBlock(ODD).split('\n')[2]).not.toMatch(/(^|[^\\])%/);
  });

  it('sets no variable that would hold for the rest of the table', () => {
    expect(cronBlock(ODD)).not.toMatch(/^\w+\s*=/m);
  });

  it('that is longer than cron takes is refused', () => {
    expect(() => cronBlock({ ...PLAIN, flags: ['x'.repeat(1000)] })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('timers of many machines', () => {
  const INTERVALS = [300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400];

  it.each(INTERVALS)('by cron are spread over an interval of %i s, and run once in each', (everySeconds) => {
    const start = new Date('2026-01-04T00:00:00').getTime();
    const firsts = Array.from({ length: 200 }, (_, at) => {
      const line = lineOf({ ...PLAIN, everySeconds, machine: `${at}` });
      expect(lineOf({ ...PLAIN, everySeconds, machine: `${at}` })).toBe(line);
      const first = nextCronRun(line, new Date(start - 60_000))?.getTime() ?? 0;
      expect(nextCronRun(line, new Date(first))?.getTime()).toBe(first + everySeconds * 1000);
      return (first - start) / 1000 / everySeconds;
    });
    expect(Math.min(...firsts)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...firsts)).toBeLessThan(1);
    const quarters = [0, 1, 2, 3].map((quarter) => firsts.filter((part) => Math.floor(part * 4) === quarter).length);
    expect(Math.min(...quarters)).toBeGreaterThan(20);
  });

  it('by systemd are delayed by what it makes of machine and user, up to the whole interval', () => {
    expect(systemdUnits(PLAIN)[1].text).toContain('RandomizedDelaySec=900\nFixedRandomDelay=yes\n');
  });

  it('by systemd begin at their start where the interval is no time of day, so that none grows longer', () => {
    const { text } = systemdUnits({ ...PLAIN, everySeconds: 420 })[1];
    expect(text).toContain('RandomizedDelaySec=42\n');
    expect(text).not.toContain('FixedRandomDelay');
  });
});

describe('the next run by cron', () => {
  const at = (text: string): Date => new Date(text);
  it.each([
    ['15 minutes', 900, '2026-01-15T10:07:30', '2026-01-15T10:15:00'],
    ['15 minutes, on the mark', 900, '2026-01-15T10:15:00', '2026-01-15T10:30:00'],
    ['30 minutes, over the hour', 1800, '2026-01-15T10:45:00', '2026-01-15T11:00:00'],
    ['1 hour', 3600, '2026-01-15T23:07:30', '2026-01-16T00:00:00'],
    ['6 hours', 6 * 3600, '2026-01-15T10:07:30', '2026-01-15T12:00:00'],
    ['1 day', 86_400, '2026-01-31T10:07:30', '2026-02-01T00:00:00'],
    ['7 days, on a Thursday', 7 * 86_400, '2026-01-15T10:07:30', '2026-01-18T00:00:00'],
  ])('every %s', (_, everySeconds, now, next) => {
    expect(nextCronRun(lineOf({ ...PLAIN, everySeconds }), at(now))).toEqual(at(next));
  });
});

describe('a launch agent', () => {
  it('holds each word of the command as a string, escaped', () => {
    const strings = [...launchdPlist(ODD).matchAll(/<string>(.*)<\/string>/g)].map(([, text]) => text);
    expect(strings).toContain('/opt/a b/%h/$HOME/&quot;q&quot;/it&apos;s/\\n/&lt;&amp;&gt;/ü.js');
    expect(strings).toContain('--dry-run');
  });

  it('runs at an interval, with a log in the state folder', () => {
    const plist = launchdPlist(PLAIN);
    expect(plist).toMatch(/<key>StartInterval<\/key>\s*<integer>900<\/integer>/);
    expect(plist).toContain(`<string>${PLAIN.stateHome}/schedule.log</string>`);
  });
});

describe('a task of Windows', () => {
  const WINDOWS: Schedule = {
    ...PLAIN,
    node: 'C:\\Program Files\\nodejs\\node.exe',
    script: 'C:\\Users\\Ann B\\sesswatch.js',
    stateHome: 'C:\\Users\\Ann B\\AppData\\Local\\sesswatch',
    flags: ['--protect', 'exe=a"b\\'],
  };

  it('repeats at the interval from its start, and never twice at once', () => {
    const xml = taskSchedulerXml(WINDOWS, '2026-01-15T10:00:00');
    expect(xml).toContain('<Interval>PT15M</Interval>');
    expect(xml).toContain('<StartBoundary>2026-01-15T10:00:00</StartBoundary>');
    expect(xml).toContain('<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>');
  });

  it('quotes the arguments as Windows takes them apart', () => {
    const xml = taskSchedulerXml(WINDOWS, '2026-01-15T10:00:00');
    expect(xml).toContain(`<Command>C:\\Program Files\\nodejs\\node.exe</Command>`);
    expect(xml).toContain(
      '<Arguments>&quot;C:\\Users\\Ann B\\sesswatch.js&quot; reap --dry-run --quiet --protect &quot;exe=a\\&quot;b\\\\&quot;</Arguments>',
    );
  });
});

describe('the hook for the end of a session', () => {
  it('is JSON for Claude Code that looks and saves, and ends nothing', () => {
    const { hooks } = JSON.parse(sessionEndHook(PLAIN));
    const { command, type } = hooks.SessionEnd[0].hooks[0];
    expect(type).toBe('command');
    expect(command).toMatch(/snapshot --label session-end --quiet$/);
    expect(command).not.toContain('reap');
  });
});
