import { type Resume, resumeLine } from '../../../agents/resume.js';
import type { ReapDocument } from '../../../reap/document.js';
import { counted, formatBytes, formatTime } from '../../../units.js';
import { harmless } from '../../harmless.js';

/** A session that was ended and can be resumed. */
export interface Hibernated {
  readonly agent: string;
  readonly sessionId: string;
  /** ISO 8601. */
  readonly endedAt: string;
  /** The run of the journal that ended it. */
  readonly run: string;
  readonly resume: Resume;
  /** Pid of the process that holds the session by now. */
  readonly running?: number | undefined;
}

/** `sesswatch resume --json`. */
export interface HibernatedDocument {
  readonly schema: 'sesswatch/resume/1';
  readonly sessions: readonly Hibernated[];
}

/** What was put to sleep, a line each: what, memory given back, how to go on. */
export function hibernateText({ plan, outcomes, survivors, dropped }: ReapDocument): string[] {
  const gone = new Set(outcomes.flatMap((one) => (one.result === 'gone' ? [one.process.pid] : [])));
  const lines = plan.targets.flatMap(({ processes, subject, memoryBytes, resume }) => {
    const who = processes.find(({ pid }) => pid === subject);
    if (who === undefined || resume === undefined || !gone.has(subject)) return [];
    return [
      `${harmless(who.agent ?? '?')} ${subject}  ${formatBytes(memoryBytes)} given back   ${harmless(resumeLine(resume))}`,
    ];
  });
  return [
    ...lines,
    ...(survivors === 0 ? [] : [`${counted(survivors, 'process', 'processes')} survived (sesswatch reap --last)`]),
    ...dropped.map(({ root, reason }) => `left alone: ${root}: ${harmless(reason)}`),
  ];
}

/** Sessions to go on with, newest first, each with the line to paste. */
export function resumeText({ sessions }: HibernatedDocument): string[] {
  if (sessions.length === 0) return ['no session was hibernated'];
  return sessions.map(({ agent, endedAt, resume, running }) => {
    const now = running === undefined ? '' : `  (runs again: ${running})`;
    return `${formatTime(new Date(endedAt))}  ${harmless(agent)}  ${harmless(resumeLine(resume))}${now}`;
  });
}
