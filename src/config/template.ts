import { SETTING_KEYS, SETTINGS, type Setting, type SettingKey, type Settings } from './settings.js';

/** What each setting without a default of its own looks like. */
const EXAMPLES: Readonly<Partial<Record<SettingKey, string>>> = {
  include: 'include: [superseded, leftover]',
  protect: 'protect:\n  - { agent: claude, cwd: ~/work/** }\n  - { argv: "--profile work" }',
  agents: 'agents:\n  - { name: acme, executables: [acme] }',
  mcpServers: 'mcpServers:\n  - { names: [acme-mcp] }',
  hosts: 'hosts:\n  - { name: Acme, recognise: { executables: [acme-host] } }',
  source: 'source: procfs',
  budgetTreeMemory: 'budgets: { treeMemory: 4G }',
  budgetDescriptors: 'budgets: { descriptors: 5000 }',
  budgetSessions: 'budgets: { sessions: 12 }',
  budgetCpu: 'budgets: { cpu: { percent: 80, for: 10m } }',
};

/** A configuration file in which every setting stands as a comment, with what it means and its default. */
export function configTemplate(): string {
  const parts = SETTING_KEYS.map((key) => {
    const { what, flag, variable } = SETTINGS[key];
    return [`${what} (${flag}, ${variable})`, ...exampleOf(key).split('\n')].map((line) => `# ${line}`).join('\n');
  });
  return `${['# Settings of sesswatch; sesswatch config shows them all. Take the # away where you want another value.', ...parts].join('\n\n')}\n`;
}

function exampleOf<K extends SettingKey>(key: K): string {
  const { path, text, default: standard }: Setting<Settings[K]> = SETTINGS[key];
  return EXAMPLES[key] ?? `${path}: ${text(standard)}`;
}
