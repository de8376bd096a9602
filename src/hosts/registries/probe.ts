import { parseJson } from '../../decode.js';
import type { HostFacts, ProbeAnswer } from '../host.js';

/** One HTTP GET of an address on this machine. Rejects with `code` as Node's sockets do. */
export type Get = (url: string, timeoutMs: number) => Promise<string>;

const TIMEOUT_MS = 5000;

/**
 * Asks a server about itself. That a connection is taken proves nothing, since the kernel takes it for a frozen
 * process too: only an answer does.
 */
export async function probe(
  get: Get,
  url: string,
  factsOf: (body: unknown) => HostFacts,
  now: () => number,
  timeoutMs = TIMEOUT_MS,
): Promise<ProbeAnswer> {
  const began = now();
  const answer = (state: ProbeAnswer['state'], facts = {}): ProbeAnswer => ({ state, tookMs: now() - began, facts });
  try {
    return answer('answered', factsOf(parseJson(await get(url, timeoutMs))));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ETIMEDOUT') return { ...answer('hangs'), tookMs: timeoutMs };
    return answer(code === 'ECONNREFUSED' ? 'refused' : 'failed');
  }
}

/** The real one: one connection, no redirect, at most a megabyte, gone when the time is over. */
export const httpGet: Get = async (url, timeoutMs) => {
  const secure = url.startsWith('https:');
  const { request } = secure ? await import('node:https') : await import('node:http');
  return new Promise((resolve, reject) => {
    // The certificate of a server on one's own machine is its own; nothing is sent to it.
    const ask = request(url, { agent: false, ...(secure ? { rejectUnauthorized: false } : {}) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > MAX_BODY) ask.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => {
        clearTimeout(timer);
        if ((response.statusCode ?? 0) >= 300) reject(new Error(`status ${response.statusCode}`));
        else resolve(body);
      });
    });
    const timer = setTimeout(() => {
      ask.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    ask.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    ask.end();
  });
};

const MAX_BODY = 1024 * 1024;
