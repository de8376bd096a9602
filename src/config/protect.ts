import { type ProtectGroup, parseProtectRule } from '../verdict/vetoes/protect.js';
import { PROTECT_KEYS, type ProtectRule, protectRuleText } from './rules.js';

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
): readonly ProtectGroup[] {
  return rules.map((rule) => {
    const text = protectRuleText(rule);
    return PROTECT_KEYS.flatMap((key) => {
      const value = rule[key];
      if (value === undefined) return [];
      const anywhere = key === 'exe' && !/[/\\]/.test(value) ? `**/${value}` : value;
      // Shown as it was written, whole.
      return [{ ...parseProtectRule(`${key}:${anywhere}`, home), text }];
    });
  });
}
