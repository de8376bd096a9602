import { SETTING_KEYS, SETTINGS, type Setting, type SettingKey, type Settings } from './settings.js';

/** Where values come from; each beats those before it. */
export const LAYERS = ['user', 'project', 'config', 'variable', 'flag'] as const;
export type LayerName = (typeof LAYERS)[number];

/** What one layer says. `config` is the file that was named on the command line. */
export interface Layer {
  readonly from: LayerName;
  /** For the layers that are files. */
  readonly file?: string | undefined;
  readonly values: Partial<Settings>;
}

export interface Origin {
  readonly from: LayerName | 'default';
  /** The file, the variable or the flag; `undefined` for a default. */
  readonly where?: string | undefined;
}

export interface Resolved {
  readonly settings: Settings;
  /** One for each setting; for lists that add up, one for each entry, in the same order, or none. */
  readonly origins: Readonly<Record<SettingKey, readonly Origin[]>>;
  readonly warnings: readonly string[];
}

/**
 * Puts the layers together: flag > variable > --config > project > user > default. A project file can only narrow
 * what may be reaped: what it may not say is left out, with a warning. Pure.
 */
export function resolveSettings(layers: readonly Layer[]): Resolved {
  const ordered = LAYERS.flatMap((name) => layers.filter((layer) => layer.from === name));
  const warnings: string[] = [];
  const resolved = SETTING_KEYS.map((key) => [key, resolveOne(key, ordered, warnings)] as const);
  // Every key of SETTINGS, each with what its own setting says.
  const settings = Object.fromEntries(resolved.map(([key, { value }]) => [key, value])) as unknown as Settings;
  const origins = Object.fromEntries(resolved.map(([key, one]) => [key, one.origins])) as Resolved['origins'];
  return { settings, origins, warnings };
}

interface One<T> {
  readonly value: T;
  readonly origins: readonly Origin[];
}

function resolveOne<K extends SettingKey>(key: K, layers: readonly Layer[], warnings: string[]): One<Settings[K]> {
  const setting: Setting<Settings[K]> = SETTINGS[key];
  let one: One<Settings[K]> = { value: setting.default, origins: setting.adds ? [] : [{ from: 'default' }] };
  for (const layer of layers) {
    const proposed: Settings[K] | undefined = layer.values[key];
    if (proposed === undefined) continue;
    const where = layer.from === 'flag' || layer.from === 'variable' ? setting[layer.from] : layer.file;
    const origin: Origin = { from: layer.from, where };
    if (layer.from === 'project' && !setting.fromProject.allows(proposed, one.value)) {
      warnings.push(
        `${where}: ${setting.path} ${setting.text(proposed)} is not used: ` +
          `a project file ${setting.fromProject.may} (now ${setting.text(one.value)})`,
      );
    } else if (Array.isArray(one.value) && Array.isArray(proposed) && setting.adds) {
      const said: readonly unknown[] = proposed;
      const entries = layer.from === 'project' ? said.map((entry) => narrowed(key, entry)) : said;
      one = {
        // Both are lists of the same setting.
        value: [...one.value, ...entries] as unknown as Settings[K],
        origins: [...one.origins, ...entries.map(() => origin)],
      };
    } else {
      one = { value: proposed, origins: [origin] };
    }
  }
  return one;
}

/** What a project file calls an agent is shown, and never ended. */
function narrowed(key: SettingKey, entry: unknown): unknown {
  const isSeenOnly = key === 'agents' || key === 'mcpServers';
  return isSeenOnly && typeof entry === 'object' ? { ...entry, seenOnly: true } : entry;
}
