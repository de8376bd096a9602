import { describe, expect, it } from 'vitest';
import type { ScheduleStatus } from '../../src/schedule/status.js';
import { intentText, removalText, statusText } from '../../src/schedule/text.js';

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
    expect(statusText({ ...STATUS, installed: false, lastRunAt: undefined }, NOW)).toMatch(
      /schedule install/,
    );
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

  it('names what stays, why, and how to be rid of it', () => {
    const text = removalText({ mechanism: 'systemd', removed: ['/t'], kept: ['/s'] });
    expect(text).toMatch(/^kept +\/s: edited .*--force/m);
  });
});
