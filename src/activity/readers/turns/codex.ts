import { type Fields, fieldsOf } from '../../../decode.js';
import { CLOSED, OPEN, type Turn } from './turn.js';

/**
 * A rollout of codex. Since 0.1xx a turn begins with `task_started` and ends with `task_complete` or `turn_aborted`;
 * before, only the items of the conversation tell.
 */
export function codexTurn(entries: readonly Fields[], isTail: boolean): Turn | undefined {
  const calls = new Set<unknown>();
  let told: Turn | undefined;
  let item: Turn | undefined;
  for (const entry of entries) {
    const payload = entry.payload;
    const type = String(fieldsOf(payload).type);
    if (entry.type === 'event_msg') {
      if (BEGINS.has(type)) told = OPEN.begun;
      const end = ENDS.get(type);
      if (end !== undefined) {
        told = end;
        calls.clear();
        item = undefined;
      }
    } else if (entry.type === 'response_item') {
      item = afterItem(payload, type, calls) ?? item;
    }
  }
  if (calls.size > 0) return OPEN.call;
  if (told !== undefined) return told;
  // A long turn may have begun before the tail.
  if (isTail) return item?.state === 'open' ? item : undefined;
  return item ?? (entries.some((entry) => entry.type === 'session_meta') ? CLOSED.none : undefined);
}

const BEGINS: ReadonlySet<string> = new Set(['task_started', 'turn_started']);
const ENDS: ReadonlyMap<string, Turn> = new Map([
  ['task_complete', CLOSED.ended],
  ['turn_complete', CLOSED.ended],
  ['turn_aborted', CLOSED.interrupted],
]);

function afterItem(payload: unknown, type: string, calls: Set<unknown>): Turn | undefined {
  if (type.endsWith('_call_output')) {
    calls.delete(fieldsOf(payload).call_id);
    return OPEN.result;
  }
  const id = fieldsOf(payload).call_id;
  if (type.endsWith('_call') && typeof id === 'string') {
    calls.add(id);
    return OPEN.call;
  }
  if (type === 'reasoning') return OPEN.unfinished;
  if (type !== 'message') return undefined;
  return fieldsOf(payload).role === 'assistant' ? CLOSED.answered : OPEN.user;
}
