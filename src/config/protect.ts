import { SesswatchError } from '../errors.js';
import type { TextTest } from '../glob.js';
import { type ProtectGroup, parseProtectRule } from '../verdict/vetoes/protect.js';
import type { Layer } from './resolve.js';
import { PROTECT_KEYS, type ProtectRule, protectRuleText } from './rules.js';

/** Makes a test of a regular expression. @throws Error that says what is wrong with it */
export type CompilePattern = (pattern: string) => TextTest;

/**
 * Regular expressions by RE2, which takes time in proportion to the text whatever the expression is: what others
 * wrote is matched with it. It knows no look-ahead and no back-reference. Loaded when a rule has an expression.
 */
export async function patternEngine(rules: readonly ProtectRule[]): Promise<CompilePattern> {
  if (rules.every(({ argv }) => argv === undefined)) return refusePattern;
  const { RE2JS } = await import('re2js');
  return (pattern) => {
    if (pattern.length > LONGEST_PATTERN) throw new Error(`it is longer than ${LONGEST_PATTERN} characters`);
    const compiled = RE2JS.compile(pattern);
    return { test: (text) => compiled.matcher(text).find() };
  };
}

function refusePattern(): never {
  throw new Error('no rule has a regular expression');
}

const LONGEST_PATTERN = 200;

/** Says in which layer an expression cannot be used. @throws SesswatchError `usage` for a flag, else `config` */
export function checkPatterns(layers: readonly Layer[], compile: CompilePattern): void {
  for (const { from, file, values } of layers) {
    for (const { argv } of values.protect ?? []) {
      if (argv === undefined) continue;
      try {
        compile(argv);
      } catch (error) {
        throw new SesswatchError(
          from === 'flag' ? 'usage' : 'config',
          `${file ?? `the ${from} protect`}: the argv pattern ${JSON.stringify(argv.slice(0, LONGEST_PATTERN))} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
          'write a regular expression of RE2: no look-ahead, no back-reference',
          error,
        );
      }
    }
  }
}

/**
 * The rules as the verdict tests them: of each group, all tests must hold. An executable without a folder is looked
 * for in every folder.
 *
 * @param home for a leading `~/` in globs
 * @throws SesswatchError `config`
 */
export function protectTests(
  rules: readonly ProtectRule[],
  home: string | undefined,
  compile: CompilePattern = refusePattern,
): readonly ProtectGroup[] {
  return rules.map((rule) => {
    const text = protectRuleText(rule);
    return PROTECT_KEYS.flatMap((key) => {
      const value = rule[key];
      if (value === undefined) return [];
      const anywhere = key === 'exe' && !/[/\\]/.test(value) ? `**/${value}` : value;
      // Shown as it was written, whole.
      return [{ ...parseProtectRule(`${key}:${anywhere}`, home, compile), text }];
    });
  });
}
