import type { Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import { nameOf as programName } from '../../process/record.js';

/** A duration for a sentence, two units at most: `45s`, `12m`, `3h 12m`, `2d 4h`. */
export function inWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** `claude(4121)`. Never a part of argv but the program's name: arguments may hold secrets. */
export function nameOf(record: ProcessRecord, member?: Membership): string {
  return `${member?.agent ?? programName(record)}(${record.pid})`;
}
