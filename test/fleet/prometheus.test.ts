import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homeOf, now, orphans, reapOn } from '../cli/orphaned.js';
import { sesswatch } from '../kit/command.js';
import { eventually, openStage, type Seen } from '../kit/processes.js';

const contrib = path.resolve(import.meta.dirname, '../../contrib/prometheus');
const missing = ['promtool', 'prometheus', 'prometheus-node-exporter'].filter((name) => !isInstalled(name));
const title = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`;

describe.skipIf(missing.includes('promtool'))(`promtool${title}`, () => {
  it('finds nothing wrong with the rules', () => {
    expect(tool('check', 'rules', path.join(contrib, 'sesswatch.rules.yml'))).toContain('SUCCESS');
  });

  it('sees each alert fire and clear as its test says', () => {
    expect(tool('test', 'rules', path.join(contrib, 'sesswatch.rules.test.yml'))).toContain('SUCCESS');
  });
});

describe.skipIf(missing.length > 0)(`Prometheus and node_exporter on loopback${title}`, () => {
  const stage = openStage();
  const textfiles = path.join(stage.folder, 'textfile');
  let url: string;
  let lost: Seen;

  beforeAll(async () => {
    mkdirSync(textfiles);
    const [exporter, prometheus] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${prometheus}`;
    // The rules as they are, but for a budget and patience that a test can wait for.
    const rules = readFileSync(path.join(contrib, 'sesswatch.rules.yml'), 'utf8');
    writeFileSync(path.join(stage.folder, 'rules.yml'), rules.replace('> 2e9', '> 1e6').replace('for: 30m', 'for: 1s'));
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'node', static_configs: [{ targets: [`127.0.0.1:${exporter}`] }] }],
    };
    writeFileSync(path.join(stage.folder, 'prometheus.yml'), JSON.stringify(config));
    start('prometheus-node-exporter', [
      `--web.listen-address=127.0.0.1:${exporter}`,
      '--collector.disable-defaults',
      '--collector.textfile',
      `--collector.textfile.directory=${textfiles}`,
    ]);
    start('prometheus', [
      `--config.file=${path.join(stage.folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(stage.folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${prometheus}`,
    ]);
    const [one] = await orphans(stage, { megabytes: 20 });
    if (one === undefined) throw new Error('no orphan started');
    lost = one;
  });
  afterAll(() => stage.close());

  // Others lose processes on this machine meanwhile: only what this test reaped is counted.
  it('tell of what nobody owns, and of its end when it was reaped', async () => {
    // The second look proves what the first one saw.
    for (let at = 0; at < 2; at++) await writeMetrics();
    await eventually(
      () => alerts('SesswatchDeadWeight').then((state) => expect(state).toContain('firing')),
      'the alert',
    );
    expect(await query('sum(sesswatch_processes{verdict="orphan"})')).toBeGreaterThanOrEqual(1);
    expect((await reapOn(stage, ['--yes', '--textfile', textfiles, ...now(lost)])).code).toBe(0);
    await writeMetrics();
    await eventually(
      async () => expect(await query('sum(sesswatch_reaped_total{outcome="gone"})')).toBeGreaterThanOrEqual(1),
      'the reap to be scraped',
    );
  });

  const writeMetrics = () => sesswatch(['metrics', '--textfile', textfiles], { env: homeOf(stage) });

  function start(program: string, args: readonly string[]): void {
    const child = spawn(program, args, { stdio: 'ignore' });
    stage.onClose(
      () =>
        new Promise((resolve) => {
          child.once('close', () => resolve());
          child.kill('SIGTERM');
        }),
    );
  }

  async function query(text: string): Promise<number | undefined> {
    const { data } = await get<{ result: { value: [number, string] }[] }>(`query?query=${encodeURIComponent(text)}`);
    const value = data.result[0]?.value[1];
    return value === undefined ? undefined : Number(value);
  }

  /** The states of an alert that is not at rest. */
  async function alerts(name: string): Promise<string[]> {
    const { data } = await get<{ alerts: { labels: { alertname: string }; state: string }[] }>('alerts');
    return data.alerts.filter(({ labels }) => labels.alertname === name).map(({ state }) => state);
  }

  async function get<T>(what: string): Promise<{ readonly data: T }> {
    const response = await fetch(`${url}/api/v1/${what}`);
    return (await response.json()) as { data: T };
  }
});

function isInstalled(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function tool(...args: readonly string[]): string {
  return execFileSync('promtool', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
