import { describe, expect, it } from 'vitest';
import { type Family, familiesOf } from '../../../src/output/metrics/families.js';
import { countReaps, lastRunsOf, NOTHING_COUNTED } from '../../../src/output/metrics/reap-counts.js';
import { MOST_SERIES, withZeros } from '../../../src/output/metrics/seen-series.js';
import { metricsText } from '../../../src/output/metrics/text.js';
import type { JournalRun } from '../../../src/reap/journal/read.js';
import type { SnapshotDocument } from '../../../src/snapshot/document/document.js';
import { screenDocument } from '../../kit/screen-document.js';

const NOW = Date.parse('2026-01-15T10:41:00.000Z');
const DAY = 86_400_000;

function families(document: SnapshotDocument): Family[] {
  return familiesOf({ document, reaps: NOTHING_COUNTED, lastRuns: [], scanSeconds: 0.05, version: '1.2.3' });
}

function textOf(document: SnapshotDocument, format: 'prometheus' | 'openmetrics' = 'prometheus'): string[] {
  return metricsText(families(document), format).split('\n');
}

describe('metrics of a scan', () => {
  it.each([
    'sesswatch_processes{agent="claude",role="session",verdict="live",host="none"} 1',
    'sesswatch_processes{agent="claude",role="mcp-server",verdict="leftover",host="none"} 1',
    'sesswatch_sessions{agent="claude",verdict="superseded"} 1',
    'sesswatch_memory_bytes{agent="gemini",role="session",verdict="orphan",memtype="resident"} 512000000',
    'sesswatch_runaways 1',
    'sesswatch_oldest_idle_seconds{agent="gemini"} 11520',
    'sesswatch_scan_complete 1',
    'sesswatch_build_info{version="1.2.3"} 1',
  ])('hold %s', (line) => {
    expect(textOf(screenDocument())).toContain(line);
  });

  it('name no pid, session, folder or user', () => {
    const text = textOf(screenDocument()).join('\n');
    for (const one of ['3310', '9c3f8849', '/home/ada', '/srv', 'ada']) expect(text).not.toContain(one);
  });

  it('of a scan that is not whole say that, and count nothing', () => {
    const text = textOf({ ...screenDocument(), complete: false });
    expect(text).toContain('sesswatch_scan_complete 0');
    expect(text.join('\n')).not.toContain('sesswatch_processes');
  });

  it('in the newer form name units and end with a mark', () => {
    const text = textOf(screenDocument(), 'openmetrics');
    expect(text).toContain('# UNIT sesswatch_memory_bytes bytes');
    expect(text.at(-2)).toBe('# EOF');
  });

  it('keep a label that quotes and breaks lines to one line', () => {
    const samples = [{ labels: { host: 'a"b\\c\nd' }, value: 1 }];
    const text = metricsText([{ name: 'sesswatch_x', type: 'gauge', help: 'x', samples }], 'prometheus');
    expect(text).toContain('sesswatch_x{host="a\\"b\\\\c\\nd"} 1\n');
  });
});

describe('a series that was there before', () => {
  const before = withZeros(families(screenDocument()), {}, NOW);
  const nobody = { ...screenDocument(), processes: [] };
  const valuesOf = (all: readonly Family[], name: string) =>
    all.find((one) => one.name === name)?.samples.map(({ value }) => value);

  it('is written as 0 when there is nothing of it any more', () => {
    const { families: after } = withZeros(families(nobody), before.seen, NOW + DAY);
    expect(valuesOf(after, 'sesswatch_processes')).toEqual(
      Array.from({ length: valuesOf(before.families, 'sesswatch_processes')?.length ?? 0 }, () => 0),
    );
  });

  it('is forgotten after a week', () => {
    const { families: after } = withZeros(families(nobody), before.seen, NOW + 8 * DAY);
    expect(valuesOf(after, 'sesswatch_processes')).toEqual([]);
  });

  it('of which no value can be told is no 0', () => {
    const { families: after } = withZeros(families(nobody), before.seen, NOW + DAY);
    expect(valuesOf(after, 'sesswatch_oldest_idle_seconds')).toEqual([]);
  });

  it('is one of at most so many', () => {
    const samples = Array.from({ length: 2 * MOST_SERIES }, (_, at) => ({ labels: { host: `${at}` }, value: 1 }));
    const { families: cut } = withZeros([{ name: 'sesswatch_processes', type: 'gauge', help: '', samples }], {}, NOW);
    expect(cut[0]?.samples).toHaveLength(MOST_SERIES);
  });
});

describe('counts of reaps', () => {
  const run = (id: string, results: readonly ('gone' | 'survived')[], isOver = true): JournalRun =>
    ({
      run: id,
      startedAt: '2026-01-15T10:00:00.000Z',
      outcomes: results.map((result) => ({ process: { agent: 'claude' }, result })),
      end: isOver ? { ended: results.length } : undefined,
    }) as unknown as JournalRun;

  it('add up by agent and outcome', () => {
    const { reaped, survivors } = countReaps(NOTHING_COUNTED, [run('b', ['gone', 'survived']), run('a', ['gone'])]);
    expect(reaped).toEqual([
      { agent: 'claude', outcome: 'gone', count: 2 },
      { agent: 'claude', outcome: 'survived', count: 1 },
    ]);
    expect(survivors).toBe(1);
  });

  it('go on from what was counted when the journal has dropped it', () => {
    const first = countReaps(NOTHING_COUNTED, [run('a', ['gone'])]);
    expect(countReaps(first, [run('b', ['gone'])]).reaped).toEqual([{ agent: 'claude', outcome: 'gone', count: 2 }]);
  });

  it('count no run twice, and a run at work when it is over', () => {
    const first = countReaps(NOTHING_COUNTED, [run('b', ['gone'], false), run('a', ['gone'])]);
    expect(first.reaped[0]?.count).toBe(1);
    expect(countReaps(first, [run('b', ['gone', 'gone']), run('a', ['gone'])]).reaped[0]?.count).toBe(3);
  });

  it('tell when a report and a reap last ran', () => {
    const report = { ...run('c', []), startedAt: '2026-01-15T10:30:00.000Z', report: {} } as unknown as JournalRun;
    expect(lastRunsOf([report, run('a', [])], NOW)).toEqual([
      { action: 'metrics', at: NOW / 1000 },
      { action: 'report', at: Date.parse('2026-01-15T10:30:00.000Z') / 1000 },
      { action: 'reap', at: Date.parse('2026-01-15T10:00:00.000Z') / 1000 },
    ]);
  });
});
