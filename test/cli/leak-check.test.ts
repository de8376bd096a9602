import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defaultLoadersSync } from 'cosmiconfig';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type Stage, statOf } from '../kit/processes.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const WORKFLOWS = path.join(ROOT, 'contrib/ci');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly 'runs-on': string; readonly steps: readonly Step[] }>>;
}

function workflow(name: string): Workflow {
  const file = path.join(WORKFLOWS, name);
  return defaultLoadersSync['.yaml'](file, readFileSync(file, 'utf8'));
}

describe('a workflow in contrib/ci', () => {
  it.each(readdirSync(WORKFLOWS))('%s may only read, and each of its steps does one thing', (name) => {
    const { on, permissions, jobs } = workflow(name);
    expect(on).toBeDefined();
    expect(permissions).toEqual({ contents: 'read' });
    for (const { steps, 'runs-on': machine } of Object.values(jobs)) {
      expect(machine).toMatch(/^(?:ubuntu|macos|windows)-latest$/);
      expect(steps.filter(({ uses, run }) => (uses === undefined) === (run === undefined))).toEqual([]);
    }
  });

  it('runs no script of package.json that is not there', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    const runs = ['github.yml', 'publish.yml']
      .flatMap((name) => Object.values(workflow(name).jobs).flatMap(({ steps }) => steps))
      .flatMap(({ run }) => [...(run ?? '').matchAll(/\bnpm (?:run )?(?:--silent )?(test|[\w-]+)\b/g)])
      .map(([, name = '']) => name)
      .filter((name) => !['ci', 'install', 'publish'].includes(name));
    expect(runs).toContain('sbom');
    expect(runs.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('the leak check for a pull request', () => {
  let stage: Stage;
  let summary: string;
  beforeEach(() => {
    stage = openStage();
    summary = path.join(stage.folder, 'summary.md');
    writeFileSync(summary, '');
  });
  afterEach(() => stage.close());

  function program(name: string, script: string): void {
    const file = path.join(stage.folder, 'bin', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Runs the steps that call sesswatch as the runner does; answers their exit codes. */
  async function check(endToEnd: string): Promise<(number | string)[]> {
    program('sesswatch', `exec '${process.execPath}' '${ROOT}/bin/sesswatch.js' "$@"`);
    program('npm', endToEnd);
    const env = {
      ...process.env,
      PATH: `${stage.folder}/bin:/usr/bin:/bin`,
      SESSWATCH_HOME: path.join(stage.folder, 'state'),
      GITHUB_STEP_SUMMARY: summary,
    };
    const codes: (number | string)[] = [];
    for (const { run = '' } of workflow('leak-check.yml').jobs.leaks?.steps ?? []) {
      if (!/^sesswatch /.test(run)) continue;
      const script = run.replace('--settle 5s', '--settle 0');
      codes.push(
        await new Promise((done) => execFile('sh', ['-ec', script], { env }, (error) => done(error?.code ?? 0))),
      );
    }
    return codes;
  }

  it('passes a test that leaves nothing, and fails with one that fails', async () => {
    expect(await check('exit 0')).toEqual([0, 0]);
    expect(readFileSync(summary, 'utf8')).not.toBe('');
    expect(await check('exit 7')).toEqual([7, 0]);
  });

  it('fails a test that passed and left an agent, and puts the agent on the page of the run', async () => {
    const claude = stage.program('claude');
    const leave = `setsid '${claude}' -e 'setInterval(() => {}, 1e6)' claude >/dev/null 2>&1 & echo $! > '${stage.folder}/pid'; until [ /proc/$!/exe -ef '${process.execPath}' ]; do :; done`;
    const codes = await check(leave);
    const pid = Number(readFileSync(path.join(stage.folder, 'pid'), 'utf8'));
    stage.register({ pid, startTime: statOf(pid)?.startTime ?? 'gone' });
    expect(codes).toEqual([1, 0]);
    expect(readFileSync(summary, 'utf8')).toMatch(new RegExp(`\\| *${pid} *\\|.*claude`));
  });
});
