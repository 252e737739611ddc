// What the hunts of one scenario came to so far. Pieces are put together as they come, in the order of their seeds, so
// that a long gate keeps no more of them than its threads are apart. It runs nothing.

import { mergeReports, type Seeds, saturationOf } from '../../sim/index.ts'
import { allMoves } from '../check-coverage.ts'
import type { Move } from '../check-moves.ts'
import type { Report } from '../hunting.ts'
import { type HuntedSeeds, seedsText } from '../tasks.ts'
import { joined } from './result.ts'

/** What the hunts of one scenario came to. */
export interface Gathered {
  /** Of all seeds that were run; undefined where none was. */
  readonly report: Report | undefined
  readonly seeds: readonly Seeds[]
  /** Null where there are no connections. */
  readonly moves: readonly Move[] | null
  /** A sentence on the first seeds that came to no end; none where all did. */
  readonly lost: readonly string[]
}

/** A chunk of seeds that is being run, in ascending order, and the next of them. */
export interface Work {
  next: number
}

export class Gathering {
  /** The properties that are. */
  readonly violated = new Set<string>()
  runs = 0
  /** How many runs there were since one was the only one of its order among those of its piece. */
  familiar = 0
  /** How long a run takes, at the least: the first ones take longer, as all has to be loaded. */
  runMs = Number.POSITIVE_INFINITY
  /** The same of the last piece. */
  lastRunMs = Number.POSITIVE_INFINITY
  readonly #open = new Set<Work>()
  /** Those behind seeds that are still being run. */
  #waiting: HuntedSeeds[] = []
  #report: Report | undefined
  #seeds: readonly Seeds[] = []
  #moves: readonly Move[] | null = null
  #lost: { readonly seeds: Seeds; readonly how: string }[] = []

  /** Chunks begin in the order of their seeds, and may be worked on at the same time. */
  begin({ first }: Seeds): Work {
    const work = { next: first }
    this.#open.add(work)
    return work
  }

  add(work: Work, hunted: HuntedSeeds, tookMs: number): void {
    const { seeds, properties, orders } = hunted.report
    work.next = seeds.first + seeds.count
    this.runs += seeds.count
    this.lastRunMs = tookMs / seeds.count
    this.runMs = Math.min(this.runMs, this.lastRunMs)
    const isFamiliar = orders !== null && saturationOf(orders).once === 0
    this.familiar = isFamiliar ? this.familiar + seeds.count : 0
    for (const { property, violated } of properties) if (violated > 0) this.violated.add(property)
    this.#waiting.push(hunted)
    this.#fold()
  }

  lose(seeds: Seeds, how: string): void {
    this.#lost.push({ seeds, how })
  }

  get isLost(): boolean {
    return this.#lost.length > 0
  }

  /** Also where the chunk was not run to its end. */
  end(work: Work): void {
    this.#open.delete(work)
    this.#fold()
  }

  /** Of all chunks that were begun, once they have ended. */
  gathered(): Gathered {
    // The others were on their way when the first came to no end, which depends on the number of threads.
    const [lost] = this.#lost.toSorted((a, b) => a.seeds.first - b.seeds.first)
    return {
      report: this.#report,
      seeds: this.#seeds,
      moves: this.#moves,
      lost: lost === undefined ? [] : [`${seedsText(lost.seeds)} ${lost.how}.`],
    }
  }

  #fold(): void {
    const before = Math.min(...[...this.#open].map(({ next }) => next))
    const isReady = ({ report }: HuntedSeeds) => report.seeds.first < before
    const ready = this.#waiting.filter(isReady)
    this.#waiting = this.#waiting.filter((one) => !isReady(one))
    for (const { report, moves } of ready.toSorted((a, b) => a.report.seeds.first - b.report.seeds.first)) {
      this.#seeds = joined([...this.#seeds, report.seeds])
      this.#report = this.#report === undefined ? report : merged(this.#report, report)
      const all = allMoves([this.#moves, moves])
      this.#moves = all && [...all.taken, ...all.illegal]
    }
  }
}

/** Of seeds with gaps between them, too: how many there are is right, and the first of each finding. */
function merged(whole: Report, next: Report): Report {
  const { first, count } = whole.seeds
  return mergeReports(whole, { ...next, seeds: { first: first + count, count: next.seeds.count } })
}
