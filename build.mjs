// `npm run build`, and what the tests do before they begin, so that none of them runs what was built from other sources.
// The bundler's own command would say each time that it will need a newer Node.js.

import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'

export default async function setUp() {
  await build({ logLevel: 'error' })
  await leadToSources()
}

/**
 * For an editor, and for `tsc` by itself: types of each door that are those of its source, as a build to run makes none.
 * Those that were packed stay, as npm builds once more before it packs.
 */
async function leadToSources() {
  const { compilerOptions } = JSON.parse(
    await readFile(new URL('tsconfig.check.json', import.meta.url), 'utf8'),
  )
  for (const [door, [source]] of Object.entries(compilerOptions.paths)) {
    const name = door === 'heddle' ? 'index' : door.slice('heddle/'.length)
    const types = new URL(`dist/${name}.d.ts`, import.meta.url)
    await writeFile(types, `export * from '.${source}'\n`, { flag: 'wx' }).catch((error) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setUp()
