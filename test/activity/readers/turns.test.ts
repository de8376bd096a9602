import { describe, expect, it } from 'vitest';
import { claudeTurn } from '../../../src/activity/readers/turns/claude.js';
import { codexTurn } from '../../../src/activity/readers/turns/codex.js';
import { copilotTurn } from '../../../src/activity/readers/turns/copilot.js';
import { geminiTurn, qwenTurn } from '../../../src/activity/readers/turns/gemini.js';
import { entriesOf, type ReadTurn } from '../../../src/activity/readers/turns/turn.js';

const event = (type: string) => ({ type: 'event_msg', payload: { type } });
const item = (type: string, more: object = {}) => ({ type: 'response_item', payload: { type, ...more } });
const call = item('function_call', { call_id: 'c1' });
const said = (stop: string | null, ...content: object[]) => ({
  type: 'assistant',
  message: { role: 'assistant', content, stop_reason: stop },
});
const asked = (content: unknown) => ({ type: 'user', message: { role: 'user', content } });
const text = { type: 'text', text: 'ok' };
const use = { type: 'tool_use', id: 't1' };
const result = { type: 'tool_result', tool_use_id: 't1' };
const head = { sessionId: 's', projectHash: 'p', kind: 'main' };
const setUp = { $set: { messages: [{ type: 'user', content: [{ text: '<session_context>' }] }] } };
const prompt = { type: 'user', content: [{ text: 'hi' }] };
const parts = (type: string, ...all: object[]) => ({ type, message: { parts: all } });

describe('a turn, by the messages of a transcript', () => {
  it.each<[string, ReadTurn, readonly Readonly<Record<string, unknown>>[], 'open' | 'closed' | undefined]>([
    ['of codex is open once it began', codexTurn, [event('task_started')], 'open'],
    ['of codex is over when it is complete', codexTurn, [event('task_started'), event('task_complete')], 'closed'],
    ['of codex is over when it was aborted', codexTurn, [event('task_started'), event('turn_aborted')], 'closed'],
    ['of codex is open while a call has no output', codexTurn, [event('task_started'), call], 'open'],
    ['of codex is over before the first one', codexTurn, [{ type: 'session_meta' }], 'closed'],
    [
      'of an older codex is over with its answer',
      codexTurn,
      [item('message', { role: 'user' }), item('message', { role: 'assistant' })],
      'closed',
    ],
    ['of claude is open after a prompt', claudeTurn, [asked('hi')], 'open'],
    ['of claude is over with a finished answer', claudeTurn, [asked('hi'), said('end_turn', text)], 'closed'],
    ['of claude is open while a tool runs', claudeTurn, [asked('hi'), said('tool_use', use)], 'open'],
    ['of claude is open after a tool’s result', claudeTurn, [said('tool_use', use), asked([result])], 'open'],
    [
      'of claude is open in the midst of an answer',
      claudeTurn,
      [said('end_turn', text), asked('hi'), said(null, text)],
      'open',
    ],
    [
      'of claude is over when it was interrupted',
      claudeTurn,
      [said('tool_use', use), asked([{ type: 'text', text: '[Request interrupted by user]' }])],
      'closed',
    ],
    ['of claude is not known by entries of no kind', claudeTurn, [{}], undefined],
    ['of gemini is over before a prompt', geminiTurn, [head, setUp], 'closed'],
    ['of gemini is open after a prompt', geminiTurn, [head, setUp, prompt], 'open'],
    ['of gemini is open while a tool runs', geminiTurn, [prompt, { type: 'gemini', content: '' }], 'open'],
    ['of gemini is over with an answer', geminiTurn, [prompt, { type: 'gemini', content: 'ok' }], 'closed'],
    ['of qwen is open after a prompt', qwenTurn, [parts('user', { text: 'hi' }), { type: 'system' }], 'open'],
    ['of qwen is open while a tool runs', qwenTurn, [parts('assistant', { functionCall: {} })], 'open'],
    ['of qwen is over with an answer', qwenTurn, [parts('assistant', { text: 'ok' })], 'closed'],
    ['of copilot is open after a prompt', copilotTurn, [{ type: 'user.message' }], 'open'],
    [
      'of copilot is over with an answer that asks for nothing',
      copilotTurn,
      [{ type: 'assistant.message', data: {} }, { type: 'assistant.turn_end' }],
      'closed',
    ],
  ])('%s', (_, read, entries, state) => {
    expect(read(entries, false)?.state).toBe(state);
  });

  it('is not known where a long one of codex may have begun before the tail', () => {
    expect(codexTurn([item('message', { role: 'assistant' })], true)).toBeUndefined();
  });

  it('is not known while the last line is half written; the first of a tail is dropped', () => {
    expect(entriesOf('{"a":1}\n{"b"', false)).toBeUndefined();
    expect(entriesOf('1}\n{"b":2}\n', true)).toEqual([{ b: 2 }]);
  });
});
