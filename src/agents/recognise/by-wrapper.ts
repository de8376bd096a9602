import { programName } from '../../command-line/program-name.js';
import { containerImage, packageWords } from '../../command-line/runners.js';
import { shownWord } from '../../command-line/shown-values.js';
import { isMcpName } from '../catalogue/mcp-servers.js';
import { asWrapper, type Command, isKnownMcp, type Recognition, type Scope } from './recognition.js';

/** Programs that run the command which is in their own arguments, and are known to do nothing else. */
export function throughWrapper(command: Command, scope: Scope): Recognition | undefined {
  const [first = '', ...words] = command.words;
  const name = programName(first, command.windows);
  switch (name) {
    case 'disclaimer':
      return asWrapper(scope.within(words, command), 'disclaimer runs it');
    case 'volta-shim': {
      // In front of an agent it becomes the agent.
      const inner = asWrapper(scope.within(words, command), 'volta-shim runs it');
      return inner?.role === 'mcp-server' ? inner : undefined;
    }
    case 'docker':
    case 'podman':
    case 'nerdctl': {
      const image = containerImage(words);
      const isServer = image !== undefined && (/^(docker\.io\/)?mcp\//.test(image) || isMcpName(image));
      return isServer ? { role: 'mcp-server', because: `${name} runs the image ${shownWord(image)}` } : undefined;
    }
    default:
      return byPackage(packageWords(name, words), name, command, scope);
  }
}

export function byPackage(
  packaged: readonly string[] | undefined,
  runner: string,
  command: Command,
  scope: Scope,
): Recognition | undefined {
  const [name, ...rest] = packaged ?? [];
  if (packaged === undefined || name === undefined) return undefined;
  const because = `${runner} runs ${shownWord(name)}`;
  const entry = scope.index.packages.get(name);
  if (entry !== undefined) return { agent: entry.name, role: 'launcher', because };
  if (isMcpName(name) || isKnownMcp(name, rest, scope.index)) return { role: 'mcp-server', because };
  return asWrapper(scope.within(packaged, command), because);
}
