import type { AgentTable, Membership } from '../../agents/membership.js';
import { globTest, type TextTest } from '../../glob.js';
import { type ProcessRecord, withoutDeleted } from '../../process/record.js';
import { veto } from '../evidence/words.js';
import type { Evidence } from '../judgement.js';

/** What a rule looks at, in the order in which it is written. */
export const PROTECT_KINDS = ['agent', 'exe', 'cwd', 'session', 'argv'] as const;
type ProtectKind = (typeof PROTECT_KINDS)[number];

/** Whom a person wants to be left alone, whatever else is found. */
export interface ProtectRule {
  readonly kind: ProtectKind;
  /** The whole group as it was written: `agent=claude,cwd=~/work/**`. */
  readonly text: string;
  readonly pattern: TextTest;
}

/**
 * What one part of a rule asks for: the name of an agent, globs for `exe` and `cwd`, a session's id or its beginning, a
 * regular expression for `argv`. In globs `*` stays within a folder, `**` does not, and a leading `~/` is the home
 * folder; a folder covers what is below it.
 *
 * @param compile makes a test of a regular expression, by an engine that takes linear time
 */
export function protectPattern(
  kind: ProtectKind,
  value: string,
  home: string | undefined,
  compile: (pattern: string) => TextTest,
): TextTest {
  switch (kind) {
    case 'agent':
      return { test: (name) => name === value };
    case 'session':
      return { test: (id) => id.startsWith(value) };
    case 'exe':
      return pathTest(atHome(value, home));
    case 'cwd':
      return folderTest(atHome(value, home));
    case 'argv':
      return compile(value);
  }
}

/** Tests that must all hold of one process: `agent=claude,cwd=/srv/**`. */
export type ProtectGroup = readonly ProtectRule[];

/**
 * The group that covers a process, or the agent that it belongs to. A test of something that could not be read
 * may hold: nobody can say that it does not, so unless another test of its group fails the group covers it.
 */
export function protectedBy(
  agents: AgentTable,
  record: ProcessRecord,
  member: Membership,
  groups: readonly ProtectGroup[],
): Evidence | undefined {
  if (groups.length === 0) return undefined;
  const leader = member.leader === undefined ? undefined : agents.table.get(member.leader);
  const whom = [{ record, member }];
  const leading = leader === undefined ? undefined : agents.members.get(leader.pid);
  if (leader !== undefined && leading !== undefined && leader.pid !== record.pid) {
    whom.push({ record: leader, member: leading });
  }
  for (const group of groups) {
    const text = group[0]?.text;
    if (text === undefined) continue;
    const answers = whom.map((one) => coversAll(group, one.record, one.member));
    if (answers.includes('yes')) {
      return veto('protect-rule', text, `the protect rule ${text} covers it`);
    }
    if (answers.includes('not known')) {
      return veto('protect-rule', text, `whether the protect rule ${text} covers it could not be read`);
    }
  }
  return undefined;
}

function coversAll(group: ProtectGroup, record: ProcessRecord, member: Membership): 'yes' | 'no' | 'not known' {
  const answers = group.map((rule) => covers(rule, record, member));
  if (answers.includes('no')) return 'no';
  return answers.includes('not known') ? 'not known' : 'yes';
}

function covers(rule: ProtectRule, record: ProcessRecord, member: Membership): 'yes' | 'no' | 'not known' {
  switch (rule.kind) {
    case 'agent':
      // Helpers of any agent has no name of its own; its agent is asked beside it.
      return member.agent !== undefined && rule.pattern.test(member.agent) ? 'yes' : 'no';
    case 'session':
      return member.sessionId !== undefined && rule.pattern.test(member.sessionId) ? 'yes' : 'no';
    case 'exe':
      return matchesPath(rule, record.exe);
    case 'cwd':
      return matchesPath(rule, record.detail?.cwd);
    case 'argv': {
      if (record.argv === undefined) return 'not known';
      // Prompts in argv can be long. What stands behind the cut was not looked at.
      const text = record.argv.join(' ');
      if (rule.pattern.test(text.slice(0, LONGEST_ARGV))) return 'yes';
      return text.length > LONGEST_ARGV ? 'not known' : 'no';
    }
  }
}

/** Characters; a linear test of so many takes a millisecond. */
const LONGEST_ARGV = 16_384;

function matchesPath(rule: ProtectRule, path: string | undefined): 'yes' | 'no' | 'not known' {
  if (path === undefined) return 'not known';
  return rule.pattern.test(withoutDeleted(path).replaceAll('\\', '/')) ? 'yes' : 'no';
}

function atHome(glob: string, home: string | undefined): string {
  return glob.startsWith('~/') && home !== undefined ? `${home}/${glob.slice(2)}` : glob;
}

function pathTest(glob: string): TextTest {
  return globTest(glob.replaceAll('\\', '/').replace(/(?<=.)\/$/, ''));
}

/** A folder, and whatever lies below it. */
function folderTest(glob: string): TextTest {
  const folder = pathTest(glob);
  const below = pathTest(`${glob.replace(/[\\/]+$/, '')}/**`);
  return { test: (text) => folder.test(text) || below.test(text) };
}
