import path from 'node:path';
import { CATALOGUE } from '../../../agents/catalogue/catalogue.js';
import { isAgentProcess } from '../../../agents/membership.js';
import { harmless } from '../../../output/harmless.js';
import { openStore } from '../../../snapshot/store/store.js';
import { stateHome } from '../../../state/home.js';
import { VERDICTS } from '../../../verdict/judgement.js';
import { type Candidate, candidatesFor, type DeclaredCommand } from '../../completion/candidates.js';
import { completionScript, type Shell } from '../../completion/scripts.js';
import { EXIT_DONE } from '../../exit-codes.js';
import { type Invocation, printLines } from '../../invocation.js';
import { openWorld } from '../../look/world.js';

/** Prints the script of a shell, or what that script asks for: a word and what it is, a line each. */
export async function completion(
  invocation: Invocation,
  program: DeclaredCommand,
  { shell, words }: { readonly shell: Shell | 'words'; readonly words: readonly string[] },
): Promise<number> {
  if (shell !== 'words') {
    invocation.out(completionScript(shell));
    return EXIT_DONE;
  }
  const found = await candidatesFor(program, words, {
    agents: () => CATALOGUE.agents.map(({ name }) => ({ word: name, what: '' })),
    verdicts: () => VERDICTS.map((word) => ({ word, what: '' })),
    refs: () => refs(invocation),
    pids: () => pids(invocation),
  });
  printLines(
    invocation,
    found.map(({ word, what }) => (what === '' ? word : `${word}\t${harmless(what)}`)),
  );
  return EXIT_DONE;
}

/** So many of the newest labels; whoever wants an older one types it. */
const OFFERED_LABELS = 50;

function refs(invocation: Invocation): Candidate[] {
  const home = stateHome(invocation);
  const entries = home === undefined ? [] : openStore(path.join(home, 'snapshots'), invocation.now).list().entries;
  const labels = new Map<string, Candidate>();
  for (const { label, takenAt } of entries) {
    if (labels.size >= OFFERED_LABELS) break;
    if (!labels.has(label)) labels.set(label, { word: label, what: `newest of ${takenAt}` });
  }
  return [...labels.values(), { word: '@latest', what: 'the newest snapshot' }, { word: '@now', what: 'this moment' }];
}

async function pids(invocation: Invocation): Promise<Candidate[]> {
  const { source, catalogue } = await openWorld(invocation, { color: false, quiet: true });
  const { seeAgents } = await import('../../../observe/scan-agents.js');
  const { members } = await seeAgents({ source, catalogue });
  return [...members.values()]
    .filter(isAgentProcess)
    .map(({ pid, agent, role }) => ({ word: String(pid), what: `${agent ?? ''} ${role}`.trim() }));
}
