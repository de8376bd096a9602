import { describe, expect, it } from 'vitest';
import type { ScheduleStatus } from '../../src/schedule/status.js';
import { installedText, intentText, removalText, statusText, timerFinding } from '../../src/schedule/text.js';

const NOW = new Date('2026-01-15T10:07:30Z');

const STATUS: ScheduleStatus = {
  schema: 'sesswatch/schedule/1',
  installed: true,
  mechanism: 'cron',
  everySeconds: 900,
  action: 'report',
  parts: [{ what: 'crontab', state: 'as-written' }],
  active: true,
  lastRunAt: '2026-01-15T10:00:00.000Z',
  lastOutcome: 'nothing to end',
  nextRunAt: '2026-01-15T10:15:00.000Z',
};

describe('the status of a schedule, printed,', () => {
  it('says what runs how often, when it did and when it will', () => {
    const lines = statusText(STATUS, NOW).split('\n');
    expect(lines[0]).toBe('report every 15m by cron');
    expect(lines[1]).toMatch(/^last run .*, 7m 30s ago: nothing to end$/);
    expect(lines[2]).toMatch(/^next run .*, in 7m 30s$/);
  });

  it('names the parts that are not as they were written', () => {
    const parts = [
      { what: '/a.service', state: 'edited' as const },
      { what: '/a.timer', state: 'missing' as const },
    ];
    const text = statusText({ ...STATUS, active: false, parts }, NOW);
    expect(text).toContain('not active');
    expect(text).toMatch(/^edited +\/a\.service$/m);
    expect(text).toMatch(/^missing +\/a\.timer$/m);
  });

  it('says how to begin where nothing is scheduled', () => {
    expect(statusText({ ...STATUS, installed: false, lastRunAt: undefined }, NOW)).toMatch(/schedule install/);
  });
});

describe('what install prints', () => {
  it('is each file under its path, as text whatever its encoding', () => {
    const text = intentText({
      mechanism: 'task-scheduler',
      files: [{ path: 'C:\\task.xml', text: Buffer.from('\ufeff<Task/>\r\n', 'utf16le') }],
      notes: ['one thing'],
    });
    expect(text).toBe('# C:\\task.xml\n<Task/>\n\n# note: one thing\n');
  });

  it('is the block for a crontab', () => {
    expect(intentText({ mechanism: 'cron', files: [], cronBlock: 'X\n', notes: [] })).toBe(
      '# behind your crontab\nX\n',
    );
  });
});

describe('what remove prints', () => {
  it.each([
    [undefined, 'nothing was scheduled\n'],
    [{ mechanism: 'cron' as const, removed: ['crontab'], kept: [] }, 'removed  crontab\n'],
    [{ mechanism: 'cron' as const, removed: [], kept: [] }, 'what was written is gone already\n'],
  ])('names what went', (removal, text) => {
    expect(removalText(removal)).toBe(text);
  });

  it('says one thing of a crontab that was edited', () => {
    expect(removalText({ mechanism: 'cron', removed: [], kept: ['crontab'] })).toBe(
      'kept     crontab: edited since it was written and still runs (sesswatch schedule remove --force)\n',
    );
  });

  it('names what stays, why, and how to be rid of it', () => {
    const text = removalText({ mechanism: 'systemd', removed: ['/t'], kept: ['/s'] });
    expect(text).toMatch(/^kept +\/s: edited .*--force/m);
  });
});

describe('what was installed', () => {
  const replaced = { everySeconds: 900, action: 'reap', flags: ['--idle', '2h'] } as const;
  const base = { mechanism: 'cron', files: [], notes: [], keptFlags: [] } as const;

  it.each<[string, Parameters<typeof installedText>[0], string]>([
    ['is started', { ...base, runs: true }, 'written and started, every 15m by cron'],
    ['is written, where nobody can tell', base, 'written, every 15m by cron'],
    ['is not run', { ...base, runs: false }, 'written, but no cron daemon is running: nothing will run it'],
    [
      'goes on with flags',
      { ...base, runs: true, replaced, keptFlags: replaced.flags },
      'replaces reap every 15m; its flags go on: --idle 2h',
    ],
    ['leaves flags behind', { ...base, runs: true, replaced }, 'replaces reap every 15m --idle 2h\n'],
  ])('%s', (_, installed, text) => {
    expect(installedText(installed, 900)).toContain(text);
  });

  it('is a finding of doctor when nothing runs it', () => {
    expect(timerFinding(STATUS)).toMatchObject({ level: 'ok' });
    expect(timerFinding({ ...STATUS, active: false, runs: false })).toMatchObject({ level: 'problem' });
    expect(timerFinding({ ...STATUS, installed: false })).toBeUndefined();
  });
});
