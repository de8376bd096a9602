import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import { classify } from '../../src/agents/recognise/classify.js';
import { redactArgv } from '../../src/agents/redact.js';
import { corpusLines } from './corpus.js';

const lines = [...corpusLines('processes.jsonl'), ...corpusLines('more-processes.jsonl')];
const SECRET = 's3cr3tV4lue0123456789';
const UUID = '11111111-2222-4333-8444-555555555555';

/** What must stay the same: not the wording, not the words. */
const essence = (found: ReturnType<typeof classify>) =>
  found && [found.agent, found.role, found.daemon, found.sessionId, found.mayLaunch];

const redacted = (argv: readonly string[]) => redactArgv(argv, classify({ argv }, CATALOGUE));

describe('a redacted command line', () => {
  it.each(lines)('is taken for what the original was: $title', ({ row, platform }) => {
    const before = classify(row, CATALOGUE, platform);
    const argv = row.argv && redactArgv(row.argv, before);
    expect(essence(classify({ ...row, argv }, CATALOGUE, platform))).toEqual(essence(before));
  });

  it.each(lines)('does not change when redacted again: $title', ({ row, platform }) => {
    const member = classify(row, CATALOGUE, platform);
    const once = redactArgv(row.argv ?? [], member);
    expect(redactArgv(once, member)).toEqual(once);
  });

  it('keeps flags, commands, session ids, paths and models', () => {
    const argv = [
      'claude',
      '--model',
      'opus',
      '--session-id',
      UUID,
      '--add-dir',
      '/w/a',
      '/w/b',
      '--verbose',
    ];
    expect(redacted(argv)).toEqual(argv);
  });

  it('keeps the text of a tool call but for its secrets', () => {
    const text = `source /home/u/.claude/shell-snapshots/snapshot-bash-1-a.sh && eval 'API_KEY=${SECRET} npm test' < /dev/null && pwd -P >| /tmp/claude-a1b2-cwd`;
    expect(redacted(['/bin/bash', '-c', text])).toEqual([
      '/bin/bash',
      '-c',
      text.replace(SECRET, '<redacted>'),
    ]);
  });
});

const bearer = JSON.stringify({
  mcpServers: {
    't3-code': { type: 'http', url: 'http://x', headers: { Authorization: `Bearer ${SECRET}` } },
  },
});

