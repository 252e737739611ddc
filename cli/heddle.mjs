#!/usr/bin/env node
// The command `heddle`: has tsx load TypeScript, so that this package's sources and a user's own files need
// no build step, and hands over to main.ts. It decides nothing else.

// Until main.ts listens, a signal ends the process by itself, at once; a shell reports the same code for it.
const [{ register: registerRequire }, { register }] = await Promise.all([
  import('tsx/cjs/api'),
  import('tsx/esm/api'),
])
// Both kinds of module: a user's file is CommonJS where its package.json does not say "module".
registerRequire()
register()
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv)
