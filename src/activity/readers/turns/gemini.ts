import { type Fields, fieldsOf, listOf } from '../../../decode.js';
import { CLOSED, OPEN, type Turn } from './turn.js';

/**
 * `chats/session-….jsonl` of gemini: messages one by one, a changed one written again, or a whole list set anew. While
 * a tool runs its message is there, empty.
 */
export function geminiTurn(entries: readonly Fields[]): Turn | undefined {
  let turn: Turn | undefined;
  for (const entry of entries) {
    const set = entry.$set;
    // The first line of a conversation.
    if (entry.projectHash !== undefined) turn ??= CLOSED.none;
    const messages = set === undefined ? [entry] : listOf(fieldsOf(set).messages);
    for (const message of messages) turn = afterGemini(message) ?? turn;
  }
  return turn;
}

function afterGemini(message: unknown): Turn | undefined {
  switch (fieldsOf(message).type) {
    case 'user':
      // What gemini itself tells the model before the first prompt.
      return firstText(fieldsOf(message).content).startsWith('<session_context>') ? undefined : OPEN.user;
    case 'gemini': {
      const calls = listOf(fieldsOf(message).toolCalls);
      if (calls.some((call) => !DONE.has(String(fieldsOf(call).status)))) return OPEN.call;
      if (calls.some((call) => fieldsOf(call).status === 'cancelled')) return CLOSED.interrupted;
      if (calls.length > 0) return OPEN.result;
      return firstText(fieldsOf(message).content) === '' ? OPEN.unfinished : CLOSED.answered;
    }
    case 'error':
      return CLOSED.ended;
    default:
      return undefined;
  }
}

const DONE: ReadonlySet<string> = new Set(['success', 'error', 'cancelled']);

/** `chats/ID.jsonl` of qwen: users, answers and tool results, with parts as the API has them. */
export function qwenTurn(entries: readonly Fields[]): Turn | undefined {
  let turn: Turn | undefined;
  for (const entry of entries) {
    switch (entry.type) {
      case 'user':
        turn = OPEN.user;
        break;
      case 'tool_result':
        turn = OPEN.result;
        break;
      case 'assistant': {
        const parts = listOf(fieldsOf(entry.message).parts);
        const calls = parts.some((part) => fieldsOf(part).functionCall !== undefined);
        const says = parts.some((part) => fieldsOf(part).text !== undefined && fieldsOf(part).thought !== true);
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
  const text = fieldsOf(listOf(content)[0]).text;
  return typeof text === 'string' ? text : '';
}
