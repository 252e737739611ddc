// Every random draw of a run. Streams are named, and each is seeded from the run's seed and its own name
// alone, so that a draw added in one place moves no draw in another. Nothing else in heddle is random.
//
// The generator is seedrandom's Alea (Johannes Baagøe, "Better random numbers for JavaScript", 2010): pure
// IEEE double arithmetic, so the same on every machine, and cheap to seed, which a run does many times.

import seedrandom from 'seedrandom'
import { HeddleError } from './error.ts'

/** One draw as the log of a run keeps it, so that a divergence can say which draw differed. */
export interface Draw {
  readonly stream: string
  readonly label: string
  readonly value: number
}

/** A stream's position: plain JSON, to be given back to {@link RandomStream.restore}. */
export type StreamState = seedrandom.State.Alea

const TWO_32 = 2 ** 32
const UINT32_MAX = 0xffffffff

export class RandomStream {
  readonly name: string
  #generator: seedrandom.StatefulPRNG<StreamState>
  readonly #log: Draw[] | undefined

  constructor(seed: string, name: string, log?: Draw[]) {
    this.name = name
    this.#generator = seedrandom.alea('', { state: seededState(`${seed}/${name}`) })
    this.#log = log
  }

  /**
   * An integer from `min` to `max`, both included, every one equally likely. A range of one value draws
   * nothing. Throws HEDDLE_RANDOM_RANGE unless both are safe integers with `min <= max`.
   */
  integer(min: number, max: number, label: string): number {
    const size = max - min + 1
    if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && size >= 1 && size <= 2 ** 53 - 1)) {
      throw new HeddleError(
        'HEDDLE_RANDOM_RANGE',
        `Expected safe integers min <= max, found [${min}, ${max}].`,
      )
    }
    if (size === 1) return min
    const value = min + (size <= TWO_32 ? this.#below32(size) : this.#below53(size))
    this.#log?.push({ stream: this.name, label, value })
    return value
  }

  save(): StreamState {
    return this.#generator.state()
  }

  restore(state: StreamState): void {
    this.#generator = seedrandom.alea('', { state })
  }

  /** 32 bits: what the generator's own int32 gives, unsigned, in one call instead of two. */
  #word(): number {
    return (this.#generator() * TWO_32) >>> 0
  }

  // Rejection instead of a remainder: the values past the largest multiple of `size` are drawn again, so
  // that none is likelier than another. Fewer than half are ever rejected.
  #below32(size: number): number {
    // In 32-bit arithmetic, which is several times as fast as a remainder of doubles; 0 stands for 2^32.
    const divisor = size >>> 0
    if (divisor === 0) return this.#word()
    for (;;) {
      const word = this.#word()
      if (word <= UINT32_MAX - divisor || word <= lastOfWholeRounds(divisor)) return word % divisor
    }
  }

  #below53(size: number): number {
    const limit = 2 ** 53 - (2 ** 53 % size)
    for (;;) {
      const word = (this.#word() >>> 11) * TWO_32 + this.#word()
      if (word < limit) return word % size
    }
  }
}

const HASH_START = 0xefc8249d
const HASH_FACTOR = 0.02519603282416938
// Alea begins with the hash of a space, of two and of three.
const SPACE = hashed(HASH_START, ' ')
const SPACES_2 = hashed(SPACE, ' ')
const SPACES_3 = hashed(SPACES_2, ' ')

/**
 * The state in which `seedrandom.alea(seed)` begins. Seeding is most of what a short run draws for, and with
 * plain local variables it takes a fifth of the time that it takes in the library's closures. A test holds
 * the two to the same result.
 */
function seededState(seed: string): StreamState {
  const first = hashed(SPACES_3, seed)
  const second = hashed(first, seed)
  const third = hashed(second, seed)
  return {
    c: 1,
    s0: fractionBetween(SPACE, first),
    s1: fractionBetween(SPACES_2, second),
    s2: fractionBetween(SPACES_3, third),
  }
}

/** Alea's hash (Mash), carried on from what it was. */
function hashed(before: number, text: string): number {
  let hash = before
  for (let i = 0; i < text.length; i++) {
    hash += text.charCodeAt(i)
    let product = HASH_FACTOR * hash
    hash = product >>> 0
    product -= hash
    product *= hash
    hash = product >>> 0
    product -= hash
    hash += product * TWO_32
  }
  return hash
}

/** The difference of two hashes as fractions of 1, wrapped around into [0, 1). */
function fractionBetween(from: number, to: number): number {
  const difference = (from >>> 0) / TWO_32 - (to >>> 0) / TWO_32
  return difference < 0 ? difference + 1 : difference
}

/** The last of the 32-bit words that fall on each remainder equally often; above `UINT32_MAX - divisor`. */
function lastOfWholeRounds(divisor: number): number {
  return UINT32_MAX - (((UINT32_MAX % divisor) + 1) % divisor)
}

/** The streams of one run, made when they are first asked for. */
export class RandomStreams {
  readonly #seed: string
  readonly #log: Draw[] | undefined
  readonly #streams = new Map<string, RandomStream>()

  constructor(seed: string, log?: Draw[]) {
    this.#seed = seed
    this.#log = log
  }

  stream(name: string): RandomStream {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      stream = new RandomStream(this.#seed, name, this.#log)
      this.#streams.set(name, stream)
    }
    return stream
  }
}
