// Which coordinator a word of the command line or of a replay file means: one of heddle's own by name, or a
// user's by file. Loading a file runs its code, so only a worker thread does it. A word that comes from a
// replay file is only ever looked up among the names.

import { stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { plain } from '../failures/index.ts'
import {
  type CatalogueEntry,
  type Coordinator,
  competing,
  connectionCoordinator,
  single,
} from '../model/index.ts'
import { kept } from './contract.ts'
import { UsageError } from './exit.ts'
import { find } from './options.ts'
import { importUserFile, nameOfFile } from './user-file.ts'

/** Says the same in every thread. `path` is absolute. */
export type CoordinatorRef =
  | { readonly kind: 'built-in'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }

interface BuiltIn {
  readonly name: string
  readonly about: string
  readonly coordinator: Coordinator
}

export const BUILT_IN: readonly BuiltIn[] = [
  {
    name: 'single',
    about: 'one machine per user; another connection waits and is promoted',
    coordinator: single(),
  },
  {
    name: 'single:takeover',
    about: 'one machine per user; a newer connection takes over',
    coordinator: single('takeover'),
  },
  {
    name: 'single:reject',
    about: 'one machine per user; another connection is closed',
    coordinator: single('reject'),
  },
  {
    name: 'class',
    about: 'the same, as the class ConnectionCoordinator for a real server',
    coordinator: connectionCoordinator(),
  },
  {
    name: 'class:takeover',
    about: 'the class; a newer connection takes over',
    coordinator: connectionCoordinator('takeover'),
  },
  {
    name: 'class:reject',
    about: 'the class; another connection is closed',
    coordinator: connectionCoordinator('reject'),
  },
  {
    name: 'competing',
    about: 'the bug: two machines a connection, side by side, under different ids',
    coordinator: competing,
  },
]

const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']

/** What `--coordinator` means. Throws a UsageError for a name that is unknown, and a file that is not there. */
export async function chosen(word: string): Promise<CoordinatorRef> {
  const isFile = EXTENSIONS.includes(extname(word)) || /[/\\]/.test(word)
  if (!isFile) return { kind: 'built-in', name: find('coordinator', word, BUILT_IN).name }
  const path = resolve(word)
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) {
    throw new UsageError(`Expected a coordinator in ${plain(word)}, found no such file (${found.code}).`)
  }
  if (!found.isFile())
    throw new UsageError(`Expected a coordinator in ${plain(word)}, found no regular file.`)
  return { kind: 'file', path }
}

/** `single` and `class` under the policy that a scenario is meant for; any other as it is. */
export function forEntry(ref: CoordinatorRef, entry: CatalogueEntry): CoordinatorRef {
  if (ref.kind === 'file' || entry.single === undefined) return ref
  if (ref.name !== 'single' && ref.name !== 'class') return ref
  return { kind: 'built-in', name: entry.single.name.replace('single', ref.name) }
}

export function nameOf(ref: CoordinatorRef): string {
  return ref.kind === 'file' ? nameOfFile(ref.path) : ref.name
}

/** The coordinator itself. Runs the user's code; throws a UsageError when that fails, or gives no coordinator. */
export async function load(ref: CoordinatorRef): Promise<Coordinator> {
  if (ref.kind === 'built-in') return find('coordinator', ref.name, BUILT_IN).coordinator
  const own = kept((await importUserFile(ref.path)).default, nameOf(ref))
  if (BUILT_IN.some(({ name }) => name === own.name)) {
    throw new UsageError(
      `${nameOf(ref)} names its coordinator "${own.name}" like one of heddle's own, and a replay file of it would mean that one. Choose another name.`,
    )
  }
  return own
}
