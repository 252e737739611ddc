#!/usr/bin/env node
// The command `heddle`: hands over to main.ts. It decides nothing else.

// Until main.ts listens, a signal ends the process by itself, at once; a shell reports the same code for it.
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv)

export {}
