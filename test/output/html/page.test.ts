import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadDrawing } from '../../../src/output/html/chart.js';
import { reportPage } from '../../../src/output/html/page.js';
import type { ReportInput } from '../../../src/output/report-content.js';
import { reportMarkdown } from '../../../src/output/report-markdown.js';
import { anonymous } from '../../../src/snapshot/document/anonymous.js';
import type { SnapshotDocument } from '../../../src/snapshot/document/document.js';
import { toSummary } from '../../../src/snapshot/document/summary.js';
import { trendOf } from '../../../src/snapshot/trend/trend.js';
import { screenDocument } from '../../kit/screen-document.js';

const drawing = await loadDrawing();
const DAY = 86_400_000;

function input(document: SnapshotDocument = screenDocument(), days = 7): ReportInput {
  const start = Date.parse('2026-01-08T10:41:00.000Z');
  const summaries = Array.from({ length: days * 24 }, (_, at) =>
    toSummary({ ...document, id: `id-${at}`, takenAt: new Date(start + (at * DAY) / 24).toISOString() }),
  );
  return {
    document,
    byAgent: trendOf(summaries, { by: 'agent' }),
    byHost: trendOf(summaries, { by: 'host' }),
    marks: [{ at: start + 2 * DAY, text: 'reap ended 3 processes' }],
    version: '1.2.3',
  };
}

describe('the page of a report', () => {
  const page = reportPage(input(), drawing);

  it('allows itself nothing but its own style', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(`content="default-src 'none'; style-src 'sha256-${hash}'"`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\bon\w+=|\bstyle="|https?:/i);
  });

  it('says what is dead weight, why, and what to do', () => {
    expect(page).toContain('<h2>Dead weight</h2>');
    expect(page).toContain('its host node(3300) ended');
    expect(page).toContain('sesswatch reap --dry-run');
  });

  it('draws what was over time, with what happened, and has the numbers behind it', () => {
    expect(page).toContain('aria-label="Agents over time: claude ');
    expect(page).toContain('<title>reap ended 3 processes, 2026-01-10 ');
    expect(page).toContain('<summary>The numbers</summary>');
  });

  it('has no chart without snapshots, and says so', () => {
    expect(reportPage(input(screenDocument(), 0), drawing)).toContain('No snapshots in this time.');
  });

  it('warns of a scan that was not whole', () => {
    const torn = reportPage(input({ ...screenDocument(), complete: false }), drawing);
    expect(torn).toContain('these figures may be too low');
  });

  it.each([
    '<script>alert(1)</script>',
    '<svg/onload=alert(1)>',
    '"><img src=x onerror=alert(1)>',
    '</style><style>*{display:none}',
    "' style='position:fixed' x='",
    'javascript:alert(1)',
    '&lt;b&gt;',
    '\u001b]0;x\u0007\u202egnp.exe',
  ])('keeps %j of a name text', (hostile) => {
    const [first, ...rest] = screenDocument().processes;
    const processes = [
      first,
      ...rest.map((one) => ({ ...one, cwd: `/x/${hostile}`, reason: hostile, agent: hostile })),
    ];
    const made = reportPage(
      input({ ...screenDocument(), processes: processes as SnapshotDocument['processes'] }),
      drawing,
    );
    const tags = new Set(made.match(/<\/?[a-z!][\w-]*/gi)?.map((tag) => tag.toLowerCase()));
    const before = new Set(page.match(/<\/?[a-z!][\w-]*/gi)?.map((tag) => tag.toLowerCase()));
    expect([...tags].filter((tag) => !before.has(tag))).toEqual([]);
    expect(/\u001b|\u202e|<[^>]*\son\w+=/.exec(made.replaceAll(/"[^"]*"/g, '""'))).toBeNull();
  });
});

describe('a report as Markdown', () => {
  it('holds the tables and what the charts come to', () => {
    const text = reportMarkdown(input()).join('\n');
    expect(text).toContain('## Dead weight');
    expect(text).toMatch(/^\| claude \| \d+ → \d+ \| \d+ \|/m);
    expect(text).toContain('## Over 168 snapshots');
  });
});

describe('an anonymous document', () => {
  const document = {
    ...screenDocument(),
    machine: { ...screenDocument().machine, hostname: 'ada-laptop' },
  };
  const text = JSON.stringify(anonymous(document));

  it.each(['ada', 'ada-laptop', '/home', '/srv', '名前', '9c3f8849-0000-4000-8000-000000000001'])(
    'does not name %s',
    (secret) => {
      expect(JSON.stringify(document)).toContain(secret);
      expect(text).not.toContain(secret);
    },
  );

  it('does not name a folder with blanks in its name', () => {
    const [first, ...rest] = document.processes;
    const cwd = '/home/ada/Secret Project';
    const made = anonymous({ ...document, processes: [{ ...first, cwd } as (typeof rest)[0], ...rest] });
    expect(JSON.stringify(made)).not.toContain('Project');
  });

  it('calls the same folder by the same word', () => {
    const folders = anonymous(document).processes.flatMap(({ pid, cwd }) =>
      pid === 3310 || pid === 4121 ? [cwd] : [],
    );
    expect(folders[0]).toBeDefined();
    expect(folders[0]).toBe(folders[1]);
  });

  it('keeps which programs and packages run', () => {
    expect(text).toContain('node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
  });
});
