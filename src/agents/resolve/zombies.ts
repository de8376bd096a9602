import { isCommOf, programName } from '../../command-line/program-name.js';
import type { ProcessRecord } from '../../process/record.js';
import type { ProcessTable } from '../../process/table.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { indexOf } from '../catalogue/name-index.js';

/** An agent that ended and whose parent has not asked how: it takes no memory and cannot be killed. */
export interface ZombieAgent {
  readonly pid: number;
  readonly agent: string;
  readonly parent?: number | undefined;
}

/** Defunct agents, which are members of nothing; `parent` is who should have waited for them. */
export function zombieAgents(table: ProcessTable, catalogue: Catalogue): ZombieAgent[] {
  return table.all.flatMap((record) => {
    const agent = zombieName(record, catalogue);
    return agent === undefined ? [] : [{ pid: record.pid, agent, parent: table.parent(record.pid)?.pid }];
  });
}

/** The agent that a defunct process was, by the name that the kernel kept. */
export function zombieName(record: ProcessRecord, catalogue: Catalogue): string | undefined {
  if (record.state !== 'Z' || record.comm === undefined) return undefined;
  const name = programName(record.comm, false);
  const { programs } = indexOf(catalogue);
  const known = programs.get(name);
  if (known !== undefined) return known.entry.name;
  if (record.comm.length < 15) return undefined;
  for (const [program, { entry }] of programs) if (isCommOf(record.comm, program)) return entry.name;
  return undefined;
}
