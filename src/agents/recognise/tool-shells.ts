/** A tool shell's maker, by how its text begins or ends; no other part of the text is looked at. */
export function toolShellAgent(text: string): string | undefined {
  for (const { agent, part, shape } of TOOL_SHELLS) if (text.includes(part) && shape.test(text)) return agent;
  return undefined;
}

/** `part` is in every such text, and cheaper to look for. */
const TOOL_SHELLS: readonly { readonly agent: string; readonly part: string; readonly shape: RegExp }[] = [
  // Claude Code loads a snapshot of the user's shell, and hands back the folder it ended in.
  {
    agent: 'claude',
    part: '/shell-snapshots/',
    shape: /^(?:source|\.) ['"]?[^\n'"]*\/shell-snapshots\/snapshot-[\w-]+\.sh\b/,
  },
  {
    agent: 'claude',
    part: 'pwd -P >| ',
    shape: /&& pwd -P >\| ['"]?(?:\/[\w./-]+\/)?claude-[0-9a-z]+-cwd['"]?\s*$/,
  },
  { agent: 'codex', part: '/shell_snapshots/', shape: /^if \. ['"]?[^\n'"]*\/\.codex\/shell_snapshots\// },
  { agent: 'gemini', part: 'shopt -u', shape: /^shopt -u promptvars nullglob extglob nocaseglob dotglob;/ },
  {
    agent: 'gemini',
    part: '__code=$?',
    shape: /__code=\$\?[;\n] ?pgrep -g 0 ?>[^\n;]*\/shell_pgrep_\w+\.tmp 2>&1;/,
  },
  { agent: 'cursor-agent', part: 'command cat <&3', shape: /^snap=\$\(command cat <&3\)/ },
];
