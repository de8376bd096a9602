import type { Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import { nameOf as programName } from '../../process/record.js';

/** `claude(4121)`. Never a part of argv but the program's name: arguments may hold secrets. */
export function nameOf(record: ProcessRecord, member?: Membership): string {
  return `${member?.agent ?? programName(record)}(${record.pid})`;
}
