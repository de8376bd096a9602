import { isWindowsPath, programName } from '../../command-line/program-name.js';
import type { ProcessRecord } from '../../process/record.js';
import { AGENTS } from '../catalogue/catalogue.js';
import type { Membership } from '../membership.js';

/**
 * Whether a process below an agent was started by a tool call, and is not equipment that came with the session
 * (language servers, scripts of plugins): the agent's own mark says so, or it is a shell.
 */
export function isToolCall(record: ProcessRecord, member: Membership): boolean {
  if (member.role !== 'tool') return false;
  const markers = record.detail?.markers ?? {};
  const tests = AGENTS.find(({ name }) => name === member.agent)?.markers?.tool ?? [];
  if (tests.some(({ name, ends = '' }) => markers[name]?.endsWith(ends) === true)) return true;
  const program = record.exe ?? record.argv?.[0] ?? record.comm ?? '';
  return SHELL.test(programName(program, isWindowsPath(program)));
}

const SHELL = /^-?(ba|da|z|k|fi|a)?sh$|^(pwsh|powershell|cmd)$/;
