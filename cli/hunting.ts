// Hunts scenarios on worker threads: splits the seeds into chunks and puts the reports together in order, so that the
// result is the same for any number of workers. Says which seeds never settled. Prints nothing.

import type { Measure } from '../model/index.ts'
import { type HuntReport, mergeReports, type Seeds } from '../sim/index.ts'
import { allMoves } from './check-coverage.ts'
import type { Move } from './check-moves.ts'
import { nowMs } from './deadline.ts'
import { eachOf, Interrupted, type Limits, type Pool, ThreadEnded, TimedOut } from './pool.ts'
import type { Subject } from './subjects.ts'
import type { HuntedSeeds, HuntTask, Manner } from './tasks.ts'

export type Report = HuntReport<Measure>

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

export interface HuntingOptions
  extends Manner,
    Limits,
    Pick<HuntTask, 'checkDeterminism' | 'coverage' | 'measures'> {
  readonly seeds: Seeds
  /** Told after each piece of a chunk. */
  readonly onProgress: (progress: { runs: number; failures: number }) => void
}

/** Seeds in a chunk at the least: few enough to share out evenly, and to look for the one that never settles. */
export const CHUNK_SEEDS = 25
/** Chunks of a scenario at the most, as handing one over may cost what a thousand short runs do. */
const CHUNKS_MAX = 64
/** After so long, a thread says what it has found. */
const PIECE_MS = 500

export async function huntAll(
  pool: Pool,
  subjects: readonly Subject[],
  options: HuntingOptions,
): Promise<Outcome> {
  const size = Math.max(CHUNK_SEEDS, Math.ceil(options.seeds.count / CHUNKS_MAX))
  const hunts = subjects.map((subject) => new Hunt(pool, subject, options))
  const chunks = hunts.flatMap((hunt) => chunksOf(options.seeds, size).map((seeds) => ({ hunt, seeds })))
  const told = { runs: 0, failures: 0 }
  let interrupted = false
  await eachOf(chunks, pool.workers, async ({ hunt, seeds }) => {
    if (interrupted || hunt.lost !== undefined) return
    try {
      await hunt.run(seeds, () => {
        for (const of of ['runs', 'failures'] as const)
          told[of] = hunts.reduce((sum, one) => sum + one[of], 0)
        options.onProgress(told)
      })
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      interrupted = true
    }
  })
  return {
    hunted: hunts.map((hunt) => hunt.hunted()),
    lost: hunts.flatMap(({ lost }) => lost ?? []),
    interrupted,
  }
}

/** The hunt of one scenario. */
class Hunt {
  /** The first seeds that gave no report. */
  lost: Lost | undefined
  readonly #pool: Pool
  readonly #subject: Subject
  readonly #options: HuntingOptions
  #found: HuntedSeeds[] = []

  constructor(pool: Pool, subject: Subject, options: HuntingOptions) {
    this.#pool = pool
    this.#subject = subject
    this.#options = options
  }

  get runs(): number {
    return this.#found.reduce((sum, { report }) => sum + report.seeds.count, 0)
  }

  get failures(): number {
    return this.#found.reduce((sum, { report }) => sum + report.failures, 0)
  }

  hunted(): Hunted {
    return { subject: this.#subject, ...merged(this.#found) }
  }

  /** Runs a chunk, and says whether it came to its end. Throws Interrupted. */
  async run(seeds: Seeds, each: () => void): Promise<boolean> {
    try {
      await this.#pieces(seeds, each)
      return true
    } catch (error) {
      if (error instanceof Interrupted) throw error
      const how = howLost(error, this.#options.timeoutMs)
      // How much of it was run before depends on time, and what is said must not.
      this.#found = this.#found.filter(({ report }) => !isWithin(report.seeds, seeds))
      if (seeds.count > CHUNK_SEEDS) return this.#search(seeds, each)
      this.lost = earlier(this.lost, { subject: this.#subject, seeds, how })
      return false
    }
  }

  /** Once more in small chunks, to say where it was. */
  async #search(seeds: Seeds, each: () => void): Promise<boolean> {
    for (const few of chunksOf(seeds, CHUNK_SEEDS)) if (!(await this.run(few, each))) return false
    return true
  }

  async #pieces(seeds: Seeds, each: () => void): Promise<void> {
    const { strategy, timing, checkDeterminism, coverage, measures, timeoutMs, signal } = this.#options
    const how = { strategy, timing, checkDeterminism, coverage, measures }
    const end = seeds.first + seeds.count
    let pieceMs = PIECE_MS
    // Of this chunk: one report for all pieces, as there may be many.
    let chunk: HuntedSeeds | undefined
    for (let first = seeds.first; first < end; ) {
      const left = { first, count: end - first }
      const task = {
        kind: 'hunt',
        ...this.#subject,
        ...how,
        seeds: left,
        untilMs: nowMs() + pieceMs,
      } as const
      const hunted = await this.#pool.run(task, { timeoutMs, signal })
      const { count } = hunted.report.seeds
      if (count > 0) {
        const whole = chunk === undefined ? hunted : joined(chunk, hunted)
        this.#found = [...this.#found.filter((one) => one !== chunk), whole]
        chunk = whole
      }
      // A thread that has to start first, or code that takes its time, had too little for a single run.
      else pieceMs *= 2
      first += count
      each()
    }
  }
}

function isWithin(one: Seeds, whole: Seeds): boolean {
  return one.first >= whole.first && one.first < whole.first + whole.count
}

function chunksOf({ first, count }: Seeds, size: number): Seeds[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, chunk) => {
    const done = chunk * size
    return { first: first + done, count: Math.min(size, count - done) }
  })
}

/** Others were on their way when the first was lost, which depends on the number of threads. */
function earlier(one: Lost | undefined, other: Lost): Lost {
  return one !== undefined && one.seeds.first < other.seeds.first ? one : other
}

/** What was found in one scenario, in whichever order it came, up to the first gap that a hunt cut short left. */
function merged(found: readonly HuntedSeeds[]): Omit<Hunted, 'subject'> {
  const [first, ...rest] = found.toSorted((a, b) => a.report.seeds.first - b.report.seeds.first)
  if (first === undefined) return { report: undefined, moves: null }
  let whole = first
  for (const next of rest) {
    const { seeds } = whole.report
    if (next.report.seeds.first !== seeds.first + seeds.count) break
    whole = joined(whole, next)
  }
  const all = allMoves([whole.moves])
  return { report: whole.report, moves: all && [...all.taken, ...all.illegal] }
}

/** Of seeds that follow each other. */
function joined(a: HuntedSeeds, b: HuntedSeeds): HuntedSeeds {
  const all = allMoves([a.moves, b.moves])
  return { report: mergeReports(a.report, b.report), moves: all && [...all.taken, ...all.illegal] }
}

function howLost(error: unknown, timeoutMs: number): string {
  if (error instanceof TimedOut) {
    return `never settled: no end after ${timeoutMs / 1_000} s. Does it loop without a sleep() or an operation()?`
  }
  if (error instanceof ThreadEnded) return `ended its thread: ${error.message}.`
  throw error
}
