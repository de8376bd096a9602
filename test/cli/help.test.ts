import { describe, expect, it } from 'vitest';
import { documentOf, sesswatch } from '../kit/command.js';

describe('help', () => {
  it.each([
    [['snapshot']],
    [['diff']],
    [['run']],
    [['trend']],
    [['hosts']],
    [['orphans']],
    [['why']],
    [['reap']],
    [['schedule']],
    [['schedule', 'install']],
    [['schedule', 'status']],
    [['schedule', 'remove']],
    [['schedule', 'hook']],
  ])('of %j has examples, by --help and by the word help', async (command) => {
    const [option, word] = await Promise.all([sesswatch([...command, '--help']), sesswatch(['help', ...command])]);
    expect(option.out).toMatch(new RegExp(`^Usage: sesswatch ${command.join(' ')}`));
    expect(option.out).toMatch(new RegExp(`Examples:\\n +.*sesswatch ${command.join(' ')}`));
    expect(option).toMatchObject({ err: '', code: 0 });
    expect(word).toEqual(option);
  });

  it('of run shows that the command stands behind --', async () => {
    expect((await sesswatch(['run', '--help'])).out).toMatch(/^Usage: sesswatch run \[options\] -- <command>/);
  });

  it.each<[readonly string[], RegExp]>([
    [['doctr', '--help'], /unknown command 'doctr' \(did you mean doctor\?\)/],
    [['help', 'doctr'], /unknown command 'doctr' \(did you mean doctor\?\)/],
    [['snapshots', 'shwo', 'x'], /unknown command 'snapshots shwo' \(did you mean show\?\)/],
    [['snapshots', 'everything'], /unknown command 'snapshots everything' \(see sesswatch snapshots --help\)/],
    [['schedule', 'instal', '--print'], /unknown command 'schedule instal' \(did you mean install\?\)/],
    [['\u001b[2J'], /unknown command '\\x1b\[2J'/],
    [['diff'], /missing required argument 'from' \(see sesswatch diff --help\)/],
    [['snapshots', 'prune', '--keep', 'some'], /see sesswatch snapshots prune --help/],
    [['why', 'claude'], /^sesswatch: value 'claude' is invalid for argument 'pid'/],
    [['ps', '--columns', ''], /names no column \(columns: pid/],
  ])('does not pretend to know %j', async (args, expected) => {
    const { out, err, code } = await sesswatch(args);
    expect(err).toMatch(expected);
    expect(err).toMatch(/^sesswatch: .+ \(.+\)\n$/);
    expect([out, code]).toEqual(['', 2]);
  });

  it('a word of the command that is run does not ask for JSON', async () => {
    const { out } = await sesswatch(['run', '--bogus', '--', 'x', '--json']);
    expect(out).toBe('');
  });

  it('every error has its document', async () => {
    const { message, hint } = documentOf(await sesswatch(['diff', '--json']));
    expect([message, hint]).toEqual(["missing required argument 'from'", 'see sesswatch diff --help']);
  });
});
