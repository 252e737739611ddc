// The states that several threads have visited, in memory that they share: a bit for each possible state, or an
// open-addressing table. Whoever puts a state in owns it, and nobody else does. It never moves while slices run.

import { hashOfWords } from '../digest.ts'

const SLOTS_MIN = 1 << 16
/** Of the slots of a table, so many may be taken. */
const LOAD_MAX = 0.7
/** New states that one thread counts for itself before it says so. */
const COUNTED_TOGETHER = 256
/** The tag of a slot whose words are being written; no state has it. */
const BUSY = 1

export type VisitedKind = 'bits' | 'slots'

export class Visited {
  readonly kind: VisitedKind
  readonly width: number
  /** The bits; or by slot a tag, 0 while it is free, and the words of a state; and the count at the end. */
  readonly memory: Int32Array
  readonly #mask: number
  readonly #taken: number
  #uncounted = 0

  constructor(kind: VisitedKind, width: number, memory: Int32Array) {
    this.kind = kind
    this.width = width
    this.memory = memory
    this.#taken = memory.length - 1
    this.#mask = kind === 'bits' ? 0 : this.#taken / (width + 1) - 1
  }

  /** For words of so many bits in all. */
  static bits(total: number): Visited {
    return new Visited('bits', 1, shared(Math.max(1, 2 ** (total - 5))))
  }

  /** For so many states. */
  static slots(width: number, states: number): Visited {
    let slots = SLOTS_MIN
    while (slots * LOAD_MAX < states) slots *= 2
    return new Visited('slots', width, shared(slots * (width + 1) + 1))
  }

  /** Whether it takes some more states; those that other threads have not counted yet come on top. */
  get hasRoom(): boolean {
    return this.kind === 'bits' || (this.memory[this.#taken] as number) < (this.#mask + 1) * LOAD_MAX
  }

  /** The states that it takes in all. */
  get statesMax(): number {
    return this.kind === 'bits' ? Number.POSITIVE_INFINITY : Math.floor((this.#mask + 1) * LOAD_MAX)
  }

  /** Puts a state in, and says whether it is new. */
  add(words: Int32Array): boolean {
    if (this.kind === 'slots') return this.#addToSlots(words)
    const key = words[0] as number
    const bit = 1 << (key & 31)
    return (Atomics.or(this.memory, key >>> 5, bit) & bit) === 0
  }

  /** Whether something is true of a state, asked of each until it is. */
  some(test: (words: Uint32Array) => boolean): boolean {
    const { memory, width } = this
    const words = new Uint32Array(width)
    if (this.kind === 'slots') {
      for (let at = 0; at < this.#taken; at += width + 1) {
        if (memory[at] === 0) continue
        for (let word = 0; word < width; word++) words[word] = memory[at + 1 + word] as number
        if (test(words)) return true
      }
      return false
    }
    for (let at = 0; at < memory.length; at++) {
      for (let left = memory[at] as number; left !== 0; left &= left - 1) {
        words[0] = at * 32 + (31 - Math.clz32(left & -left))
        if (test(words)) return true
      }
    }
    return false
  }

  #addToSlots(words: Int32Array): boolean {
    const { memory, width } = this
    // The lowest two bits are left free.
    const hashed = hashOfWords(words, width) & ~3
    const tag = hashed | 2
    for (let slot = hashed >>> 2; ; slot++) {
      const at = (slot & this.#mask) * (width + 1)
      let found = Atomics.load(memory, at)
      if (found === 0) {
        found = Atomics.compareExchange(memory, at, 0, BUSY)
        if (found === 0) {
          for (let word = 0; word < width; word++) memory[at + 1 + word] = words[word] as number
          Atomics.store(memory, at, tag)
          this.#count()
          return true
        }
      }
      while (found === BUSY) found = Atomics.load(memory, at)
      if (found === tag && this.#isSame(at + 1, words)) return false
    }
  }

  #isSame(at: number, words: Int32Array): boolean {
    for (let word = 0; word < this.width; word++) if (this.memory[at + word] !== words[word]) return false
    return true
  }

  #count(): void {
    if (++this.#uncounted < COUNTED_TOGETHER) return
    this.countAll()
  }

  /** Says how many states this thread has put in; for the end of its work. */
  countAll(): void {
    if (this.kind === 'slots') Atomics.add(this.memory, this.#taken, this.#uncounted)
    this.#uncounted = 0
  }
}

function shared(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * length))
}
