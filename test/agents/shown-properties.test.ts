import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shownArgv } from '../../src/agents/shown.js';

const WORDS = [
  ...['claude', 'codex', 'node', 'npx', 'uvx', 'bash', 'sh', 'python3', 'docker', 'timeout', 'env', 'cmd', 'sudo'],
  ...['-c', '-lc', '-p', '-m', '-e', '--', '-', '', '/c', '--port', '--resume', '--mcp-config', '--model', '--name=x'],
  ...[
    'exec',
    'run',
    'mcp',
    'serve',
    '300',
    '/src/cli.js',
    'mcp-server-git',
    '@scope/pkg@1',
    'A=b',
    'https://a.example',
  ],
];

/** One that no program takes for the name of anything, and one with the mark of its issuer. */
const SECRETS = ['correct horse battery', 'sk-ant-api03-Q2hlY2stbWUtb3V0'];

it.each(SECRETS)('a command line never shows %s, wherever it stands among known words', (secret) => {
  const place = fc.constantFrom(
    ...[secret, `--token=${secret}`, `KEY=${secret}`, `https://u:${secret}@a.example/`, `echo '${secret}'`],
  );
  const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...WORDS), words, place, words, (program, before, word, after) => {
      const shown = shownArgv({ argv: [program, ...before, word, ...after] })?.join(' ') ?? '';
      for (const piece of [secret, secret.split(' ').at(-1) ?? secret]) expect(shown).not.toContain(piece);
    }),
    { numRuns: 1000 },
  );
});

it('any command line can be shown, in as many words as it has or fewer', () => {
  const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), fc.boolean(), (argv, argvIsSplitText) => {
      expect(shownArgv({ argv, argvIsSplitText })?.length).toBeLessThanOrEqual(argv.length);
    }),
    { numRuns: 300 },
  );
});
