/** A tool shell's maker, by how its text begins or ends; no other part of the text is looked at. */
export function toolShellAgent(text: string): string | undefined {
  return shellOf(text)?.agent;
}

/** The part of a tool shell's text that tells its maker, and how long the whole is. */
export function shownToolText(text: string): string | undefined {
  const shell = shellOf(text);
  if (shell === undefined) return undefined;
  if (/…\(\d+ characters\)/.test(text.slice(0, 400))) return text;
  const { match, sample } = shell;
  const mark = match.length < 300 && /^[\w.,:;/~'"$?=<>|&() -]+$/.test(match) ? match : sample;
  const length = `…(${text.length} characters)`;
  return text.startsWith(match) ? `${mark} ${length}` : `${length} ${mark}`;
}

interface FoundShell {
  readonly agent: string;
  readonly match: string;
  readonly sample: string;
}

function shellOf(text: string): FoundShell | undefined {
  // The rest is a tool's own business, however long it is.
  const ends = text.length <= 2 * LONGEST_END ? text : `${text.slice(0, LONGEST_END)}\n${text.slice(-LONGEST_END)}`;
  for (const { agent, part, shape, sample } of TOOL_SHELLS) {
    const match = ends.includes(part) ? shape.exec(ends)?.[0] : undefined;
    if (match !== undefined) return { agent, match: match.trimEnd(), sample };
  }
  return undefined;
}

const LONGEST_END = 2048;

interface ToolShell {
  readonly agent: string;
  /** In every such text, and cheaper to look for. */
  readonly part: string;
  readonly shape: RegExp;
  /** What to show where the text itself is no plain one: of the same shape. */
  readonly sample: string;
}

const TOOL_SHELLS: readonly ToolShell[] = [
  // Claude Code loads a snapshot of the user's shell, and hands back the folder it ended in.
  {
    agent: 'claude',
    part: '/shell-snapshots/',
    shape: /^(?:source|\.) ['"]?[^\n'"]*\/shell-snapshots\/snapshot-[\w-]+\.sh\b/,
    sample: 'source /shell-snapshots/snapshot-sh.sh',
  },
  {
    agent: 'claude',
    part: 'pwd -P >| ',
    shape: /&& pwd -P >\| ['"]?(?:\/[\w./-]+\/)?claude-[0-9a-z]+-cwd['"]?\s*$/,
    sample: '&& pwd -P >| /tmp/claude-0-cwd',
  },
  {
    agent: 'codex',
    part: '/shell_snapshots/',
    shape: /^if \. ['"]?[^\n'"]*\/\.codex\/shell_snapshots\//,
    sample: 'if . /.codex/shell_snapshots/',
  },
  {
    agent: 'gemini',
    part: 'shopt -u',
    shape: /^shopt -u promptvars nullglob extglob nocaseglob dotglob;/,
    sample: 'shopt -u promptvars nullglob extglob nocaseglob dotglob;',
  },
  {
    agent: 'gemini',
    part: '__code=$?',
    shape: /__code=\$\?[;\n] ?pgrep -g 0 ?>[^\n;]*\/shell_pgrep_\w+\.tmp 2>&1;/,
    sample: '__code=$?; pgrep -g 0 >/shell_pgrep_0.tmp 2>&1;',
  },
  {
    agent: 'cursor-agent',
    part: 'command cat <&3',
    shape: /^snap=\$\(command cat <&3\)/,
    sample: 'snap=$(command cat <&3)',
  },
];
