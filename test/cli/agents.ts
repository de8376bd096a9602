import { openStage, type Stage } from '../kit/processes.js';

/** Two claude sessions whose ids begin alike, one with a child, on a stage of their own. */
export interface Cast {
  readonly stage: Stage;
  readonly first: number;
  readonly second: number;
  readonly child: number;
}

export const FIRST_ID = '10071007-8d2f-4c1b-9a55-000000000001';
export const SECOND_ID = '10071007-8d2f-4c1b-9a55-000000000002';

export async function openCast(): Promise<Cast> {
  const stage = openStage();
  const as = stage.program('claude');
  await stage.start({ as, args: ['--session-id', FIRST_ID], script: { name: 'first' } });
  await stage.start({
    as,
    args: ['--session-id', SECOND_ID, 'a prompt with \u001b[2J in it'],
    cwd: stage.folder,
    script: { name: 'second', children: [{ args: ['/srv/some-tool'], script: { name: 'child' } }] },
  });
  const pid = (name: string): number => stage.seen(name).pid;
  return { stage, first: pid('first'), second: pid('second'), child: pid('child') };
}
