// The tests run from the sources; the command and its threads are the built ones, which are built anew first.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { globalSetup: './build.setup.ts' },
})
