// Hunts scenarios on worker threads: splits the seeds into chunks of a fixed size and puts the reports together
// in order, so that the result is the same for any number of workers. Says what never settled. Prints nothing.

import { type HuntReport, mergeReports, type Seeds } from '../sim/index.ts'
import { allMoves } from './check-coverage.ts'
import type { Move } from './check-moves.ts'
import { eachOf, Interrupted, type Limits, type Pool, ThreadEnded, TimedOut } from './pool.ts'
import type { Subject } from './subjects.ts'
import type { HuntedSeeds, HuntTask, Manner, Taken } from './tasks.ts'

export type Report = HuntReport<Taken>

/** Whether no run came to rest, so that nothing was judged to its end. */
export function neverRests({ cutShort, seeds }: Report): boolean {
  return cutShort > 0 && cutShort === seeds.count
}

export interface Hunted {
  readonly subject: Subject
  /** Of the seeds that were run; undefined where none was. */
  readonly report: Report | undefined
  /** What connections' lifecycles did in them, where the hunt was asked for coverage, and there are connections. */
  readonly moves: readonly Move[] | null
}

/** A chunk of seeds that gave no report. */
export interface Lost {
  readonly subject: Subject
  readonly seeds: Seeds
  /** What became of it, as the end of a sentence, with its full stop; and what it may come from. */
  readonly how: string
}

export interface Outcome {
  readonly hunted: readonly Hunted[]
  /** The first chunk of each scenario that is lost, which ends the hunt of that one. */
  readonly lost: readonly Lost[]
  readonly interrupted: boolean
}

export interface HuntingOptions extends Manner, Limits, Pick<HuntTask, 'checkDeterminism' | 'coverage'> {
  readonly seeds: Seeds
  /** Told after each chunk. */
  readonly onProgress: (progress: { runs: number; failures: number }) => void
}

/** Seeds in a chunk: enough to be worth handing over, few enough to share out evenly. */
export const CHUNK_SEEDS = 25

interface Chunk {
  readonly index: number
  readonly subject: Subject
  readonly seeds: Seeds
}

export async function huntAll(
  pool: Pool,
  subjects: readonly Subject[],
  options: HuntingOptions,
): Promise<Outcome> {
  const chunks = subjects.flatMap((subject, index) => chunksOf({ index, subject, seeds: options.seeds }))
  const found: HuntedSeeds[][] = subjects.map(() => [])
  const progress = { runs: 0, failures: 0 }
  const lost: (Lost | undefined)[] = subjects.map(() => undefined)
  let interrupted = false
  await eachOf(chunks, pool.workers, async (chunk) => {
    const { index, subject, seeds } = chunk
    if (lost[index] !== undefined || interrupted) return
    const { strategy, timing, checkDeterminism, coverage } = options
    const how = { strategy, timing, checkDeterminism, coverage }
    try {
      const hunted = await pool.run({ kind: 'hunt', ...subject, ...how, seeds }, options)
      const { report } = hunted
      found[index]?.push(hunted)
      progress.runs += report.seeds.count
      progress.failures += report.failures
      options.onProgress(progress)
    } catch (error) {
      if (error instanceof Interrupted) interrupted = true
      else lost[index] = earlier(lost[index], { subject, seeds, how: howLost(error, options.timeoutMs) })
    }
  })
  const hunted = subjects.map((subject, index) => ({ subject, ...merged(found[index] as HuntedSeeds[]) }))
  return { hunted, lost: lost.filter((one) => one !== undefined), interrupted }
}

/** Others were on their way when the first was lost, which depends on the number of threads. */
function earlier(one: Lost | undefined, other: Lost): Lost {
  return one !== undefined && one.seeds.first < other.seeds.first ? one : other
}

function chunksOf(whole: Chunk): Chunk[] {
  const { first, count } = whole.seeds
  return Array.from({ length: Math.ceil(count / CHUNK_SEEDS) }, (_, chunk) => {
    const done = chunk * CHUNK_SEEDS
    return { ...whole, seeds: { first: first + done, count: Math.min(CHUNK_SEEDS, count - done) } }
  })
}

/** What was found in one scenario, in whichever order it came, up to the first gap that a hunt cut short left. */
function merged(found: readonly HuntedSeeds[]): Omit<Hunted, 'subject'> {
  const [first, ...rest] = found.toSorted((a, b) => a.report.seeds.first - b.report.seeds.first)
  if (first === undefined) return { report: undefined, moves: null }
  let { report } = first
  const moves = [first.moves]
  for (const next of rest) {
    if (next.report.seeds.first !== report.seeds.first + report.seeds.count) break
    report = mergeReports(report, next.report)
    moves.push(next.moves)
  }
  const all = allMoves(moves)
  return { report, moves: all && [...all.taken, ...all.illegal] }
}

function howLost(error: unknown, timeoutMs: number): string {
  if (error instanceof TimedOut) {
    return `never settled: no end after ${timeoutMs / 1_000} s. Does it loop without a sleep() or an operation()?`
  }
  if (error instanceof ThreadEnded) return `ended its thread: ${error.message}.`
  throw error
}
