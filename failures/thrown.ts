// Where the code under test threw, for a person: the first line of a stack that is the user's own, from the folder that
// they are in. Other machines have other paths, so none of it goes into a record.

import { dirname, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const FRAME = /^\s*at (?:.*? \()?(?:async )?(.+?):(\d+):(\d+)\)?$/
/** The folder of heddle's own files, once they are built. */
const OWN = dirname(fileURLToPath(import.meta.url)) + sep

/** `src/inbox.ts:12:5`; null where nothing was thrown, or no line of its stack is the user's. */
export function thrownAt(thrown: Error | undefined): string | null {
  for (const line of String(thrown?.stack ?? '').split('\n')) {
    const [, file = '', row, column] = FRAME.exec(line) ?? []
    const path = pathOf(file)
    if (path !== undefined) return `${relative(process.cwd(), path).split(sep).join('/')}:${row}:${column}`
  }
  return null
}

/** The path of a file of the user's; undefined of the host's, of a package's, and of heddle's own. */
function pathOf(file: string): string | undefined {
  const path = file.startsWith('file://') ? fileURLToPath(file) : file
  const isUsers = path.includes(sep) && !path.startsWith('node:') && !path.startsWith(OWN)
  return isUsers && !path.includes(`${sep}node_modules${sep}`) ? path : undefined
}
