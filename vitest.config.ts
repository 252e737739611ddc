// The tests run from the sources; the command and its threads are the built ones, which are built anew first.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  // No test is about how long it takes, and a busy machine takes its time.
  test: { globalSetup: './build.setup.ts', testTimeout: 60_000, hookTimeout: 60_000 },
})