describe('secrets in arguments', () => {
  it.each<[string, string[]]>([
    ['--mcp-config with JSON', ['claude', '--mcp-config', bearer, '--verbose']],
    ['--mcp-config= with JSON', ['claude', `--mcp-config=${bearer}`]],
    ['--mcp-config with JSON after a file', ['claude', '--mcp-config', '/w/mcp.json', bearer]],
    ['--settings with JSON', ['claude', '--settings', JSON.stringify({ env: { X: SECRET } })]],
    ['--settings= with JSON', ['claude', `--settings=${JSON.stringify({ apiKeyHelper: SECRET })}`]],
    ['JSON that a split at blanks tore', ['claude', ...`--mcp-config ${bearer}`.split(' '), '--verbose']],
    ['JSON with blanks inside its strings', ['claude', '--settings', `{"a":`, `"}`, SECRET, `b"}`, '-p']],
    ['the token of --sdk-url', ['claude', '--sdk-url', `ws://127.0.0.1:3456/sdk/${UUID}?token=${SECRET}`]],
    ['a key in a query', ['node', '/w/.bin/mcp-remote', `https://x/sse?a=1&api_key=${SECRET}&b=2`]],
    ['an access token in a query', ['npx', 'mcp-remote', `https://x/sse?access_token=${SECRET}`]],
    ['a secret in a query', ['npx', 'mcp-remote', `https://x/sse?secret=${SECRET}`]],
    ['a key called key', ['npx', 'mcp-remote', `https://x/sse?key=${SECRET}`]],
    ['a header', ['npx', 'mcp-remote', 'https://x', '--header', `Authorization: Bearer ${SECRET}`]],
    ['a header in pieces', ['npx', 'mcp-remote', '--header', 'Authorization:', 'Bearer', SECRET]],
    ['another header in pieces', ['curl', '-H', '"X-Api-Key:', `${SECRET}"`]],
    ['a header without a scheme', ['curl', '-H', `X-Api-Key: ${SECRET}`, 'https://x']],
    ['-c x.bearer_token=', ['codex', '-c', `mcp_servers.x.bearer_token="${SECRET}"`, 'app-server']],
    ['-c with headers', ['codex', '-c', `mcp_servers.x.http_headers={Authorization="Bearer ${SECRET}"}`]],
    ['--api-key V', ['node', '/w/.bin/mcp-server-x', '--api-key', SECRET]],
    ['--api-key=V', ['aider', `--api-key=${SECRET}`]],
    ['--token=V', ['node', '/w/.bin/context7-mcp', `--token=${SECRET}`]],
    ['--password V', ['docker', 'run', 'mcp/x', '--password', SECRET]],
    ['--client-secret V', ['uvx', 'mcp-server-x', '--client-secret', SECRET]],
    ['an assignment', ['env', `GITHUB_PERSONAL_ACCESS_TOKEN=${SECRET}`, 'node', 'x.js']],
    ['a variable of a container', ['docker', 'run', '-e', `OPENAI_API_KEY=${SECRET}`, 'mcp/x']],
    ['T3_MCP_BEARER_TOKEN', ['env', `T3_MCP_BEARER_TOKEN=${SECRET}`]],
    ['CLAUDE_CODE_MESSAGING_TOKEN in a text', ['sh', '-c', `CLAUDE_CODE_MESSAGING_TOKEN=${SECRET} x`]],
    [
      'a password in a URL',
      ['npx', '@modelcontextprotocol/server-postgres', `postgresql://u:${SECRET}@db/x`],
    ],
    ['a token as the user of a URL', ['git', 'clone', `https://${SECRET}@github.com/x/y`]],
    ['an option in a text', ['bash', '-c', `deploy --token ${SECRET} --now`]],
    ['a quoted password in a text', ['bash', '-c', `login --password='${SECRET}'`]],
    ['user and password of curl', ['bash', '-c', `curl -u me:${SECRET} https://x`]],
    ['a property in a text', ['node', '-e', `fetch(u,{headers:{"x-api-key":"${SECRET}"}})`]],
    ['a title that npm made of a command', [`npm exec mcp-remote https://x?token=${SECRET}`, '', '']],
  ])('%s', (_, argv) => {
    const shown = redacted(argv).join(' ');
    expect(shown).not.toContain(SECRET);
    expect(shown).toContain('<redacted>');
  });

  it.each([
    'sk-ant-api03-AbCdEf0123456789_-xyz',
    'sk-proj-AbCdEf0123456789',
    'ghp_0123456789abcdefABCDEF0123456789abcd',
    'github_pat_11ABCDEFG0123456789_abcdef',
    'glpat-0123456789abcdefABCD',
    'xoxb-123456789012-abcdefABCDEF',
    'AIzaSyA0123456789abcdefghijklmnopqrstu',
    'AKIAIOSFODNN7EXAMPLE',
    'npm_0123456789abcdefghijABCDEFGHIJ012345',
    'hf_abcdefghijklmnopqrst',
    'gsk_abcdefghijklmnopqrst0123',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123',
  ])('a key that its issuer marked, wherever it stands: %s', (key) => {
    expect(redacted(['node', '/w/.bin/mcp-server-x', key])).toEqual([
      'node',
      '/w/.bin/mcp-server-x',
      '<redacted>',
    ]);
    expect(redacted(['bash', '-c', `echo ${key} | tee x`]).join(' ')).not.toContain(key);
  });

  it.each<[string, string[]]>([
    ['names of places where a secret lies', ['codex', '-c', 'mcp_servers.x.bearer_token_env_var="T3_TOKEN"']],
    ['references to a variable', ['bash', '-c', 'curl -H "X-Api-Key: $KEY" --token=$TOKEN https://x/y?a=b']],
    ['numbers of tokens', ['claude', '--max-thinking-tokens', '31999']],
    ['users of URLs', ['git', 'clone', 'ssh://git@github.com/x/y']],
    ['what only sounds like a secret', ['node', '/w/author/tokenizer.js', '--keyboard', 'de', '--monkeys=3']],
    ['paths of configuration', ['claude', '--mcp-config', '/w/mcp.json', '--settings', './s.json']],
  ])('but not %s', (_, argv) => {
    expect(redacted(argv)).toEqual(argv);
  });
});

