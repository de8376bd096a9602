import { describe, expect, it } from 'vitest';
import { runTool } from '../../../src/process/sources/run-tool.js';

const node = (script: string, timeoutMs = 20_000, env?: Record<string, string>) =>
  runTool({ file: process.execPath, args: ['-e', script], timeoutMs, ...(env === undefined ? {} : { env }) });

describe('runTool', () => {
  it('answers with what a helper printed and with its pid', async () => {
    const output = await node('process.stdout.write(process.pid + " é"); process.stderr.write("note")');
    expect(output).toEqual({ stdout: `${output.pid} é`, stderr: 'note', exitCode: 0, pid: output.pid });
  });

  it('answers with a non-zero exit, which its caller judges', async () => {
    expect(await node('process.stdout.write("some"); process.exitCode = 3')).toMatchObject({
      stdout: 'some',
      exitCode: 3,
    });
  });

  it('gives the helper the environment of the request and nothing else', async () => {
    const { stdout } = await node('process.stdout.write(JSON.stringify(process.env))', 20_000, {
      LC_ALL: 'C',
    });
    expect(JSON.parse(stdout)).toEqual({ LC_ALL: 'C' });
  });

  it.each([
    ['is not there', () => runTool({ file: '/nonexistent/ps', args: [], timeoutMs: 1000 })],
    ['is named by a relative path', () => runTool({ file: 'ps', args: [], timeoutMs: 1000 })],
    ['takes too long', () => node('setInterval(() => {}, 1000)', 300)],
    ['is ended by a signal', () => node('process.kill(process.pid, "SIGKILL")')],
    ['prints more than 64 MB', () => node('process.stdout.write(Buffer.alloc(65 * 1024 * 1024, 120))')],
  ])('fails as an incomplete scan when the helper %s', async (_, run) => {
    await expect(run()).rejects.toMatchObject({ name: 'SesswatchError', code: 'incomplete-scan' });
  });
});
