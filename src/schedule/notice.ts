import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fieldsOf, listOf, parseJson } from '../decode.js';
import { SesswatchError } from '../errors.js';
import { identityKey } from '../process/identity.js';
import { writeFileAtomic } from '../state/atomic-write.js';
import { readOwnFile } from '../state/own-file.js';
import { formatBytes, formatDuration } from '../units.js';
import type { JudgedTable } from '../verdict/judgement.js';

/** Something crossed a line that a person set. `sesswatch/notice/1` on the command's standard input. */
export type Notice =
  | {
      readonly kind: 'dead-weight';
      readonly text: string;
      readonly rssBytes: number;
      readonly limitBytes: number;
    }
  | { readonly kind: 'runaway'; readonly text: string; readonly pid: number; readonly cpuPercent: number };

/** What was above its line at the last run: whatever still is, was told of already. */
export interface Crossed {
  readonly deadWeight: boolean;
  /** Identities. */
  readonly runaways: readonly string[];
}

/** What crossed its line since the last run, and what to remember for the next. Pure. */
export function crossings(
  judged: JudgedTable,
  limitBytes: number,
  before: Crossed,
): { readonly notices: readonly Notice[]; readonly crossed: Crossed } {
  const notices: Notice[] = [];
  const runaways: string[] = [];
  let rssBytes = 0;
  for (const { pid, verdict, runaway } of judged.judgements.values()) {
    const record = judged.table.get(pid);
    if (record === undefined) continue;
    if (verdict === 'orphan' || verdict === 'leftover') rssBytes += record.rssBytes ?? 0;
    if (runaway === undefined) continue;
    const identity = identityKey({ ...record, bootId: judged.table.scan.machine.bootId });
    runaways.push(identity);
    if (before.runaways.includes(identity)) continue;
    const cpuPercent = Math.round(runaway.cpuPercent);
    const agent = judged.members.get(pid)?.agent ?? 'a helper of an agent';
    const text = `${agent} (${pid}) burns ${cpuPercent} % of a core for ${formatDuration(runaway.seconds)}`;
    notices.push({ kind: 'runaway', text, pid, cpuPercent });
  }
  const deadWeight = rssBytes > limitBytes;
  if (deadWeight && !before.deadWeight) {
    const text = `${formatBytes(rssBytes)} of dead weight, more than ${formatBytes(limitBytes)}`;
    notices.unshift({ kind: 'dead-weight', text, rssBytes, limitBytes });
  }
  return { notices, crossed: { deadWeight, runaways } };
}

export interface NotifyRequest {
  /** As a person would type it into a shell. */
  readonly command: string;
  readonly limitBytes: number;
  readonly judged: JudgedTable;
  readonly stateHome: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs the person's command once for each line that was crossed since the last run, with the text in
 * `SESSWATCH_NOTICE` and the document on standard input. What could not be told is told again by the next run.
 *
 * @returns why the command failed, for people; `undefined` when all was told
 * @throws SesswatchError `storage`
 */
export function notify({ command, limitBytes, judged, stateHome, env }: NotifyRequest): string | undefined {
  const file = path.join(stateHome, 'notified.json');
  const { notices, crossed } = crossings(judged, limitBytes, parseCrossed(readOwnFile(file)));
  for (const notice of notices) {
    const failure = tell(command, notice, env);
    if (failure !== undefined) return failure;
  }
  writeFileAtomic(file, `${JSON.stringify(crossed)}\n`, { durable: false });
  return undefined;
}

function tell(command: string, notice: Notice, env: NotifyRequest['env']): string | undefined {
  const ran = spawnSync(command, {
    shell: true,
    env: { ...env, SESSWATCH_NOTICE: notice.text },
    input: `${JSON.stringify({ schema: 'sesswatch/notice/1', ...notice })}\n`,
    stdio: ['pipe', 'ignore', 'inherit'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  // A command that does not read its input has still run.
  const isUnread = ran.error !== undefined && 'code' in ran.error && ran.error.code === 'EPIPE';
  if (ran.status === 0 && (ran.error === undefined || isUnread)) return undefined;
  if (ran.error !== undefined && !isUnread) return `the command of --notify failed: ${ran.error.message}`;
  return `the command of --notify failed: ${ran.signal ?? `exit code ${ran.status}`}`;
}

/** A mail or a message takes seconds; a timer must not hang on one that never ends. */
const TIMEOUT_MS = 60_000;

function parseCrossed(text: string | undefined): Crossed {
  // Missing or damaged: better told twice than never.
  const { deadWeight, runaways } = fieldsOf(parseJson(text ?? ''));
  return {
    deadWeight: deadWeight === true,
    runaways: listOf(runaways).filter((one) => typeof one === 'string'),
  };
}

/** @throws SesswatchError `usage` for an empty command, which a shell would take for a success */
export function assertCommand(command: string): void {
  if (command.trim() !== '') return;
  throw new SesswatchError('usage', '--notify names no command', "such as --notify 'mail -s sesswatch me'");
}
