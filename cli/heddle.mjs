#!/usr/bin/env node
// The command `heddle`: has tsx load TypeScript, so that this package's sources and a user's own files need
// no build step, and hands over to main.ts. It decides nothing else.

import { register } from 'tsx/esm/api'

register()
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv)
