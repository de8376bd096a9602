import { SesswatchError } from '../errors.js';
import type { TextTest } from '../glob.js';
import { PROTECT_KINDS, type ProtectGroup, protectPattern } from '../verdict/vetoes/protect.js';
import type { Origin } from './resolve.js';
import { type ProtectRule, protectRuleText } from './rules.js';

/**
 * The rules as the verdict tests them: of each group, all tests must hold. An executable without a folder is looked
 * for in every folder.
 *
 * Regular expressions by RE2, which takes time in proportion to the text whatever the expression is: what others
 * wrote is matched with it. It knows no look-ahead and no back-reference. Loaded when a rule has an expression.
 *
 * @param origins of each rule, in the same order
 * @param home for a leading `~/` in globs
 * @throws SesswatchError `usage` for an expression of a flag that cannot be used, else `config`
 */
export async function protectTests(
  rules: readonly ProtectRule[],
  origins: readonly Origin[],
  home: string | undefined,
): Promise<readonly ProtectGroup[]> {
  const engine = rules.some(({ argv }) => argv !== undefined) ? (await import('re2js')).RE2JS : undefined;
  return rules.map((rule, at) => {
    const text = protectRuleText(rule);
    const compile = (pattern: string): TextTest => {
      try {
        if (pattern.length > LONGEST_PATTERN) throw new Error(`it is longer than ${LONGEST_PATTERN} characters`);
        const compiled = engine?.compile(pattern);
        return { test: (argv) => compiled?.matcher(argv).find() ?? false };
      } catch (error) {
        throw unusable(pattern, origins[at], error);
      }
    };
    return PROTECT_KINDS.flatMap((kind) => {
      const value = rule[kind];
      if (value === undefined) return [];
      const anywhere = kind === 'exe' && !/[/\\]/.test(value) ? `**/${value}` : value;
      return [{ kind, text, pattern: protectPattern(kind, anywhere, home, compile) }];
    });
  });
}

const LONGEST_PATTERN = 200;

function unusable(pattern: string, origin: Origin | undefined, error: unknown): SesswatchError {
  const why = error instanceof Error ? error.message : String(error);
  return new SesswatchError(
    origin?.from === 'flag' ? 'usage' : 'config',
    `${origin?.where}: the argv pattern ${JSON.stringify(pattern.slice(0, LONGEST_PATTERN))} cannot be used: ${why}`,
    'write a regular expression of RE2: no look-ahead, no back-reference',
    error,
  );
}