describe('what people wrote to their agents', () => {
  it.each<[string, string[], string[]]>([
    ['a prompt', ['claude', 'my secret plan'], ['claude', '<prompt>']],
    ['-p', ['claude', '-p', 'my plan', '--model', 'opus'], ['claude', '-p', '<prompt>', '--model', 'opus']],
    ['--print after it', ['claude', 'my plan', '--print'], ['claude', '<prompt>', '--print']],
    ['a prompt in pieces', ['claude', '-p', 'my', 'secret', 'plan'], ['claude', '-p', '<prompt>']],
    ['behind --', ['claude', '--', '-x is my plan'], ['claude', '--', '<prompt>']],
    [
      'a system prompt',
      ['claude', '--append-system-prompt', 'be kind'],
      ['claude', '--append-system-prompt', '<prompt>'],
    ],
    [
      'a system prompt after =',
      ['claude', '--system-prompt=be kind'],
      ['claude', '--system-prompt=<prompt>'],
    ],
    [
      'what a conversation is looked up by',
      ['claude', '--resume', 'the tax thing'],
      ['claude', '--resume', '<prompt>'],
    ],
    ['codex exec', ['codex', 'exec', '--json', 'my plan'], ['codex', 'exec', '--json', '<prompt>']],
    ['codex exec, from stdin', ['codex', 'exec', '-'], ['codex', 'exec', '-']],
    ['codex resume', ['codex', 'resume', UUID, 'my plan'], ['codex', 'resume', UUID, '<prompt>']],
    [
      'the node in front of codex',
      ['node', '/usr/bin/codex', 'exec', 'my plan'],
      ['node', '/usr/bin/codex', 'exec', '<prompt>'],
    ],
    [
      'gemini --prompt=',
      ['node', '/x/bin/gemini', '--prompt=my plan'],
      ['node', '/x/bin/gemini', '--prompt=<prompt>'],
    ],
    [
      'gemini -p',
      ['node', '/x/bin/gemini', '--yolo', '-p', 'plan'],
      ['node', '/x/bin/gemini', '--yolo', '-p', '<prompt>'],
    ],
    ['opencode run', ['opencode', 'run', 'check', 'the mail'], ['opencode', 'run', '<prompt>']],
    [
      'aider --message',
      ['python3', '-m', 'aider', '--message', 'x'],
      ['python3', '-m', 'aider', '--message', '<prompt>'],
    ],
    ['amp -x', ['amp', '-x', 'hi'], ['amp', '-x', '<prompt>']],
    [
      'npx',
      ['npx', '-y', '@openai/codex', 'exec', 'my plan'],
      ['npx', '-y', '@openai/codex', 'exec', '<prompt>'],
    ],
    [
      "npm's title",
      ['npm exec @openai/codex exec my plan', ''],
      ['npm exec @openai/codex exec <prompt>', ''],
    ],
    ["npm's shell", ['sh', '-c', "'codex' exec 'my plan'"], ['sh', '-c', "'codex' exec '<prompt>'"]],
    ['a batch file', ['cmd.exe', '/c', 'claude.cmd -p hello'], ['cmd.exe', '/c', "claude.cmd -p '<prompt>'"]],
    [
      'the command line behind a pty host',
      [
        '/h/claude/versions/2.1.1',
        '--bg-pty-host',
        '/tmp/s',
        '200',
        '50',
        '--',
        '/h/claude/versions/2.1.1',
        '--session-id',
        UUID,
        'my plan',
      ],
      [
        '/h/claude/versions/2.1.1',
        '--bg-pty-host',
        '/tmp/s',
        '<prompt>',
        '--',
        '/h/claude/versions/2.1.1',
        '--session-id',
        UUID,
        '<prompt>',
      ],
    ],
    [
      'a wrapper',
      ['timeout', '300', 'claude', '-p', 'my plan'],
      ['timeout', '300', 'claude', '-p', '<prompt>'],
    ],
    [
      'a shell',
      ['bash', '-lc', 'claude -p "my plan"; echo done'],
      ['bash', '-lc', "claude -p '<prompt>'; echo done"],
    ],
    ['a pipe', ['sh', '-c', 'claude -p my plan | cat'], ['sh', '-c', "claude -p '<prompt>' | cat"]],
    ['a remote shell', ['ssh', 'host', 'codex exec "my plan"'], ['ssh', 'host', "codex exec '<prompt>'"]],
  ])('%s', (_, argv, shown) => {
    expect(redacted(argv)).toEqual(shown);
  });
});

describe('hostile command lines', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(
      'claude',
      '--mcp-config',
      '{"a":',
      '--',
      '-p',
      '--token',
      'Bearer',
      '--settings={',
      '\n',
      '=',
      "'",
    ),
  );

  it('never fail, and never grow in number', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (argv) => {
        expect(redacted(argv).length).toBeLessThanOrEqual(Math.max(argv.length, 1));
      }),
    );
  });

  it.each([
    ['dashes', '-'.repeat(100_000)],
    ['options', 'claude '.concat('-a '.repeat(30_000))],
    ['names', 'a_'.repeat(60_000)],
    ['schemes', 'a-'.repeat(60_000).concat('://')],
    ['open quotes', 'claude -p '.concat('" \' '.repeat(30_000))],
    ['braces', '{'.repeat(100_000)],
  ])('take no longer for being long: %s', (_, text) => {
    // A pattern that backtracks would not come back within the test's time.
    expect(redacted(['sh', '-c', text])).toHaveLength(3);
    expect(redacted(['claude', text]).length).toBeLessThanOrEqual(2);
  });
});
