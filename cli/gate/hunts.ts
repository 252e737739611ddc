// The hunts of a gate: this shard's chunks of seeds, for as long as there are any and the budget lasts, put together
// by scenario. What is found depends on the chunks alone, never on which was ready first. Prints nothing.

import type { Seeds } from '../../sim/index.ts'
import { nowMs } from '../deadline.ts'
import { Interrupted, type Limits, type Pool, ThreadEnded, TimedOut } from '../pool.ts'
import type { Subject } from '../subjects.ts'
import type { HuntedSeeds, HuntTask, Manner } from '../tasks.ts'
import type { Budget } from './budget.ts'
import { type Gathered, Gathering, type Work } from './gathering.ts'
import type { Chunk } from './plan.ts'

export interface HuntsOptions extends Manner, Limits, Pick<HuntTask, 'checkDeterminism'> {
  readonly budget: Budget
  /** How many properties of scenarios are known to be violated. */
  readonly findings: number
  /** Whether a scenario is left alone once nothing new has come of it for long, and others come first. */
  readonly endsFamiliar: boolean
  /** The places of scenarios that a search has covered whole, and found to hold. */
  readonly covered: ReadonlySet<number>
  readonly onProgress: (progress: { readonly runs: number; readonly failures: number }) => void
}

/** Long enough to be worth handing over, short enough that a budget that ends cuts off little. */
const PIECE_MS = 200
const PIECE_SEEDS_MIN = 5

/** How many seeds are handed to a thread at once. What is found does not depend on it. */
function pieceSeeds({ lastRunMs }: Gathering): number {
  return Math.max(PIECE_SEEDS_MIN, Math.round(PIECE_MS / Math.max(0.001, lastRunMs)))
}

/** So many runs after one another that show nothing new, and a hunt that has only time for a bound has seen it all. */
const FAMILIAR_RUNS = 2_000
/** Runs of what a search has covered, for what only times and real delays show, before others come first. */
const COVERED_RUNS = 100

class Hunts {
  readonly #pool: Pool
  readonly #subjects: readonly Subject[]
  readonly #options: HuntsOptions
  readonly #all: readonly Gathering[]
  readonly #progress = { runs: 0, failures: 0 }

  constructor(pool: Pool, subjects: readonly Subject[], options: HuntsOptions) {
    this.#pool = pool
    this.#subjects = subjects
    this.#options = options
    this.#all = subjects.map(() => new Gathering())
  }

  async run(chunks: Iterator<Chunk>): Promise<readonly Gathered[]> {
    const lane = async () => {
      while (!this.#options.signal.aborted && !this.#all.every((own) => this.#isDone(own))) {
        const { done, value: chunk } = chunks.next()
        if (done === true) return
        if (!this.#isWanted(chunk.index)) continue
        const own = this.#all[chunk.index] as Gathering
        const work = own.begin(chunk.seeds)
        const goesOn = await this.#work(own, chunk, work).finally(() => own.end(work))
        if (!goesOn) return
      }
    }
    await Promise.all(Array.from({ length: this.#pool.workers }, lane))
    return this.#all.map((own) => own.gathered())
  }

  #isDone({ isLost, familiar }: Gathering): boolean {
    // What once came to no end would take the whole budget.
    return isLost || (this.#options.endsFamiliar && familiar >= FAMILIAR_RUNS)
  }

  #isWanted(index: number): boolean {
    const { covered, endsFamiliar } = this.#options
    const own = this.#all[index] as Gathering
    if (this.#isDone(own)) return false
    const isEnough = endsFamiliar && covered.has(index) && own.runs >= COVERED_RUNS
    return !isEnough || this.#all.every((other, place) => covered.has(place) || this.#isDone(other))
  }

  /** Runs a chunk piece by piece, as far as there is time; whether there is more. */
  async #work(own: Gathering, { index, seeds: { first, count } }: Chunk, work: Work): Promise<boolean> {
    const { budget, onProgress } = this.#options
    const subject = this.#subjects[index] as Subject
    while (work.next < first + count) {
      const seeds = { first: work.next, count: Math.min(first + count - work.next, pieceSeeds(own)) }
      const leftMs = this.#leftMs()
      const began = budget.elapsedMs()
      const hunted =
        leftMs > 0 ? await huntOne(this.#pool, { subject, seeds, leftMs }, this.#options) : undefined
      if (hunted === undefined) return false
      if (typeof hunted === 'string') {
        own.lose(seeds, hunted)
        return true
      }
      own.add(work, hunted, budget.elapsedMs() - began)
      const { report } = hunted
      this.#progress.runs += report.seeds.count
      this.#progress.failures += report.failures
      onProgress(this.#progress)
      // Less than was asked for is what there was time for.
      if (report.seeds.count < seeds.count) return false
    }
    return true
  }

  /** So that all that is violated can still be recorded. */
  #leftMs(): number {
    const { budget, findings } = this.#options
    const violated = this.#all.filter((own) => own.violated.size > 0)
    const count = violated.reduce((sum, own) => sum + own.violated.size, findings)
    return budget.leftToSearchMs(count, Math.max(0, ...violated.map(({ runMs }) => runMs)))
  }
}

export function huntChunks(
  pool: Pool,
  { subjects, chunks }: { subjects: readonly Subject[]; chunks: Iterator<Chunk> },
  options: HuntsOptions,
): Promise<readonly Gathered[]> {
  return new Hunts(pool, subjects, options).run(chunks)
}

/** Of a budget: what does not end in time by itself has so much longer. */
const OVERTIME_SHARE = 0.02

/** What one chunk gave, as far as it came; a sentence's end where it came to no end, and nothing where it was called off. */
async function huntOne(
  pool: Pool,
  { subject, seeds, leftMs }: { subject: Subject; seeds: Seeds; leftMs: number },
  { strategy, timing, checkDeterminism, timeoutMs, signal, budget }: HuntsOptions,
): Promise<HuntedSeeds | string | undefined> {
  const covers = { coverage: true, measures: false }
  const how = { strategy, timing, checkDeterminism, ...covers, untilMs: nowMs() + leftMs }
  const endMs = leftMs + (budget.totalMs ?? 0) * OVERTIME_SHARE
  try {
    const task = { kind: 'hunt', ...subject, ...how, seeds } as const
    const hunted = await pool.run(task, { timeoutMs: Math.min(timeoutMs, endMs), signal })
    return hunted.report.seeds.count === 0 ? undefined : hunted
  } catch (error) {
    if (error instanceof Interrupted) return undefined
    if (error instanceof ThreadEnded) return `ended the thread: ${error.message}`
    if (!(error instanceof TimedOut)) throw error
    // What the budget cuts off is no finding.
    return endMs < timeoutMs ? undefined : `never settled: no end after ${timeoutMs / 1_000} s`
  }
}
