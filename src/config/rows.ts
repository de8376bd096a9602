import type { ConfigRow } from '../output/text/machine/config.js';
import type { Config } from './load.js';
import type { Origin } from './resolve.js';
import { SETTING_KEYS, SETTINGS, type Setting, type SettingKey, type Settings } from './settings.js';

/** `sesswatch config --json`. Durations in seconds, memory in bytes; a value is `null` where nothing is set. */
export function configDocument({ files, settings, origins, warnings }: Config) {
  const rows = SETTING_KEYS.map((key) => {
    const { path, flag, variable, what } = SETTINGS[key];
    return { key: path, value: settings[key] ?? null, origins: origins[key], flag, variable, what };
  });
  return { schema: 'sesswatch/config/1', files, settings: rows, warnings };
}

/** The rows of the table for people. */
export function configRows(config: Config): ConfigRow[] {
  return SETTING_KEYS.map((key) => {
    const { path, flag } = SETTINGS[key];
    return { key: path, value: valueText(key, config.settings), origins: config.origins[key].map(originText), flag };
  });
}

function valueText<K extends SettingKey>(key: K, settings: Settings): string {
  const setting: Setting<Settings[K]> = SETTINGS[key];
  return setting.text(settings[key]);
}

function originText({ from, where }: Origin): string {
  if (where === undefined) return from;
  // The flag and the variable say themselves what they are.
  return from === 'flag' || from === 'variable' ? where : `${from === 'config' ? '--config' : from} ${where}`;
}
