import { shellWord } from '../command-line/shell-word.js';
import type { Schedule } from './schedule.js';

/**
 * What a person may add to `~/.claude/settings.json`, so that the end of every Claude Code session leaves a snapshot
 * labelled `session-end` to compare by. It only looks and saves.
 *
 * A hook that reaps is not offered: it runs while its session is still there, as that session's child, at the very
 * moment at which other sessions' tools look ownerless; see docs/scheduling.md.
 */
export function sessionEndHook({ node, script, stateHome }: Pick<Schedule, 'node' | 'script' | 'stateHome'>): string {
  const words = ['/usr/bin/env', `SESSWATCH_HOME=${stateHome}`, node, script];
  const command = [...words.map(shellWord), 'snapshot --label session-end --quiet'].join(' ');
  const hook = { type: 'command', command, timeout: 10 };
  return `${JSON.stringify({ hooks: { SessionEnd: [{ hooks: [hook] }] } }, null, 2)}\n`;
}
