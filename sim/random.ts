// Every random draw of a run. Streams are named, and each is seeded from the run's seed and its own name
// alone, so that a draw added in one place moves no draw in another. Nothing else in heddle is random.
//
// The generator is seedrandom's Alea (Johannes Baagøe, "Better random numbers for JavaScript", 2010): pure
// IEEE double arithmetic, so the same on every machine, and cheap to seed, which a run does many times.

import seedrandom from 'seedrandom'
import { mixed } from './digest.ts'
import { HeddleError } from './error.ts'

/** One draw as the log of a run keeps it, so that a divergence can say which draw differed. */
export interface Draw {
  readonly stream: string
  readonly label: string
  readonly value: number
}

/** A stream's position: plain JSON, to be given back to {@link RandomStream.restore}. @internal */
export type StreamState = seedrandom.State.Alea

const TWO_32 = 2 ** 32
const UINT32_MAX = 0xffffffff
const SMALL_MAX = 1 << 20
const SLASH = 0x2f

export class RandomStream {
  readonly name: string
  #generator: seedrandom.StatefulPRNG<StreamState>
  readonly #log: Draw[] | undefined

  constructor(seed: string, name: string, log?: Draw[]) {
    this.name = name
    this.#generator = seedrandom.alea('', { state: seededState(seed, name) })
    this.#log = log
  }

  /**
   * An integer from `min` to `max`, both included, every one equally likely. A range of one value draws
   * nothing. Throws HEDDLE_RANDOM_RANGE unless both are safe integers with `min <= max`.
   */
  integer(min: number, max: number, label: string): number {
    const size = max - min + 1
    if ((min | 0) === min && (max | 0) === max && size > 1 && size <= SMALL_MAX) {
      const value = min + this.#belowSmall(size)
      if (this.#log !== undefined) this.#log.push({ stream: this.name, label, value })
      return value
    }
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

  /** @internal */
  save(): StreamState {
    return this.#generator.state()
  }

  /** @internal */
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

  /**
   * The same for a small range, without a division: Lemire, "Fast random integer generation in an interval", ACM
   * TOMACS 2019. The generator gives multiples of 2^-32, so that a product with 20 bits is exact.
   */
  #belowSmall(size: number): number {
    for (;;) {
      const scaled = this.#generator() * size
      const value = scaled | 0
      const rest = scaled - value
      // Only what is below the size, in units of the generator, needs a closer look.
      if (rest >= size / TWO_32 || rest >= (TWO_32 % size) / TWO_32) return value
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

/**
 * The state in which a stream begins: three fractions of 32 bits each, of two hashes over the text. Seeding in the
 * library hashes the text three times in floating point, which costs a short run more than all that it draws.
 */
function seededState(seed: string, name: string): StreamState {
  let one = 0x811c9dc5
  let other = 0x9747b28c
  // The text is `seed/name`, which is never put together.
  const length = seed.length + 1 + name.length
  for (let i = 0; i < length; i++) {
    const at = i - seed.length
    const code = at < 0 ? seed.charCodeAt(i) : at === 0 ? SLASH : name.charCodeAt(at - 1)
    one = Math.imul(one ^ code, 0x01000193)
    other = Math.imul(other ^ code, 0x5bd1e995)
    other ^= other >>> 15
  }
  return {
    c: 1,
    s0: mixed(one) / TWO_32,
    s1: mixed(other) / TWO_32,
    s2: mixed(one + Math.imul(other, 0x9e3779b1)) / TWO_32,
  }
}

/** The last of the 32-bit words that fall on each remainder equally often; above `UINT32_MAX - divisor`. */
function lastOfWholeRounds(divisor: number): number {
  return UINT32_MAX - (((UINT32_MAX % divisor) + 1) % divisor)
}

/** The streams of one run, made when they are first asked for. */
export class RandomStreams {
  readonly #seed: string
  readonly #log: Draw[] | undefined
  // Made with the second stream, as many runs have but one.
  #streams: Map<string, RandomStream> | undefined
  #first: RandomStream | undefined

  constructor(seed: string, log?: Draw[]) {
    this.#seed = seed
    this.#log = log
  }

  stream(name: string): RandomStream {
    const first = this.#first
    if (first?.name === name) return first
    const known = this.#streams?.get(name)
    if (known !== undefined) return known
    const stream = new RandomStream(this.#seed, name, this.#log)
    if (first === undefined) this.#first = stream
    else {
      this.#streams ??= new Map()
      this.#streams.set(name, stream)
    }
    return stream
  }
}
