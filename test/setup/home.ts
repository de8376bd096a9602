import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

// No test touches the state or the configuration of whoever runs it.
const home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-test-'));
process.env.SESSWATCH_HOME = path.join(home, 'state');
process.env.HOME = home;
process.env.XDG_CONFIG_HOME = path.join(home, 'config');
delete process.env.XDG_STATE_HOME;
process.env.DISABLE_AUTOUPDATER = '1';

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});
