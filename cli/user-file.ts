// Imports a file of the user's own: TypeScript without a build step, as an ES module or, where its package.json does
// not say "module", as CommonJS. Runs the file's code, so only a worker thread does it; and from then on hears what that
// code throws after everything that called it is over.

import { existsSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { oneLine, plain, thrownAt } from '../failures/index.ts'
import { built } from './built.ts'
import { UsageError } from './exit.ts'

/** Those that a scenario may import, and that need nothing else to be installed. */
const DOORS = ['index.js', 'model.js', 'properties.js'] as const

type Exports = Readonly<Record<string, unknown>>

let registered: Promise<void> | undefined
let inPlay: string | undefined
/** What a user's file threw late; in an object, as it may be undefined. */
let late: { readonly error: unknown } | undefined

/** The exports of the file at an absolute path. Throws a UsageError that says what the file throws. */
export async function importUserFile(path: string): Promise<Exports> {
  inPlay = path
  registered ??= register()
  await registered
  try {
    return unwrapped(await import(pathToFileURL(path).href))
  } catch (error) {
    throw new UsageError(`Loading ${nameOfFile(path)} failed: ${whyNot(error)}`)
  }
}

/** What a file was refused for. The compiler is told that every file is a `.ts`, and says so of one that is not there. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(error)
  const message = error.message.replace(/^(.+)\.ts(?=:\d+:\d+: )/gm, (shown, stem: string) => {
    const file = ENDS.map((end) => stem + end).find((one) => existsSync(one))
    return file === undefined ? shown : nameOfFile(file)
  })
  const at = thrownAt(error)
  return oneLine(`${error.name}: ${message}`) + (at === null ? '' : ` (${plain(at)})`)
}

const ENDS = ['.ts', '.mts', '.cts', '.tsx'] as const

/** A file as a person at this terminal calls it. */
export function nameOfFile(path: string): string {
  return plain(relative(process.cwd(), path) || path)
}

/** The user's file that was imported last since {@link forgetUserFile}. */
export function userFileInPlay(): string | undefined {
  return inPlay
}

export function forgetUserFile(): void {
  inPlay = undefined
}

/** How long a real timer in code under test gets to show itself. */
const LATE_MS = 5

/** What a user's file has thrown late, in this thread; where more of it is to run here, that shows later what is later yet. */
export async function lateError(goesOn: boolean): Promise<{ readonly error: unknown } | undefined> {
  if (!goesOn) await new Promise((resolve) => setTimeout(resolve, LATE_MS))
  return late
}

/** Once in a thread, and only where there is such a file, as loading tsx takes its time. */
async function register(): Promise<void> {
  // Without a listener, the thread would end before anybody could say why.
  for (const name of ['uncaughtException', 'unhandledRejection']) {
    process.on(name, (error: unknown) => {
      late ??= { error }
    })
  }
  const [commonJs, esm] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')])
  commonJs.register()
  esm.register()
  await shareDoors()
}

/**
 * Hands this thread's own heddle to a CommonJS file that requires it. Else the loader would make another one out of the
 * same files, whose errors and tasks this one does not know.
 */
async function shareDoors(): Promise<void> {
  const { cache } = createRequire(import.meta.url)
  for (const door of DOORS) {
    const path = built(door)
    const module = new Module(path)
    module.filename = path
    module.exports = await import(pathToFileURL(path).href)
    module.loaded = true
    cache[path] = module
  }
}

/** A CommonJS module that was compiled from an ES module comes with its exports inside its default. */
function unwrapped(module: Exports): Exports {
  const { default: inner } = module
  return typeof inner === 'object' && inner !== null && '__esModule' in inner ? (inner as Exports) : module
}
