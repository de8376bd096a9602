import { defineConfig } from 'vitest/config';

const shared = { setupFiles: ['test/setup/home.ts'], testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // By default one core is left idle; on a machine with two that doubles the time.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/cli/**', 'test/fleet/**', 'test/live/**', 'test/windows/**'],
        },
      },
      // What a user runs is the bundle: built once, before the first of these.
      {
        test: {
          ...shared,
          name: 'command',
          include: ['test/{cli,fleet,live}/**/*.test.ts'],
          globalSetup: ['test/setup/build.ts'],
        },
      },
      // Node for Windows, by wine; skipped, with the reason in the title, where there is none.
      {
        test: {
          ...shared,
          name: 'windows',
          include: ['test/windows/**/*.test.ts'],
          globalSetup: ['test/setup/build.ts'],
        },
      },
    ],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary'] },
  },
});
