// The hunts of a gate: this shard's chunks of seeds, for as long as there are any and the budget lasts, put together
// by scenario. What is found depends on the chunks alone, never on which was ready first. Prints nothing.

import { mergeReports, type Seeds, saturationOf } from '../../sim/index.ts'
import type { Move } from '../check-moves.ts'
import { nowMs } from '../deadline.ts'
import type { Report } from '../hunting.ts'
import { Interrupted, type Limits, type Pool, ThreadEnded, TimedOut } from '../pool.ts'
import type { Subject } from '../subjects.ts'
import { type HuntedSeeds, type HuntTask, type Manner, seedsText } from '../tasks.ts'
import type { Budget } from './budget.ts'
import type { Chunk } from './plan.ts'
import { joined } from './result.ts'

/** What the hunts of one scenario came to. */
export interface Gathered {
  /** Of all seeds that were run; undefined where none was. */
  readonly report: Report | undefined
  readonly seeds: readonly Seeds[]
  readonly moves: readonly (readonly Move[] | null)[]
  /** A sentence on the first seeds that came to no end; none where all did. */
  readonly lost: readonly string[]
}

export interface HuntsOptions extends Manner, Limits, Pick<HuntTask, 'checkDeterminism'> {
  readonly budget: Budget
  /** How many properties of scenarios are known to be violated. */
  readonly findings: number
  /** Whether a scenario is left alone once nothing new has come of it for long. */
  readonly endsFamiliar: boolean
  readonly onProgress: (progress: { readonly runs: number; readonly failures: number }) => void
}

interface Found {
  readonly hunted: HuntedSeeds[]
  readonly lost: { readonly seeds: Seeds; readonly how: string }[]
  /** How many seeds are handed to a thread at once. What is found does not depend on it. */
  pieceSeeds: number
  /** How many runs there were since one was the only one of its order among those of its piece. */
  familiar: number
  /** The properties that are. */
  readonly violated: Set<string>
  /** How long a run takes, at the least: the first ones take longer, as all has to be loaded. */
  runMs: number
}

/** Long enough to be worth handing over, short enough that a budget that ends cuts off little. */
const PIECE_MS = 200
const PIECE_SEEDS_MIN = 5

function pieceSeeds(seeds: number, tookMs: number): number {
  return Math.max(PIECE_SEEDS_MIN, Math.round((seeds * PIECE_MS) / Math.max(1, tookMs)))
}

/** So many runs after one another that show nothing new, and a hunt that has only time for a bound has seen it all. */
const FAMILIAR_RUNS = 2_000

function isDone({ lost, familiar }: Found, { endsFamiliar }: HuntsOptions): boolean {
  // What once came to no end would take the whole budget.
  return lost.length > 0 || (endsFamiliar && familiar >= FAMILIAR_RUNS)
}

export async function huntChunks(
  pool: Pool,
  { subjects, chunks }: { subjects: readonly Subject[]; chunks: Iterator<Chunk> },
  options: HuntsOptions,
): Promise<readonly Gathered[]> {
  const all = subjects.map(
    (): Found => ({
      hunted: [],
      lost: [],
      pieceSeeds: PIECE_SEEDS_MIN,
      familiar: 0,
      violated: new Set(),
      runMs: Number.POSITIVE_INFINITY,
    }),
  )
  const progress = { runs: 0, failures: 0 }
  const lane = async () => {
    while (!options.signal.aborted && !all.every((own) => isDone(own, options))) {
      const next = chunks.next()
      if (next.done === true) return
      const chunk = next.value
      const own = all[chunk.index] as Found
      if (isDone(own, options)) continue
      const subject = subjects[chunk.index] as Subject
      for (let { first, count } = chunk.seeds; count > 0; ) {
        const leftMs = leftToHuntMs(all, options)
        const seeds = { first, count: Math.min(count, own.pieceSeeds) }
        const began = options.budget.elapsedMs()
        const hunted = leftMs > 0 ? await huntOne(pool, { subject, seeds, leftMs }, options) : undefined
        if (hunted === undefined) return
        if (typeof hunted === 'string') {
          own.lost.push({ seeds, how: hunted })
          break
        }
        const { seeds: done, failures, properties } = hunted.report
        own.hunted.push(hunted)
        own.familiar = isFamiliar(hunted) ? own.familiar + done.count : 0
        const tookMs = options.budget.elapsedMs() - began
        own.pieceSeeds = pieceSeeds(done.count, tookMs)
        for (const one of properties) if (one.violated > 0) own.violated.add(one.property)
        own.runMs = Math.min(own.runMs, tookMs / done.count)
        progress.runs += done.count
        progress.failures += failures
        options.onProgress(progress)
        // Less than was asked for is what there was time for.
        if (done.count < seeds.count) return
        first += done.count
        count -= done.count
      }
    }
  }
  await Promise.all(Array.from({ length: pool.workers }, lane))
  return all.map(gathered)
}

/** So that all that is violated can still be recorded. */
function leftToHuntMs(all: readonly Found[], { budget, findings }: HuntsOptions): number {
  const violated = all.filter((own) => own.violated.size > 0)
  const count = violated.reduce((sum, own) => sum + own.violated.size, findings)
  return budget.leftToSearchMs(count, Math.max(0, ...violated.map(({ runMs }) => runMs)))
}

function isFamiliar({ report: { orders } }: HuntedSeeds): boolean {
  return orders !== null && saturationOf(orders).once === 0
}

/** Of a budget: what does not end in time by itself has so much longer. */
const OVERTIME_SHARE = 0.02

/** What one chunk gave, as far as it came; a sentence's end where it came to no end, and nothing where it was called off. */
async function huntOne(
  pool: Pool,
  { subject, seeds, leftMs }: { subject: Subject; seeds: Seeds; leftMs: number },
  { strategy, timing, checkDeterminism, timeoutMs, signal, budget }: HuntsOptions,
): Promise<HuntedSeeds | string | undefined> {
  const how = { strategy, timing, checkDeterminism, coverage: true, untilMs: nowMs() + leftMs }
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

function gathered({ hunted, lost }: Found): Gathered {
  const inOrder = hunted.toSorted((a, b) => a.report.seeds.first - b.report.seeds.first)
  const [first, ...rest] = inOrder.map(({ report }) => ({ ...report, measures: [] }))
  return {
    report: first && rest.reduce(merged, first),
    seeds: joined(inOrder.map(({ report }) => report.seeds)),
    moves: inOrder.flatMap(({ moves }) => (moves === null ? [] : [moves])),
    lost: lost
      .toSorted((a, b) => a.seeds.first - b.seeds.first)
      // The others were on their way when the first came to no end, which depends on the number of threads.
      .slice(0, 1)
      .map(({ seeds, how }) => `${seedsText(seeds)} ${how}.`),
  }
}

/** Of seeds with gaps between them, too: how many there are is right, and the first of each finding. */
function merged(whole: Report, next: Report): Report {
  const { first, count } = whole.seeds
  return mergeReports(whole, { ...next, seeds: { first: first + count, count: next.seeds.count } })
}
