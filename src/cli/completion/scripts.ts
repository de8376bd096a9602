export type Shell = 'bash' | 'zsh' | 'fish';

/** The completion script of a shell: it hands what was typed to `sesswatch completion words`, and evaluates none of it. */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return BASH;
    case 'zsh':
      return ZSH;
    case 'fish':
      return FISH;
  }
}

const BASH = `# bash completion for sesswatch
_sesswatch() {
  local line=\${COMP_LINE:0:COMP_POINT} word what
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local whole=\${words[\${#words[@]}-1]} part=\${COMP_WORDS[COMP_CWORD]}
  # Readline breaks words at @, = and : and puts a candidate in the place of the last piece only.
  [[ $part == [@=:] ]] && part=
  local kept=\${whole%"$part"}
  COMPREPLY=()
  while IFS=$'\\t' read -r word what; do
    COMPREPLY+=("\${word#"$kept"}")
  done < <(command sesswatch completion words -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _sesswatch sesswatch
`;

const ZSH = `#compdef sesswatch
_sesswatch() {
  local -a found
  local word what
  while IFS=$'\\t' read -r word what; do
    found+=("\${word//:/\\\\:}\${what:+:$what}")
  done < <(command sesswatch completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#found )); then _describe -V sesswatch found; else _files; fi
}
if [ "$funcstack[1]" = _sesswatch ]; then _sesswatch; else compdef _sesswatch sesswatch; fi
`;

const FISH = `# fish completion for sesswatch
function __sesswatch_words
  set -l words (commandline -opc) (commandline -ct)
  command sesswatch completion words -- $words[2..-1] 2>/dev/null
end
complete -c sesswatch -f -a '(__sesswatch_words)'
complete -c sesswatch -n 'string match -q "*/*" -- (commandline -ct)' -F
`;
