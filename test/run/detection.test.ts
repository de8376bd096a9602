import { describe, expect, it } from 'vitest';
import { blindSpot, detectionOf } from '../../src/run/detection.js';
import { subreaperPrograms } from '../../src/run/subreaper.js';

const missing = { missing: 'only Linux has child subreapers' };

describe('detectionOf', () => {
  it.each([
    ['linux', 'procfs', { name: 'perl' }, ['tree', 'subreaper', 'group', 'session', 'cookie']],
    ['linux', 'procfs', missing, ['tree', 'group', 'session', 'cookie']],
    ['linux', 'ps', missing, ['tree', 'group', 'session']],
    ['darwin', 'ps', missing, ['tree', 'group', 'session']],
    ['win32', 'cim', missing, ['tree']],
  ] as const)('on %s with %s knows what can be used', (platform, source, subreaper, ways) => {
    const detection = detectionOf({ platform, source, subreaper });
    expect(detection.flatMap((one) => (one.available ? [one.way] : []))).toEqual(ways);
    for (const one of detection) if (!one.available) expect(one.note).toBeTruthy();
  });

  it('says what cannot be seen unless a subreaper sees everything', () => {
    const sealed = detectionOf({ platform: 'linux', source: 'procfs', subreaper: { name: 'perl' } });
    expect(blindSpot(sealed)).toBeUndefined();
    const open = detectionOf({ platform: 'linux', source: 'procfs', subreaper: missing });
    expect(blindSpot(open)).toMatch(/clears its environment/);
    const mac = detectionOf({ platform: 'darwin', source: 'ps', subreaper: missing });
    expect(blindSpot(mac)).toMatch(/leaves its parent between two looks/);
  });
});

describe('subreaperPrograms', () => {
  it.each([
    ['linux', 'x64', ['/usr/bin/perl', '/usr/bin/python3'], ['perl', 'python3']],
    ['linux', 'x64', ['/usr/local/bin/python3'], ['python3']],
    ['linux', 'mips', ['/usr/bin/perl'], []],
    ['linux', 'x64', [], []],
    ['darwin', 'arm64', ['/usr/bin/perl', '/usr/bin/python3'], []],
  ] as const)('on %s %s with %j', (platform, architecture, installed: readonly string[], expected) => {
    const programs = subreaperPrograms(platform, architecture, (path) => installed.includes(path));
    expect(programs.map((program) => program.name)).toEqual(expected);
  });
});
