// `npm run build`, and what the tests do before they begin, so that none of them runs what was built from other sources.
// The bundler's own command would say each time that it will need a newer Node.js.

import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'

export default async function setUp() {
  await build({ logLevel: 'error' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setUp()
