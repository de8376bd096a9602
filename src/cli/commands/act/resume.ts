import { type Hibernated, type HibernatedDocument, resumeText } from '../../../output/text/reap/hibernate.js';
import { type JournalRun, readHistory } from '../../../reap/journal/read.js';
import { EXIT_DONE } from '../../exit-codes.js';
import { type Command, printJson, printLines } from '../../invocation.js';
import { look } from '../../look/look.js';
import { openWorld, refuseFrom, stateFolder } from '../../look/world.js';

/** Lists the sessions that a reap ended and that can be gone on with, and prints the command for each. */
export const resume: Command<{ readonly last?: boolean }> = async (invocation, options) => {
  refuseFrom(options, 'the list is of this machine');
  const world = await openWorld(invocation, options);
  const runs = readHistory(stateFolder(invocation)).map(sessionsOf);
  const chosen = options.last === true ? (runs.find((run) => run.length > 0) ?? []) : runs.flat();
  const { processes } = await look(invocation, { ...options, agent: [] }, world);
  const running = new Map(
    processes.flatMap(({ sessionId, pid, role }) =>
      sessionId === undefined || role !== 'session' ? [] : [[sessionId, pid]],
    ),
  );
  // A session that was ended twice is listed as it ended last.
  const newest = new Map<string, Hibernated>();
  for (const one of chosen) if (!newest.has(one.sessionId)) newest.set(one.sessionId, one);
  const document: HibernatedDocument = {
    schema: 'sesswatch/resume/1',
    sessions: [...newest.values()].map((one) => {
      const pid = running.get(one.sessionId);
      return pid === undefined ? one : { ...one, running: pid };
    }),
  };
  if (options.json === true) printJson(invocation, document);
  else printLines(invocation, resumeText(document));
  return EXIT_DONE;
};

/** What of a run is gone and can be resumed. */
function sessionsOf({ run, outcomes }: JournalRun): Hibernated[] {
  return outcomes.flatMap(({ at, process, result, resume: how, sessionId }) => {
    if (result !== 'gone' || how === undefined || sessionId === undefined) return [];
    return [{ agent: process.agent ?? '?', sessionId, endedAt: at, run, resume: how }];
  });
}
