// Builds the package before the tests, so that none of them runs what was built from other sources.

import { build } from 'tsdown'

export default async function setUp(): Promise<void> {
  await build({ logLevel: 'error' })
}
