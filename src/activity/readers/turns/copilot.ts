import { type Fields, fieldsOf, listOf } from '../../../decode.js';
import { CLOSED, OPEN, type Turn } from './turn.js';

/** `session-state/ID/events.jsonl` of copilot: each answer of the model is a turn of its own there. */
export function copilotTurn(entries: readonly Fields[]): Turn | undefined {
  let turn: Turn | undefined;
  let asks = false;
  for (const { type, data } of entries) {
    if (type === 'assistant.turn_start') asks = false;
    if (type === 'assistant.message') {
      asks = listOf(fieldsOf(data).toolRequests).length > 0;
      turn = asks ? OPEN.call : OPEN.unfinished;
    } else if (type === 'assistant.turn_end') {
      turn = asks ? OPEN.result : CLOSED.answered;
    } else {
      turn = AFTER.get(type) ?? turn;
    }
  }
  return turn;
}

const AFTER: ReadonlyMap<unknown, Turn> = new Map([
  ['session.start', CLOSED.none],
  ['user.message', OPEN.user],
  ['assistant.turn_start', OPEN.begun],
  ['tool.execution_complete', OPEN.result],
  ['abort', CLOSED.interrupted],
  ['session.error', CLOSED.interrupted],
  ['session.shutdown', CLOSED.interrupted],
]);
