import { type Fields, fieldsOf, listOf } from '../../../decode.js';
import { CLOSED, OPEN, type Turn } from './turn.js';

/**
 * `projects/SLUG/ID.jsonl` of Claude Code: messages of the user, answers block by block, tool results as messages of
 * the user. A version that writes why an answer stopped writes nothing of one that has not.
 */
export function claudeTurn(entries: readonly Fields[]): Turn | undefined {
  const calls = new Set<unknown>();
  const tellsStop = entries.some((entry) => typeof fieldsOf(entry.message).stop_reason === 'string');
  let turn: Turn | undefined;
  for (const entry of entries) {
    if (entry.type === 'queue-operation' && entry.operation === 'enqueue') turn = OPEN.user;
    // Not what is of the program's own making, such as the caveat before what a local command printed.
    else if (entry.type === 'user' && entry.isMeta !== true) turn = afterUser(entry, calls);
    else if (entry.type === 'assistant') turn = afterAnswer(entry, calls, tellsStop);
  }
  return turn?.state === 'closed' && calls.size > 0 ? OPEN.call : turn;
}

function afterUser(entry: Fields, calls: Set<unknown>): Turn {
  const content = fieldsOf(entry.message).content;
  const blocks = listOf(content);
  const text = typeof content === 'string' ? content : fieldsOf(blocks[0]).text;
  if (typeof text === 'string' && text.startsWith('[Request interrupted by user')) {
    calls.clear();
    return CLOSED.interrupted;
  }
  if (typeof text === 'string' && text.startsWith('<local-command-std')) return CLOSED.answered;
  const results = blocks.filter((block) => fieldsOf(block).type === 'tool_result');
  for (const result of results) calls.delete(fieldsOf(result).tool_use_id);
  return results.length > 0 ? OPEN.result : OPEN.user;
}

function afterAnswer(entry: Fields, calls: Set<unknown>, tellsStop: boolean): Turn {
  if (entry.isApiErrorMessage === true) {
    calls.clear();
    return CLOSED.ended;
  }
  const message = entry.message;
  const asked = listOf(fieldsOf(message).content).filter((block) => fieldsOf(block).type === 'tool_use');
  for (const call of asked) calls.add(fieldsOf(call).id);
  if (asked.length > 0) return OPEN.call;
  const stop = fieldsOf(message).stop_reason;
  const isFinished = typeof stop === 'string' ? !CONTINUES.has(stop) : !tellsStop;
  return isFinished ? CLOSED.answered : OPEN.unfinished;
}

const CONTINUES: ReadonlySet<string> = new Set(['tool_use', 'pause_turn']);
