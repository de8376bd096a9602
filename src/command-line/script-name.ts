/** The name of a script; of one that every package calls alike, the package's. */
export function scriptName(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  const base = (parts.at(-1) ?? path).replace(/\.(c|m)?(js|ts|py|jsx|tsx)$/, '');
  if (!PLAIN_NAMES.has(base)) return base;
  const modules = parts.lastIndexOf('node_modules');
  if (modules >= 0) {
    const [name = base, inner = name] = parts.slice(modules + 1);
    return name.startsWith('@') ? inner : name;
  }
  return parts.slice(0, -1).findLast((part) => !PLAIN_FOLDERS.has(part)) ?? base;
}

const PLAIN_NAMES = new Set(['index', 'cli', 'main', 'server', 'bin', 'start', 'app', 'run', '__main__']);
const PLAIN_FOLDERS = new Set(['dist', 'build', 'lib', 'src', 'bin', 'out', 'cjs', 'esm']);
