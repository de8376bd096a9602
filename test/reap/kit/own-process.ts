import path from 'node:path';
import { build } from 'esbuild';
import type { Scenario } from './scenario.js';

/** Bundles {@link Scenario} programs into a folder; answers the arguments that run one with node. */
export async function bundleScenarios(folder: string): Promise<(scenario: Scenario) => string[]> {
  const file = path.join(folder, 'scenario.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'scenario.ts')],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['tree-kill'],
    logLevel: 'warning',
  });
  return (scenario) => [file, JSON.stringify(scenario)];
}
