import { describe, expect, it } from 'vitest';
import { SesswatchError } from '../../../../src/errors.js';
import type { ProcessSource, Scan } from '../../../../src/process/scan.js';
import { createCimOrNamesSource } from '../../../../src/process/sources/windows/cim-or-names.js';

const SCAN: Omit<Scan, 'source'> = {
  takenAt: 0,
  machine: { platform: 'win32' },
  processes: [],
  complete: true,
  problems: [],
};

/** Answers with a scan, or fails as it is told; counts how often it was asked. */
function source(name: 'cim' | 'portable', failure?: Error): ProcessSource & { asked: number } {
  const one = {
    name,
    asked: 0,
    async scan() {
      one.asked += 1;
      if (failure !== undefined) throw failure;
      return { ...SCAN, source: name };
    },
    detail: async () => new Map(),
    identify: async () => (name === 'cim' ? ('gone' as const) : ('unknown' as const)),
  };
  return one;
}

describe('the process table of Windows', () => {
  it('is what PowerShell answers', async () => {
    const both = createCimOrNamesSource(source('cim'), source('portable'));
    expect(await both.scan()).toMatchObject({ source: 'cim', complete: true });
    expect(await both.identify(7)).toBe('gone');
  });

  it('is the names where PowerShell answers nothing, incomplete, and with what it said', async () => {
    const cim = source('cim', new SesswatchError('incomplete-scan', 'powershell.exe gave no process list', 'x'));
    const both = createCimOrNamesSource(cim, source('portable'));
    expect(await both.scan()).toMatchObject({
      source: 'portable',
      complete: false,
      problems: [{ what: 'powershell.exe gave no process list', hint: 'x' }],
    });
    expect([both.name, await both.identify(7)]).toEqual(['portable', 'unknown']);
    await both.scan();
    expect(cim.asked).toBe(1);
  });

  it('fails as it should where the fault is another one', async () => {
    const both = createCimOrNamesSource(source('cim', new TypeError('ours')), source('portable'));
    await expect(both.scan()).rejects.toThrow('ours');
  });
});
