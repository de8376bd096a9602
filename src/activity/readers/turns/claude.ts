import { CLOSED, field, listOf, OPEN, type Turn } from './turn.js';

/**
 * `projects/SLUG/ID.jsonl` of Claude Code: messages of the user, answers block by block, tool results as messages of
 * the user. A version that writes why an answer stopped writes nothing of one that has not.
 */
export function claudeTurn(entries: readonly unknown[]): Turn | undefined {
  const calls = new Set<unknown>();
  const tellsStop = entries.some((entry) => typeof field(field(entry, 'message'), 'stop_reason') === 'string');
  let turn: Turn | undefined;
  for (const entry of entries) {
    switch (kindOf(entry)) {
      case 'queued':
        turn = OPEN.user;
        break;
      case 'user':
        turn = afterUser(entry, calls);
        break;
      case 'assistant':
        turn = afterAnswer(entry, calls, tellsStop);
        break;
      case 'other':
        break;
    }
  }
  return turn?.state === 'closed' && calls.size > 0 ? OPEN.call : turn;
}

function kindOf(entry: unknown): 'user' | 'assistant' | 'queued' | 'other' {
  const type = field(entry, 'type');
  if (type === 'queue-operation' && field(entry, 'operation') === 'enqueue') return 'queued';
  // Of the program's own making, such as the caveat before what a local command printed.
  if (type === 'user') return field(entry, 'isMeta') === true ? 'other' : 'user';
  return type === 'assistant' ? 'assistant' : 'other';
}

function afterUser(entry: unknown, calls: Set<unknown>): Turn {
  const content = field(field(entry, 'message'), 'content');
  const blocks = listOf(content);
  const text = typeof content === 'string' ? content : field(blocks[0], 'text');
  if (typeof text === 'string' && text.startsWith('[Request interrupted by user')) {
    calls.clear();
    return CLOSED.interrupted;
  }
  if (typeof text === 'string' && text.startsWith('<local-command-std')) return CLOSED.answered;
  const results = blocks.filter((block) => field(block, 'type') === 'tool_result');
  for (const result of results) calls.delete(field(result, 'tool_use_id'));
  return results.length > 0 ? OPEN.result : OPEN.user;
}

function afterAnswer(entry: unknown, calls: Set<unknown>, tellsStop: boolean): Turn {
  if (field(entry, 'isApiErrorMessage') === true) {
    calls.clear();
    return CLOSED.ended;
  }
  const message = field(entry, 'message');
  const asked = listOf(field(message, 'content')).filter((block) => field(block, 'type') === 'tool_use');
  for (const call of asked) calls.add(field(call, 'id'));
  if (asked.length > 0) return OPEN.call;
  const stop = field(message, 'stop_reason');
  const isFinished = typeof stop === 'string' ? !CONTINUES.has(stop) : !tellsStop;
  return isFinished ? CLOSED.answered : OPEN.unfinished;
}

const CONTINUES: ReadonlySet<string> = new Set(['tool_use', 'pause_turn']);
