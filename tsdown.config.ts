// How the package is built: one file for each door, one for the command and one for each kind of thread, with what
// they share beside them. Names carry no hash, so that a build replaces the one before it.

import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: {
    index: 'sim/index.ts',
    model: 'model/index.ts',
    properties: 'properties/index.ts',
    vitest: 'vitest/index.ts',
    'fast-check': 'arbitraries/index.ts',
    heddle: 'cli/heddle.ts',
    worker: 'cli/worker.ts',
    slice: 'sim/explore/slice.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
  hash: false,
  // Whoever packs asks for types, and for an empty folder; a build to run takes a second without them.
  dts: false,
  clean: false,
})
