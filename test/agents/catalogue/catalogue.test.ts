import { describe, expect, it } from 'vitest';
import { AGENTS, CATALOGUE, catalogueWith } from '../../../src/agents/catalogue/catalogue.js';
import { MARKER_NAMES } from '../../../src/agents/catalogue/markers.js';
import { NEVER_AGENTS } from '../../../src/agents/catalogue/other-programs.js';
import { classify } from '../../../src/agents/recognise/classify.js';
import { interpreterOf } from '../../../src/command-line/interpreters.js';
import { corpusLines } from '../corpus.js';

describe('the catalogue', () => {
  it('names each agent once', () => {
    expect(new Set(AGENTS.map(({ name }) => name)).size).toBe(AGENTS.length);
  });

  it('gives each program to one agent', () => {
    const names = AGENTS.flatMap((entry) => [...entry.executables, ...Object.keys(entry.companions ?? {})]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(AGENTS)('knows that the options of $name that name a session take a value', (entry) => {
    expect(entry.values ?? []).toEqual(expect.arrayContaining([...(entry.sessionFlags ?? [])]));
    expect(entry.values ?? []).toEqual(expect.arrayContaining([...(entry.promptFlags ?? [])]));
  });

  it.each(AGENTS)('reads only markers of $name that may be read', ({ markers }) => {
    const asked = [
      ...(markers?.present ?? []),
      ...(markers?.session ?? []),
      ...(markers?.pid ?? []),
      ...(markers?.tool ?? []).map(({ name }) => name),
      ...(markers?.mcp ?? []).map(({ name }) => name),
      ...(markers?.relaunched === undefined ? [] : [markers.relaunched]),
    ];
    expect(asked.filter((name) => !MARKER_NAMES.has(name))).toEqual([]);
  });

  it('allows no variable whose name says that it is a secret', () => {
    expect([...MARKER_NAMES].filter((name) => /TOKEN|SECRET|PASSW|API_?KEY|CREDENTIAL|AUTH/.test(name))).toEqual([]);
  });
});

describe('programs whose command lines are left unread', () => {
  it('are no agents, companions or interpreters', () => {
    const known = new Set(AGENTS.flatMap((entry) => [...entry.executables, ...Object.keys(entry.companions ?? {})]));
    expect([...NEVER_AGENTS].filter((comm) => known.has(comm) || interpreterOf(comm) !== undefined)).toEqual([]);
  });

  it('are never the kernel name of a process that is somebody', () => {
    const somebody = [...corpusLines('processes.jsonl'), ...corpusLines('more-processes.jsonl')].filter(
      ({ expect: { role } }) => role !== null,
    );
    expect(somebody.map(({ row }) => row.comm).filter((comm) => comm !== undefined && NEVER_AGENTS.has(comm))).toEqual(
      [],
    );
  });
});

describe('agents of a person’s own', () => {
  const catalogue = catalogueWith(
    [
      {
        name: 'helmsman',
        executables: ['helmsman', 'hm'],
        scripts: ['@acme/helmsman/cli.js'],
        modules: ['helmsman'],
        packages: ['@acme/helmsman'],
        serverCommands: ['serve'],
        serverFlags: ['--listen'],
        infrastructureCommands: ['update'],
        sessionFlags: ['--thread'],
        valueOptions: ['--profile'],
      },
      { name: 'claude', executables: ['my-claude'] },
    ],
    [{ names: ['acme-tools'], scripts: ['acme/tools/serve.py'] }],
  );
  const seen = (argv: string[], comm?: string) => {
    const found = classify({ argv, comm }, catalogue, 'linux');
    return found && `${found.agent ?? '-'}/${found.role}${found.sessionId === undefined ? '' : ` ${found.sessionId}`}`;
  };

  it.each<[string, string[], string]>([
    ['by its name', ['helmsman'], 'helmsman/session'],
    ['by another name', ['hm', '--profile', 'serve'], 'helmsman/session'],
    ['as a server by a command', ['hm', '--profile', 'x', 'serve'], 'helmsman/server'],
    ['as a server by a flag', ['hm', '--listen=:1'], 'helmsman/server'],
    ['as infrastructure', ['hm', 'update'], 'helmsman/infrastructure'],
    ['with its session', ['hm', '--thread', 't-1001'], 'helmsman/session t-1001'],
    ['with its session after =', ['hm', '--thread=t-1001'], 'helmsman/session t-1001'],
    ['by its script', ['node', '/w/node_modules/@acme/helmsman/cli.js', 'serve'], 'helmsman/server'],
    ['by its module', ['python3', '-m', 'helmsman'], 'helmsman/session'],
    ['behind npx', ['npx', '@acme/helmsman'], 'helmsman/launcher'],
    ['as a known agent under a new name', ['my-claude', 'mcp', 'serve'], 'claude/mcp-server'],
    ['as a known agent still', ['claude'], 'claude/session'],
    ['as an MCP server by name', ['acme-tools'], '-/mcp-server'],
    ['as an MCP server by script', ['python3', '/srv/acme/tools/serve.py'], '-/mcp-server'],
  ])('are recognised %s', (_, argv, expected) => {
    expect(seen(argv)).toBe(expected);
  });

  it.each<[string, string[]]>([
    ['a script whose path only ends alike', ['node', '/w/not@acme/helmsman/cli.js']],
    ['a script whose dots are other letters', ['node', '/w/@acme/helmsman/cliXjs']],
    ['an argument', ['vim', 'helmsman']],
  ])('are not seen in %s', (_, argv) => {
    expect(seen(argv)).toBeUndefined();
  });

  it('are not there without being asked for', () => {
    expect(catalogueWith()).toBe(CATALOGUE);
    expect(classify({ argv: ['helmsman'] }, CATALOGUE)).toBeUndefined();
  });
});
