// How the package is built: one file for each door, one for the command and one for each kind of thread, with what
// they share beside them. Names carry no hash, so that a build replaces the one before it.

import { defineConfig } from 'tsdown'

/** What can be imported, by the name in `exports`; that of the package itself is index. */
const DOORS = {
  index: 'sim/public.ts',
  model: 'model/public.ts',
  properties: 'properties/public.ts',
  vitest: 'vitest/index.ts',
  'fast-check': 'arbitraries/index.ts',
}

// Whoever packs asks for an empty folder, and gets types with it; a build to run takes a second without them.
export default defineConfig(({ clean = false }) => ({
  entry: { ...DOORS, heddle: 'cli/heddle.ts', worker: 'cli/worker.ts', slice: 'sim/explore/slice.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
  hash: false,
  // What doors share must not take the name of one.
  outputOptions: { chunkFileNames: 'chunk-[name].js' },
  dts: clean !== false && { entry: Object.values(DOORS), compilerOptions: { stripInternal: true } },
  clean,
}))
