// Sends mutated replay files and tokens through the command's own path: a file on disk, a worker thread, a replay.
// Whatever comes of one must be a verdict, or one line that says what is wrong; and no file may be touched by it.

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { oneLine, readReplayFile } from '../failures/index.ts'
import { UsageError } from './exit.ts'
import { mutantOf, originals } from './fuzz.fixture.ts'
import { eachOf, Pool } from './pool.ts'

export interface Fuzzed {
  /** How many came to what, by the kind of mutation and what came of it. */
  readonly counts: ReadonlyMap<string, number>
  /** What must not be: crashes, hangs, refusals that are not one clear line, files touched. */
  readonly complaints: readonly string[]
  /** The longest that one took, and which. */
  readonly slowest: { readonly ms: number; readonly number: number; readonly kind: string }
}

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** Folders that others write to while this runs. */
const PASSED_OVER = ['node_modules', '.git', '.heddle']

/** Fuzzes with the mutants of these numbers. `timeoutMs`: after which one counts as hanging. */
export async function fuzz(
  { first, count }: { first: number; count: number },
  { workers, timeoutMs }: { workers: number; timeoutMs: number },
): Promise<Fuzzed> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-fuzz-'))
  const counts = new Map<string, number>()
  const complaints: string[] = []
  let slowest = { ms: 0, number: 0, kind: '' }
  const all = await originals()
  const before = listing(ROOT)
  const pool = new Pool(workers)
  const { signal } = new AbortController()
  try {
    // So that no mutant is charged for the start of a thread.
    const warmUp = async () => {
      const record = all[0]?.token ?? ''
      await pool.run({ kind: 'replay', record, coordinator: undefined }, { timeoutMs: 60_000, signal })
    }
    await eachOf([...Array(workers).keys()], workers, warmUp)
    await eachOf([...Array(count).keys()], workers, async (index) => {
      const number = first + index
      const { kind, record } = mutantOf(all, number)
      const file = join(folder, `${number}.replay`)
      if (typeof record !== 'string') writeFileSync(file, record)
      const began = performance.now()
      const sent = typeof record === 'string' ? record : await readReplayFile(file)
      const came = await pool
        .run({ kind: 'replay', record: sent, coordinator: undefined }, { timeoutMs, signal })
        .then(
          ({ outcome }) => outcome,
          (error: unknown) => refusal(error),
        )
      const ms = performance.now() - began
      if (ms > slowest.ms) slowest = { ms, number, kind }
      if (came.startsWith('!')) {
        complaints.push(`mutant ${number}, ${kind}: ${came.slice(1)}`)
        await warmUp()
      }
      const key = `${kind}: ${came.startsWith('!') ? 'complaint' : came}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
      rmSync(file, { force: true })
    })
    const left = readdirSync(folder)
    if (left.length > 0) complaints.push(`files were made: ${left.join(', ')}`)
    complaints.push(...differences(before, listing(ROOT)))
  } finally {
    await pool.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { counts, complaints, slowest }
}

const LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]{10,1000}$/u

/** `refused`, or behind an exclamation mark what is wrong with how it was. */
function refusal(error: unknown): string {
  if (!(error instanceof UsageError)) return `!${oneLine(error)} (${(error as Error).constructor.name})`
  return LINE.test(error.message) ? 'refused' : `!no clear line: ${JSON.stringify(error.message)}`
}

/** Every file of a folder, with its size and when it was changed. */
function listing(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const walk = (path: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (PASSED_OVER.includes(entry.name)) continue
      const child = join(path, entry.name)
      if (entry.isDirectory()) walk(child)
      else if (entry.isFile()) {
        const { size, mtimeMs } = statSync(child)
        files.set(child, `${size} ${mtimeMs}`)
      }
    }
  }
  walk(folder)
  return files
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  return paths.filter((path) => before.get(path) !== after.get(path)).map((path) => `${path} was touched`)
}
