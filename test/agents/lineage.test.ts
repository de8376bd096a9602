import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue.js';
import { resolveAgents } from '../../src/agents/lineage.js';
import { isCounted, type Role } from '../../src/agents/membership.js';
import { treeNames } from './corpus.js';
import { recordedTree } from './trees.js';

const NOT_OF_AN_AGENT: readonly (Role | undefined)[] = ['tool', undefined];

describe('the recorded trees of real agents', () => {
  const rows = treeNames().flatMap((name) => {
    const { table, expected } = recordedTree(name);
    const { members } = resolveAgents(table, CATALOGUE);
    return [...expected].map(([pid, expect_]) => ({
      title: `${name} ${pid} ${table.get(pid)?.comm}`,
      member: members.get(pid),
      expected: expect_,
    }));
  });

  it.each(rows.filter((row) => row.expected.role === null))(
    '$title is no part of an agent but a tool of one',
    (row) => {
      expect(NOT_OF_AN_AGENT).toContain(row.member?.role);
    },
  );

  it.each(rows.filter((row) => row.expected.role === 'mcp-server' && row.expected.agent === null))(
    '$title is an MCP server',
    (row) => {
      expect(row.member?.role).toBe('mcp-server');
    },
  );

  it.each(rows.filter((row) => row.expected.agent !== null))(
    '$title is $expected.agent $expected.role',
    ({ member, expected }) => {
      expect({ agent: member?.agent, role: member?.role }).toEqual(expected);
    },
  );

  it.each(treeNames())('%s has each agent that was labelled, once', (name) => {
    const { table, expected } = recordedTree(name);
    const { members } = resolveAgents(table, CATALOGUE);
    const counted = [...members.values()].filter(isCounted).map(({ pid }) => pid);
    const labelled = [...expected].filter(([, { role }]) => role === 'session' || role === 'server');
    expect(counted).toEqual(expect.arrayContaining(labelled.map(([pid]) => pid)));
    const unlabelled = counted.filter((pid) => !expected.has(pid));
    expect(counted).toHaveLength(labelled.length + unlabelled.length);
  });
});
