// How much of what could happen a hunt has seen: how many of its runs are the same but for the order of independent
// steps, and from that, how likely the next run is a new one. Looks at runs that are over; changes nothing.
//
// Two runs are the same if their dependence graphs are (A. Mazurkiewicz, "Trace theory", 1987): the same events, and
// the same order between any two of which one writes what the other reads or writes. The graph has one form, whatever
// order it was executed in, and is hashed node by node, each with what it depends on, as a Merkle tree is. What an
// event was created by, and the order within a channel, need no edges of their own: they are the same in every run
// that has these events.

import { hashOfId, mixed } from './digest.ts'
import type { Event, Footprint } from './event.ts'
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

/** Collects the orders of runs, one by one, as their steps happen. */
export class OrderCounter {
  #runs = 0
  readonly #counts = new Map<number, number>()
  #kept: Orders = { runs: 0, hashes: [], counts: [] }
  // Beyond it stands no hash that will be kept.
  #largest = HASHES
  readonly #graph = new DependenceGraph()

  /** Begins with a run; one that was begun and not added does not count. */
  begin(): void {
    this.#graph.begin()
  }

  step({ event, footprint }: Pick<Step, 'event' | 'footprint'>): void {
    this.#graph.step(event, footprint)
  }

  /** Adds the run that was begun last. */
  add(): void {
    const { hash } = this.#graph
    this.#runs++
    if (hash > this.#largest) return
    this.#counts.set(hash, (this.#counts.get(hash) ?? 0) + 1)
    if (this.#counts.size >= SAMPLE_MAX) this.#settle()
  }

  orders(): Orders {
    this.#settle()
    return this.#kept
  }

  #settle(): void {
    const hashes = [...this.#counts.keys()].sort((a, b) => a - b)
    const counts = hashes.map((hash) => this.#counts.get(hash) as number)
    this.#kept = mergeOrders(this.#kept, { runs: this.#runs, hashes, counts })
    if (this.#kept.hashes.length === SAMPLE_MAX) this.#largest = this.#kept.hashes.at(-1) as number
    this.#runs = 0
    this.#counts.clear()
  }
}

// What the last steps did to a name: the hash of the last one that wrote it, and the sum of those of the steps that have
// read it since, so that their order does not matter. Two words for each hash, as one would be too few to tell runs
// apart. The name's own hash stands beside them, as the same step may be the last one that wrote several; and the run that
// they are of, as what earlier runs did to a name counts no more.
const NAME = 0
const RUN = 1
const WRITE = 2
const READS = 4
const WORDS = 6

/** Hashes the dependence graphs of runs, one after the other, step by step. */
class DependenceGraph {
  // By name: where its words begin.
  readonly #places = new Map<string, number>()
  #words = new Int32Array(64 * WORDS)
  #run = 0
  #low = 0
  #high = 0
  // The places of what the last step of the run touched, as many have the same footprint.
  #footprint: Footprint | undefined
  #reads: readonly number[] = []
  #writes: readonly number[] = []

  /** Of the steps since the last beginning: an integer below 2^53. */
  get hash(): number {
    const low = this.#low
    const high = this.#high
    return (mixedWith(high, low) & 0x1fffff) * 2 ** 32 + (mixedWith(low, high) >>> 0)
  }

  begin(): void {
    this.#run = (this.#run + 1) | 0
    this.#low = 0
    this.#high = 0
    this.#footprint = undefined
  }

  step(event: Event, footprint: Footprint): void {
    if (footprint !== this.#footprint) this.#touch(footprint)
    const words = this.#words
    let low = event.hash | 0
    let high = mixedWith(low, 0x9e3779b9)
    // Sums, as the order of names says nothing.
    for (const place of this.#reads) {
      const name = words[place + NAME] as number
      low = (low + mixedWith(words[place + WRITE] as number, name)) | 0
      high = (high + mixedWith(words[place + WRITE + 1] as number, name)) | 0
    }
    for (const place of this.#writes) {
      const name = words[place + NAME] as number
      const write = mixedWith(words[place + WRITE] as number, name)
      low = (low + write + mixedWith(words[place + READS] as number, ~name)) | 0
      const writeHigh = mixedWith(words[place + WRITE + 1] as number, name)
      high = (high + writeHigh + mixedWith(words[place + READS + 1] as number, ~name)) | 0
    }
    low = mixedWith(low, 0x1715609d)
    high = mixedWith(high, 0xb54cda56)
    this.#leave(low, high)
    this.#low = (this.#low + low) | 0
    this.#high = (this.#high + high) | 0
  }

  #leave(low: number, high: number): void {
    const words = this.#words
    for (const place of this.#reads) {
      words[place + READS] = (words[place + READS] as number) + low
      words[place + READS + 1] = (words[place + READS + 1] as number) + high
    }
    for (const place of this.#writes) {
      words[place + WRITE] = low
      words[place + WRITE + 1] = high
      words[place + READS] = 0
      words[place + READS + 1] = 0
    }
  }

  #touch(footprint: Footprint): void {
    this.#footprint = footprint
    this.#reads = footprint.reads.map((name) => this.#placeOf(name))
    this.#writes = footprint.writes.map((name) => this.#placeOf(name))
  }

  #placeOf(name: string): number {
    const place = this.#places.get(name) ?? this.#newPlace(name)
    const words = this.#words
    if (words[place + RUN] !== this.#run) {
      words.fill(0, place + WRITE, place + WORDS)
      words[place + RUN] = this.#run
    }
    return place
  }

  #newPlace(name: string): number {
    const place = this.#places.size * WORDS
    if (place === this.#words.length) {
      const words = new Int32Array(place * 2)
      words.set(this.#words)
      this.#words = words
    }
    this.#places.set(name, place)
    this.#words[place + NAME] = hashOfId(name)
    return place
  }
}

/** Two words mixed into one. */
function mixedWith(word: number, seed: number): number {
  return mixed(word ^ seed) | 0
}
