#!/usr/bin/env node
// The command `heddle`: has tsx load TypeScript, so that this package's sources and a user's own files need
// no build step, and hands over to main.ts. It decides nothing else.

// Loading takes a moment, and whoever interrupts it gets the exit code that main.ts would give.
const early = (_, number) => process.exit(128 + number)
process.on('SIGINT', early).on('SIGTERM', early)

const [{ register: registerRequire }, { register }] = await Promise.all([
  import('tsx/cjs/api'),
  import('tsx/esm/api'),
])
// Both kinds of module: a user's file is CommonJS where its package.json does not say "module".
registerRequire()
register()
const { main } = await import('./main.ts')
process.off('SIGINT', early).off('SIGTERM', early)
process.exitCode = await main(process.argv)
