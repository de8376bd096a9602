import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../src/config/files/read.js';
import { readSettings } from '../../src/config/schema.js';
import { SETTING_KEYS, SETTINGS } from '../../src/config/settings.js';
import { configTemplate } from '../../src/config/template.js';

async function settingsOf(text: string) {
  const file = path.join(os.homedir(), 'template.yaml');
  writeFileSync(file, text);
  return readSettings(await readConfigFile(file), file);
}

describe('a new configuration file', () => {
  it('says nothing as it is', async () => {
    expect(await settingsOf(configTemplate())).toEqual({});
  });

  it.each(SETTING_KEYS)('shows how %s is written', async (key) => {
    const { what, flag, variable } = SETTINGS[key];
    const part = configTemplate()
      .split('\n\n')
      .find((one) => one.startsWith(`# ${what} (${flag}, ${variable})`));
    const example = part
      ?.split('\n')
      .slice(1)
      .map((line) => line.slice(2))
      .join('\n');
    expect(Object.keys(await settingsOf(example ?? ''))).toEqual([key]);
  });
});
