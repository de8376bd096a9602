import { CLOSED, field, listOf, OPEN, type Turn } from './turn.js';

/** `session-state/ID/events.jsonl` of copilot: each answer of the model is a turn of its own there. */
export function copilotTurn(entries: readonly unknown[]): Turn | undefined {
  let turn: Turn | undefined;
  let asks = false;
  for (const entry of entries) {
    switch (field(entry, 'type')) {
      case 'session.start':
        turn = CLOSED.none;
        break;
      case 'user.message':
        turn = OPEN.user;
        break;
      case 'assistant.turn_start':
        asks = false;
        turn = OPEN.begun;
        break;
      case 'assistant.message':
        asks = listOf(field(field(entry, 'data'), 'toolRequests')).length > 0;
        turn = asks ? OPEN.call : OPEN.unfinished;
        break;
      case 'tool.execution_complete':
        turn = OPEN.result;
        break;
      case 'assistant.turn_end':
        turn = asks ? OPEN.result : CLOSED.answered;
        break;
      case 'abort':
      case 'session.error':
      case 'session.shutdown':
        turn = CLOSED.interrupted;
        break;
      default:
        break;
    }
  }
  return turn;
}
