/** Whether a login session is over, by what systemd-logind keeps in /run/systemd/sessions/ID. */
export type LoginSessionState = 'open' | 'ended' | 'not-known';

/** The id in `…/session-5.scope`, the innermost one; `undefined` when the process is in no login session. */
export function loginSessionOf(cgroup: string): string | undefined {
  const units = cgroup.split('/').flatMap((part) => /^session-(.+)\.scope$/.exec(part)?.[1] ?? []);
  return units[units.length - 1];
}

/**
 * Reads a session file. `STATE=closing` is a session whose leader ended while processes remain
 * (sd_session_get_state(3)). A missing file says nothing: logind may not run here.
 */
export function parseLoginSession(text: string | undefined): LoginSessionState {
  const state = text === undefined ? undefined : /^STATE=(\w+)$/m.exec(text)?.[1];
  if (state === undefined) return 'not-known';
  return state === 'closing' ? 'ended' : 'open';
}
