// The tests run from the sources; the command and its threads are the built ones, which are built anew first.

import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: './build.mjs',
    // No test is about how long it takes, and a busy machine takes its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The projects that tests make for themselves have tests of their own, and so have the examples.
    exclude: [...configDefaults.exclude, '.heddle/**', 'examples/**'],
  },
})
