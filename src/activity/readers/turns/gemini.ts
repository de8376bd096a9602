import { CLOSED, field, listOf, OPEN, type Turn } from './turn.js';

/**
 * `chats/session-….jsonl` of gemini: messages one by one, a changed one written again, or a whole list set anew. While
 * a tool runs its message is there, empty.
 */
export function geminiTurn(entries: readonly unknown[]): Turn | undefined {
  let turn: Turn | undefined;
  for (const entry of entries) {
    const set = field(entry, '$set');
    // The first line of a conversation.
    if (field(entry, 'projectHash') !== undefined) turn ??= CLOSED.none;
    const messages = set === undefined ? [entry] : listOf(field(set, 'messages'));
    for (const message of messages) turn = afterGemini(message) ?? turn;
  }
  return turn;
}

function afterGemini(message: unknown): Turn | undefined {
  switch (field(message, 'type')) {
    case 'user':
      // What gemini itself tells the model before the first prompt.
      return firstText(field(message, 'content')).startsWith('<session_context>') ? undefined : OPEN.user;
    case 'gemini': {
      const calls = listOf(field(message, 'toolCalls'));
      if (calls.some((call) => !DONE.has(String(field(call, 'status'))))) return OPEN.call;
      if (calls.some((call) => field(call, 'status') === 'cancelled')) return CLOSED.interrupted;
      if (calls.length > 0) return OPEN.result;
      return firstText(field(message, 'content')) === '' ? OPEN.unfinished : CLOSED.answered;
    }
    case 'error':
      return CLOSED.ended;
    default:
      return undefined;
  }
}

const DONE: ReadonlySet<string> = new Set(['success', 'error', 'cancelled']);

/** `chats/ID.jsonl` of qwen: users, answers and tool results, with parts as the API has them. */
export function qwenTurn(entries: readonly unknown[]): Turn | undefined {
  let turn: Turn | undefined;
  for (const entry of entries) {
    switch (field(entry, 'type')) {
      case 'user':
        turn = OPEN.user;
        break;
      case 'tool_result':
        turn = OPEN.result;
        break;
      case 'assistant': {
        const parts = listOf(field(field(entry, 'message'), 'parts'));
        const calls = parts.some((part) => field(part, 'functionCall') !== undefined);
        const says = parts.some((part) => field(part, 'text') !== undefined && field(part, 'thought') !== true);
        turn = calls ? OPEN.call : says ? CLOSED.answered : OPEN.unfinished;
        break;
      }
      default:
        break;
    }
  }
  return turn;
}

function firstText(content: unknown): string {
  if (typeof content === 'string') return content;
  const text = field(listOf(content)[0], 'text');
  return typeof text === 'string' ? text : '';
}
