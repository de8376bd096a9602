import type { Catalogue } from '../../agents/catalogue/catalogue.js';
import type { AgentTable, Membership } from '../../agents/membership.js';
import { classify } from '../../agents/recognise/classify.js';
import type { ProcessRecord } from '../../process/record.js';
import { veto } from '../evidence/words.js';
import type { Evidence } from '../judgement.js';

/**
 * A veto for what only a project's configuration calls an agent or an MCP server. Such a file comes with whatever
 * folder one stands in: it may add to what is seen, never to what is ended.
 *
 * @param trusted the catalogue without what project files added; `undefined` when they added nothing
 */
export function seenOnly(
  agents: AgentTable,
  record: ProcessRecord,
  member: Membership,
  trusted: Catalogue | undefined,
): Evidence | undefined {
  if (trusted === undefined) return undefined;
  const leader = member.leader === undefined ? undefined : agents.table.get(member.leader);
  const whose = member.via === 'ancestry' || member.via === 'marker' ? (leader ?? record) : record;
  const isKnown = classify(whose, trusted, agents.table.scan.machine.platform) !== undefined;
  // What an earlier observation saw below an agent was seen by a catalogue that may have been larger.
  if (isKnown) return undefined;
  const text = 'only a project file says that it belongs to an agent';
  return veto('protect-rule', 'project file', text);
}
