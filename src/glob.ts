/** Tells whether a text is meant by a pattern. */
export interface TextTest {
  test(text: string): boolean;
}

/**
 * A glob over paths or names: `*` stays within a folder, `**` does not, `?` is one character but `/`. Whatever glob and
 * text are, a test takes at most as many steps as the product of their lengths: every way to read the glob is
 * followed at once.
 */
export function globTest(glob: string): TextTest {
  const parts = glob.match(/\*{2,}|./gsu) ?? [];
  return {
    test(text) {
      let at = reachable(parts, new Set([0]));
      for (const character of text) {
        const next = new Set<number>();
        for (const index of at) {
          const part = parts[index];
          if (part === undefined) continue;
          if (part.startsWith('**')) next.add(index);
          else if (part === '*') {
            if (character !== '/') next.add(index);
          } else if (part === character || (part === '?' && character !== '/')) next.add(index + 1);
        }
        if (next.size === 0) return false;
        at = reachable(parts, next);
      }
      return at.has(parts.length);
    },
  };
}

/** With the places behind stars, which may stand for nothing. */
function reachable(parts: readonly string[], from: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(from);
  for (const index of all) if (parts[index]?.startsWith('*') === true) all.add(index + 1);
  return all;
}
