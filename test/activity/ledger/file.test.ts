import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerFile, readLedger, saveLedger } from '../../../src/activity/ledger/file.js';
import { EMPTY_LEDGER, type Ledger } from '../../../src/activity/ledger/ledger.js';

const NOW = Date.UTC(2026, 0, 15, 10, 0, 0);
const self = { bootId: 'b', pid: process.pid, startTime: '1' };
const identify = async (pid: number) => (pid === self.pid ? self : ('gone' as const));

function ledgerWith(pid: number, lastSeen: number): Ledger {
  const identity = { bootId: 'b', pid, startTime: `${pid}00` };
  const entry = {
    ...{ identity, name: 'claude', role: 'session' as const, children: [] },
    ...{ firstSeen: NOW, lastSeen, observations: 1, unmovedSince: { at: NOW } },
  };
  return { entries: new Map([[`b/${pid}/${pid}00`, entry]]), adopters: new Set() };
}

describe('the ledger file', () => {
  let home: string;
  let file: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-ledger-'));
    file = ledgerFile(path.join(home, 'state'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const save = (ledger: Ledger, base: Ledger = EMPTY_LEDGER) =>
    saveLedger({ file, ledger, base, self, identify, now: NOW });

  it('is nothing at first, without a word', () => {
    expect(readLedger(file, NOW)).toEqual({ ledger: EMPTY_LEDGER, notes: [] });
  });

  it('gives back what was saved', async () => {
    expect(await save(ledgerWith(7, NOW))).toBeUndefined();
    const { ledger, notes } = readLedger(file, NOW);
    expect([...ledger.entries.keys()]).toEqual(['b/7/700']);
    expect(notes).toEqual([]);
    expect(readdirSync(path.dirname(file))).toEqual(['ledger.json']);
  });

  it('keeps what another run saved since this one had read it', async () => {
    await save(ledgerWith(7, NOW));
    await save(ledgerWith(8, NOW));
    expect([...readLedger(file, NOW).ledger.entries.keys()].sort()).toEqual(['b/7/700', 'b/8/800']);
  });

  it('is set aside with a warning when it is damaged, and everything is seen for the first time', async () => {
    await save(ledgerWith(7, NOW));
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
    const { ledger, notes } = readLedger(file, NOW);
    expect(ledger).toBe(EMPTY_LEDGER);
    expect(notes.join()).toContain('was damaged');
    expect(readdirSync(path.dirname(file))).toEqual(['ledger.json.damaged-20260115T100000000Z']);
    expect(readLedger(file, NOW)).toEqual({ ledger: EMPTY_LEDGER, notes: [] });
  });

  it('is not saved while another run holds its lock', async () => {
    await save(ledgerWith(7, NOW));
    const other = { bootId: 'b', pid: 1, startTime: '5' };
    writeFileSync(`${file}.lock`, JSON.stringify({ holder: other, since: new Date(NOW).toISOString(), token: 't' }));
    const note = await saveLedger({
      ...{ file, ledger: ledgerWith(9, NOW), base: EMPTY_LEDGER, self, now: NOW },
      identify: async () => other,
    });
    expect(note).toContain('another run');
    expect([...readLedger(file, NOW).ledger.entries.keys()]).toEqual(['b/7/700']);
  });

  it('proves nothing by time where no state folder is known', () => {
    expect(readLedger(undefined, NOW).notes.join()).toContain('nothing is ever proven idle by time');
  });

  it('says why it could not be saved instead of failing', async () => {
    // A file where the folder should be holds for root too.
    writeFileSync(path.join(home, 'state'), '');
    expect(await save(ledgerWith(7, NOW))).toContain('nothing is ever proven idle by time');
  });

  it.skipIf(process.getuid?.() === 0)('proves nothing by time in a folder that cannot be written', async () => {
    await save(ledgerWith(7, NOW));
    chmodSync(path.dirname(file), 0o500);
    const { ledger, notes } = readLedger(file, NOW);
    expect(notes.join()).toContain('cannot be written');
    expect([...ledger.entries.values()][0]).toMatchObject({ observations: 0, unmovedSince: undefined });
    chmodSync(path.dirname(file), 0o700);
  });

  it('is not believed when it is a folder', () => {
    mkdirSync(file, { recursive: true });
    const { ledger, notes } = readLedger(file, NOW);
    expect(ledger).toBe(EMPTY_LEDGER);
    expect(notes.join()).toContain('it is a folder: this counts as the first look');
  });
});
