// Replay files on disk: read within bounds, from a regular file only, and written whole or not at all, as any file
// of the command is. What is in one is for sim/ to judge.

import { constants, readdirSync } from 'node:fs'
import { access, mkdir, open, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { HeddleError, parseTrace, TRACE_LIMITS, type Trace } from '../sim/index.ts'
import { plain } from './text.ts'

export const REPLAY_EXTENSION = '.replay'
const BYTES_MAX = TRACE_LIMITS.bytes

/**
 * The replay files in a folder and those within it, by their names from there, sorted. A link to a file is one, and a
 * link to a folder is not followed, as it may lead back to where it is. Throws what reading a folder does.
 */
export function replayFilesIn(folder: string): readonly string[] {
  return [...filesBelow(folder, '')].sort((a, b) => (a < b ? -1 : 1))
}

function* filesBelow(folder: string, before: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = before + entry.name
    if (entry.isDirectory()) yield* filesBelow(join(folder, entry.name), `${file}/`)
    else if (file.endsWith(REPLAY_EXTENSION)) yield file
  }
}

/** The bytes of a replay file. Throws HEDDLE_FILE for what is no file, cannot be read, or is too large. */
export async function readReplayFile(path: string): Promise<Uint8Array> {
  const name = plain(path)
  // Without O_NONBLOCK, a FIFO that nobody writes to would be waited for.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(refuse(name))
  try {
    const stat = await file.stat()
    if (!stat.isFile()) {
      const found = stat.isDirectory() ? 'a directory' : 'something that is no regular file'
      throw new HeddleError('HEDDLE_FILE', `Expected a replay file at ${name}, found ${found}.`)
    }
    if (stat.size > BYTES_MAX) throw tooLarge(name, stat.size)
    // One byte more than may be, so that a file which grows meanwhile is noticed.
    const buffer = new Uint8Array(Math.min(BYTES_MAX, stat.size) + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await file
        .read(buffer, length, buffer.length - length, length)
        .catch(refuse(name))
      if (bytesRead === 0) break
      length += bytesRead
    }
    if (length > stat.size) throw new HeddleError('HEDDLE_FILE', `${name} grows while it is being read.`)
    return buffer.subarray(0, length)
  } finally {
    await file.close()
  }
}

/** What a replay file holds. Throws as {@link readReplayFile} and `parseTrace` do, each time with the path. */
export async function readTrace(path: string): Promise<Trace> {
  const bytes = await readReplayFile(path)
  try {
    return parseTrace(bytes)
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error
    throw new HeddleError(error.code, `${plain(path)}: ${error.message}`)
  }
}

function tooLarge(name: string, bytes: number): HeddleError {
  return new HeddleError(
    'HEDDLE_FILE',
    `Expected a replay file of at most ${BYTES_MAX} bytes at ${name}, found ${bytes}.`,
  )
}

function refuse(name: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw new HeddleError('HEDDLE_FILE', `Expected a replay file at ${name}, found ${reason(error)}.`)
  }
}

function reason(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'no such file'
  if (error.code === 'EACCES' || error.code === 'EPERM') return 'one that may not be read'
  return `one that cannot be read (${error.code})`
}

/**
 * Writes a replay file of a failure, its folder too where it is not there, and gives its path. It stands beside a file of
 * the same property that must not be lost: one that is to hold, or a smaller one where this is none that was shrunk.
 */
export async function writeReplayFile(
  folder: string,
  name: string,
  text: string,
  { isShrunk = false }: { readonly isShrunk?: boolean } = {},
): Promise<string> {
  const path = join(folder, name)
  const there = await readTrace(path).catch(() => undefined)
  const beside = there === undefined ? undefined : besideOf(there, parseTrace(text), isShrunk)
  if (beside !== undefined) {
    const other = name.replace(/(?=\.replay$)/, `.${beside}`)
    // What stands beside a smaller one takes the place of another that does.
    return writeReplayFile(folder, other, text, { isShrunk: isShrunk || beside === 'unshrunk' })
  }
  await writeWhole(path, text)
  return path
}

/** What the file of a failure has in its name, where one is there that must not be replaced. */
function besideOf(there: Trace, found: Trace, isShrunk: boolean): 'again' | 'unshrunk' | undefined {
  const { scenario, expect } = there.header
  if (scenario !== found.header.scenario || expect.property !== found.header.expect.property) return undefined
  if (expect.verdict === 'no violation found') return 'again'
  return !isShrunk && there.steps.length < found.steps.length ? 'unshrunk' : undefined
}

/** Writes a file whole or not at all, its folder too where it is not there. */
export async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await makeFolder(dirname(path))
    await writeFileAtomic(path, text)
  } catch (error) {
    throw new HeddleError('HEDDLE_FILE', `Writing ${plain(path)} failed: ${plain((error as Error).message)}.`)
  }
}

/**
 * Throws HEDDLE_FILE where no file can be written into a folder, or no such folder be made; makes none. `what` is what
 * is to be written there.
 */
export async function checkFolder(folder: string, what = 'replay files'): Promise<void> {
  try {
    let path = resolve(folder)
    while (!(await isFolder(path))) path = dirname(path)
    await access(path, constants.W_OK)
  } catch (error) {
    const found = plain((error as Error).message)
    throw new HeddleError(
      'HEDDLE_FILE',
      `Expected a folder for ${what}, which may be written to, at ${plain(folder)}, found that ${found}.`,
    )
  }
}

/**
 * Like a recursive mkdir, one folder after the other, as Node's own does not come back from where nobody can make
 * one, such as /proc.
 */
async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = []
  for (let path = resolve(folder); !(await isFolder(path)); path = dirname(path)) missing.push(path)
  for (const path of missing.reverse()) {
    await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
      // Another worker's finding may have made it meanwhile.
      if (error.code !== 'EEXIST' || !(await isFolder(path))) throw error
    })
  }
}

/** Whether it is there; throws where something else is. */
async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found !== undefined && !found.isDirectory()) throw new Error(`${plain(path)} is no folder`)
  return found !== undefined
}

const SLUG_CHARS_MAX = 60

/** `five-tabs.one-owner-per-user.replay`. A property's name comes from code under test, and may hold anything. */
export function replayFileName(scenario: string, property: string): string {
  return `${slug(scenario)}.${slug(property)}${REPLAY_EXTENSION}`
}

/** The name, or one like it: what two findings are named may differ in nothing that a file name keeps. */
export function untaken(name: string, taken: Set<string>): string {
  let free = name
  for (let count = 2; taken.has(free); count++) free = name.replace(/(?=\.replay$)/, `-${count}`)
  taken.add(free)
  return free
}

function slug(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return words.slice(0, SLUG_CHARS_MAX).replace(/^-+|-+$/g, '') || 'unnamed'
}
