import path from 'node:path';
import { SesswatchError } from '../../errors.js';
import type { Machine } from '../../process/scan.js';
import { EXIT_DONE } from '../exit-codes.js';
import type { Invocation } from '../invocation.js';
import { completeness } from './completeness.js';
import type { World } from './world.js';

/** What was seen of one machine: a document, or a scan alone. */
export interface MachineSeen {
  readonly world: Pick<World, 'file'>;
  readonly seen: { readonly machine: Machine } & Parameters<typeof completeness>[1];
}

/** What a machine is called: by its own name, or by that of the file. */
export function machineName({ world: { file }, seen: { machine } }: MachineSeen): string {
  return machine.hostname ?? (file === undefined || file === '-' ? 'not named' : path.parse(file).name);
}

/**
 * Two looks at one boot of one machine would count twice what ran through.
 * @throws SesswatchError `usage`
 */
export function refuseSameMachine(machines: readonly MachineSeen[]): void {
  const known = new Set<string>();
  for (const one of machines) {
    const { bootId } = one.seen.machine;
    if (bootId === undefined) continue;
    if (known.has(bootId)) {
      const what = `two files are of the machine ${machineName(one)}`;
      throw new SesswatchError('usage', what, 'sesswatch diff compares two of one');
    }
    known.add(bootId);
  }
}

/** Says of each machine that was not seen whole that it is so. */
export function completenessOf(invocation: Invocation, machines: readonly MachineSeen[]): number {
  const codes = machines.map(({ seen }) => completeness(invocation, seen));
  return codes.find((code) => code !== EXIT_DONE) ?? EXIT_DONE;
}
