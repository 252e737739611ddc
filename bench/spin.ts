// Spin as a peer: builds a verifier from bench/admission.pml, runs it, and reads what it prints. Compilation is
// not counted. Never installs anything; bench/peers.sh does.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { finish } from './process.ts'
import type { AdmissionSize, Measured } from './subject.ts'

const MODEL = fileURLToPath(new URL('./admission.pml', import.meta.url))
/** Longer than any path without a repetition at the sizes that are measured. */
const DEPTH_MAX = 100_000

/** What of it is missing on this machine. */
export async function missingForSpin(): Promise<readonly string[]> {
  const missing: string[] = []
  for (const [program, flag] of [
    ['spin', '-V'],
    ['gcc', '--version'],
  ] as const) {
    await finish(program, [flag]).catch(() => missing.push(program))
  }
  return missing
}

/** Searches the admission race with Spin, with its partial-order reduction or without. */
export async function searchBySpin(
  { users, connections, messages, drops }: AdmissionSize,
  { reduced }: { readonly reduced: boolean },
): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-spin-'))
  try {
    const sizes = [`-DU=${users}`, `-DC=${connections}`, `-DM=${messages}`, `-DD=${drops}`]
    await finish('spin', ['-a', ...sizes, MODEL], { folder })
    const flags = ['-O2', '-DSAFETY', ...(reduced ? [] : ['-DNOREDUCE'])]
    await finish('gcc', [...flags, '-o', 'pan', 'pan.c'], { folder })
    // The shell says what the processor was busy for: on its last line, what its children took.
    const { text, seconds } = await finish('sh', ['-c', `./pan -m${DEPTH_MAX} && times`], { folder })
    return { ...read(text), seconds }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function read(text: string): Omit<Measured, 'seconds'> {
  const number = (pattern: RegExp) => {
    const found = pattern.exec(text)?.[1]
    if (found === undefined) throw new Error(`Expected ${pattern} in what Spin prints, found\n${text}`)
    return Number(found)
  }
  const isWhole = !text.includes('max search depth too small')
  return {
    verdict: number(/errors: (\d+)/) > 0 ? 'violated' : isWhole ? 'holds' : 'bounded',
    states: number(/(\d+) states, stored/),
    // It counts the initial state as one.
    transitions: number(/(\d+) transitions/) - 1,
    peakBytes: number(/([\d.]+)\s+total actual memory usage/) * 2 ** 20,
    calls: { actors: 0 },
    cpuSeconds: cpuSecondsOf(text),
  }
}

/** Reads `1m2.5s 0m0.1s`, of user and system. */
function cpuSecondsOf(text: string): number {
  const last = text.trimEnd().split('\n').at(-1) ?? ''
  return [...last.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  )
}
