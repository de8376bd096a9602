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

/** A duration for a sentence, two units at most: `45s`, `12m`, `3h 12m`, `2d 4h`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ];
  const from = units.findIndex(([, size]) => whole >= size);
  if (from === -1) return '0s';
  const parts = units.slice(from, from + 2).flatMap(([unit, size], index) => {
    const count =
      index === 0 ? Math.floor(whole / size) : Math.floor((whole % (units[from]?.[1] ?? 1)) / size);
    return count > 0 ? [`${count}${unit}`] : [];
  });
  return parts.join(' ');
}
