import type { ConfigRow } from '../output/text/config.js';
import type { Config } from './load.js';
import type { Origin } from './resolve.js';
import { SETTING_KEYS, SETTINGS, type Setting, type SettingKey, type Settings } from './settings.js';

export const CONFIG_SCHEMA = 'sesswatch/config/1';

/** `sesswatch config --json`. Durations in seconds, memory in bytes. */
export interface ConfigDocument {
  readonly schema: typeof CONFIG_SCHEMA;
  readonly files: Config['files'];
  readonly settings: readonly {
    readonly key: string;
    /** `null` where nothing is set. */
    readonly value: unknown;
    readonly origins: readonly Origin[];
    readonly flag: string;
    readonly variable: string;
    readonly what: string;
  }[];
  readonly warnings: readonly string[];
}

export function configDocument(config: Config): ConfigDocument {
  return {
    schema: CONFIG_SCHEMA,
    files: config.files,
    settings: SETTING_KEYS.map((key) => {
      const { path, flag, variable, what } = SETTINGS[key];
      return {
        key: path,
        value: config.settings[key] ?? null,
        origins: config.origins[key],
        flag,
        variable,
        what,
      };
    }),
    warnings: config.warnings,
  };
}

/** The rows that {@link ../output/config-text.ts} lays out. */
export function configRows(config: Config): ConfigRow[] {
  return SETTING_KEYS.map((key) => {
    const { path, flag, variable, what } = SETTINGS[key];
    const origins = config.origins[key].map(originText);
    return { key: path, value: valueText(key, config.settings), origins, flag, variable, what };
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
