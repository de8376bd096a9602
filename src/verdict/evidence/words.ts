import type { SeenProcess } from '../../activity/ledger/ledger.js';
import type { Evidence, EvidenceKind } from '../judgement.js';

type Argues = Evidence['argues'];
type Strength = Evidence['strength'];

/** One piece of evidence. `text` defaults to the value. */
export function evidence(
  kind: EvidenceKind,
  argues: Argues,
  strength: Strength,
  value: string,
  text: string = value,
): Evidence {
  return { kind, argues, strength, value, text };
}

/** What forbids an end whatever else is known. */
export function veto(kind: EvidenceKind, value: string, text: string): Evidence {
  return evidence(kind, 'veto', 3, value, text);
}

/** `node(4098)`. */
export function named(seen: Pick<SeenProcess, 'pid' | 'name'>): string {
  return `${seen.name}(${seen.pid})`;
}

/** A moment for a sentence, in UTC: `07:20 UTC`, with the day when that was not today. */
export function clock(at: number, now: number): string {
  const iso = new Date(at).toISOString();
  const time = `${iso.slice(11, 16)} UTC`;
  return iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? time : `${iso.slice(0, 10)} ${time}`;
}
