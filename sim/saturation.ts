// How much of what could happen a hunt has seen: how many of its runs are the same but for the order of independent
// steps, and from that, how likely the next run is a new one. Looks at runs that are over; changes nothing.
//
// Two runs are the same if their dependence graphs are (A. Mazurkiewicz, "Trace theory", 1987): the same events, and
// the same order between any two of which one writes what the other reads or writes. The graph has one form, whatever
// order it was executed in, and is hashed node by node, each with what it depends on, as a Merkle tree is. What an
// event was created by, and the order within a channel, need no edges of their own: they are the same in every run
// that has these events.

import { hashOfId, mixed } from './digest.ts'
import type { Step } from './run.ts'

/**
 * Which dependence graphs were seen, and in how many runs each: the ones with the smallest hashes, at most
 * {@link SAMPLE_MAX} of them, and these exactly (K. Beyer et al., "On synopses for distinct-value estimation under
 * multiset operations", SIGMOD 2007). What is in it depends on the runs alone, never on how they were split up.
 */
export interface Orders {
  readonly runs: number
  /** Ascending; integers below 2^53, as evenly spread as a hash is. */
  readonly hashes: readonly number[]
  /** Index: as in `hashes`. In how many runs. */
  readonly counts: readonly number[]
}

/** Up to so many different orders are counted exactly; past that, they are estimated, within about 1 %. */
export const SAMPLE_MAX = 16_384

export interface Saturation {
  readonly runs: number
  /** How many different orders were seen; estimated where `exact` is false. */
  readonly distinct: number
  /** How many of them in one run only. */
  readonly once: number
  readonly exact: boolean
  /**
   * The probability that another run has an order that none had: the share of runs whose order no other run has
   * (Good and Turing: I. J. Good, "The population frequencies of species", Biometrika 1953). 1 without any run.
   */
  readonly unseen: number
}

const HASHES = 2 ** 53

export function saturationOf({ runs, hashes, counts }: Orders): Saturation {
  const exact = hashes.length < SAMPLE_MAX
  const seenOnce = counts.filter((count) => count === 1).length
  // Of evenly spread hashes, the k-th smallest stands at k / (distinct + 1) of the whole range.
  const last = hashes.at(-1) ?? 0
  const estimate = Math.round(((hashes.length - 1) * HASHES) / last)
  const distinct = exact ? hashes.length : Math.min(estimate, runs)
  const once = exact ? seenOnce : Math.round((distinct * seenOnce) / hashes.length)
  return { runs, distinct, once, exact, unseen: runs === 0 ? 1 : Math.min(1, once / runs) }
}

/** Those of both together. */
export function mergeOrders(a: Orders, b: Orders): Orders {
  const hashes: number[] = []
  const counts: number[] = []
  for (let i = 0, j = 0; hashes.length < SAMPLE_MAX; ) {
    const one = a.hashes[i] ?? Number.POSITIVE_INFINITY
    const other = b.hashes[j] ?? Number.POSITIVE_INFINITY
    if (one === other && one === Number.POSITIVE_INFINITY) break
    hashes.push(Math.min(one, other))
    counts.push(
      (one <= other ? (a.counts[i++] as number) : 0) + (other <= one ? (b.counts[j++] as number) : 0),
    )
  }
  return { runs: a.runs + b.runs, hashes, counts }
}

/** Collects the orders of runs, one by one. */
export class OrderCounter {
  #runs = 0
  readonly #counts = new Map<number, number>()
  #kept: Orders = { runs: 0, hashes: [], counts: [] }
  readonly #graph = new DependenceGraph()

  add(steps: readonly Step[]): void {
    const hash = this.#graph.hashOf(steps)
    this.#runs++
    this.#counts.set(hash, (this.#counts.get(hash) ?? 0) + 1)
    if (this.#counts.size >= SAMPLE_MAX) this.#settle()
  }

  orders(): Orders {
    this.#settle()
    return this.#kept
  }

  #settle(): void {
    const entries = [...this.#counts].sort(([a], [b]) => a - b)
    this.#kept = mergeOrders(this.#kept, {
      runs: this.#runs,
      hashes: entries.map(([hash]) => hash),
      counts: entries.map(([, count]) => count),
    })
    this.#runs = 0
    this.#counts.clear()
  }
}

/** What the last steps did to one name. Two hashes of 32 bits each, as one would be too few to tell runs apart. */
interface Touched {
  /** The name's own hash, as the same step may be the last one that wrote several. */
  readonly name: number
  run: number
  /** Of the last step that wrote it. */
  writeLow: number
  writeHigh: number
  /** Of the steps that have read it since, as a sum, so that their order does not matter. */
  readsLow: number
  readsHigh: number
}

/** Hashes the dependence graphs of runs, one after the other. */
class DependenceGraph {
  readonly #names = new Map<string, Touched>()
  #run = 0

  /** An integer below 2^53. */
  hashOf(steps: readonly Step[]): number {
    this.#run++
    let low = 0
    let high = 0
    for (const { event, footprint } of steps) {
      let stepLow = event.hash
      let stepHigh = mixedWith(event.hash, 0x9e3779b9)
      for (const name of footprint.reads) {
        const touched = this.#touched(name)
        // A sum, as the order of names says nothing.
        stepLow = (stepLow + mixedWith(touched.writeLow, touched.name)) | 0
        stepHigh = (stepHigh + mixedWith(touched.writeHigh, touched.name)) | 0
      }
      for (const name of footprint.writes) {
        const touched = this.#touched(name)
        stepLow =
          (stepLow + mixedWith(touched.writeLow, touched.name) + mixedWith(touched.readsLow, ~touched.name)) |
          0
        stepHigh =
          (stepHigh +
            mixedWith(touched.writeHigh, touched.name) +
            mixedWith(touched.readsHigh, ~touched.name)) |
          0
      }
      stepLow = mixedWith(stepLow, 0x1715609d)
      stepHigh = mixedWith(stepHigh, 0xb54cda56)
      this.#leave(footprint.reads, footprint.writes, stepLow, stepHigh)
      low = (low + stepLow) | 0
      high = (high + stepHigh) | 0
    }
    return (mixedWith(high, low) & 0x1fffff) * 2 ** 32 + (mixedWith(low, high) >>> 0)
  }

  #leave(reads: readonly string[], writes: readonly string[], low: number, high: number): void {
    for (const name of reads) {
      const touched = this.#touched(name)
      touched.readsLow = (touched.readsLow + low) | 0
      touched.readsHigh = (touched.readsHigh + high) | 0
    }
    for (const name of writes) {
      const touched = this.#touched(name)
      touched.writeLow = low
      touched.writeHigh = high
      touched.readsLow = 0
      touched.readsHigh = 0
    }
  }

  #touched(name: string): Touched {
    let touched = this.#names.get(name)
    if (touched === undefined) {
      touched = { name: hashOfId(name), run: 0, writeLow: 0, writeHigh: 0, readsLow: 0, readsHigh: 0 }
      this.#names.set(name, touched)
    }
    if (touched.run !== this.#run) {
      touched.run = this.#run
      touched.writeLow = touched.writeHigh = touched.readsLow = touched.readsHigh = 0
    }
    return touched
  }
}

/** Two words mixed into one. */
function mixedWith(word: number, seed: number): number {
  return mixed(word ^ seed) | 0
}
