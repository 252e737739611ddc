// The states that were visited, each once: as a few 32-bit words, in the order in which they were found, with
// the one each was found from. What finds a state again is a bit for each possible state while those fit,
// such bits in pages where they are many, and an open-addressing table where they are sparse; it changes from
// one to the next by itself, when states turn out to be wider.

import { hashOfWords } from '../digest.ts'
import { decode, encode, type Layout } from './layout.ts'
import type { Store } from './report.ts'

const CHUNK_BITS = 16
const CHUNK = 1 << CHUNK_BITS
/** At most so many bits are a bitset: 128 MB. */
const BITSET_BITS_MAX = 30
const PAGE_BITS = 15
/** At most so many bits are pages: a directory of 64 MB. */
const PAGED_BITS_MAX = 24 + PAGE_BITS
/** With fewer states a page than this, pages cost more than a table. */
const STATES_PER_PAGE_MIN = 256
const PAGES_BEFORE_JUDGED = 64
const SLOTS_MIN = 1 << 10

export class StateStore {
  layout: Layout
  count = 0
  kind: Store = 'bitset'
  /** The number of the state that was added last, or was known; only for a store that `needsIndex`. */
  at = 0
  readonly #needsIndex: boolean
  #states: Uint32Array[] = []
  #parents: Int32Array[] = []
  #bits = new Uint32Array(1)
  #directory = new Int32Array(0)
  #pages: Uint32Array[] = []
  // A slot holds a state's number and one; 0 is free.
  #slots = new Int32Array(0)
  #mask = 0

  /** `needsIndex` is for a search that asks which number a known state has: then it is a table. */
  constructor(layout: Layout, needsIndex: boolean) {
    this.layout = layout
    this.#needsIndex = needsIndex
    this.#begin()
  }

  /** The chunk of words that a state is in, and where in it: `chunk(n)[offset(n) + word]`. */
  chunk(state: number): Uint32Array {
    return this.#states[state >>> CHUNK_BITS] as Uint32Array
  }

  offset(state: number): number {
    return (state & (CHUNK - 1)) * this.layout.width
  }

  /** The state that a state was found from; itself for an initial one. */
  parent(state: number): number {
    return (this.#parents[state >>> CHUNK_BITS] as Int32Array)[state & (CHUNK - 1)] as number
  }

  get bytes(): number {
    const { width } = this.layout
    const stored = this.#states.length * CHUNK * (4 * width + 4)
    const pages = this.#pages.length * ((1 << PAGE_BITS) / 8)
    return stored + this.#bits.byteLength + this.#directory.byteLength + pages + this.#slots.byteLength
  }

  /** Adds a state, and says whether it is new. */
  add(words: Uint32Array, parent: number): boolean {
    switch (this.kind) {
      case 'bitset':
        return this.#addBit(this.#bits, words[0] as number, words, parent)
      case 'paged bitset':
        return this.#addPaged(words, parent)
      case 'table':
        return this.#addToTable(words, parent)
    }
  }

  /**
   * Adds the states that differ from `words` in one number, which is `id` there and one of `targets` in them; the
   * words are as before then. Sets `at` to the earliest of these states.
   */
  addVariants(words: Uint32Array, place: number, id: number, targets: Int32Array, parent: number): void {
    const word = this.layout.word[place] as number
    const shift = this.layout.shift[place] as number
    const before = words[word] as number
    const base = before - (id << shift)
    let earliest = Number.POSITIVE_INFINITY
    if (this.kind === 'bitset') {
      const bits = this.#bits
      for (let index = 0; index < targets.length; index++) {
        const state = base + ((targets[index] as number) << shift)
        if (((bits[state >>> 5] as number) & (1 << (state & 31))) !== 0) continue
        bits[state >>> 5] = (bits[state >>> 5] as number) | (1 << (state & 31))
        words[word] = state
        this.#push(words, parent)
      }
    } else {
      for (let index = 0; index < targets.length; index++) {
        words[word] = base + ((targets[index] as number) << shift)
        this.add(words, parent)
        if (this.at < earliest) earliest = this.at
      }
      this.at = earliest
    }
    words[word] = before
  }

  /** The number of a known state, or -1. Only for a store that `needsIndex`. */
  indexOf(words: Uint32Array): number {
    let slot = hashOfWords(words, words.length) & this.#mask
    for (;;) {
      const stored = this.#slots[slot] as number
      if (stored === 0) return -1
      if (this.#isSame(stored - 1, words)) return stored - 1
      slot = (slot + 1) & this.#mask
    }
  }

  /** Lays all states out anew, when a number has grown out of its bits. */
  widen(layout: Layout): void {
    const before = this.layout
    const states = this.#states
    const parents = this.#parents
    const count = this.count
    const ids = new Int32Array(layout.bits.length)
    const words = new Uint32Array(layout.width)
    this.layout = layout
    this.#states = []
    this.#parents = []
    this.count = 0
    this.#begin()
    for (let state = 0; state < count; state++) {
      const chunk = states[state >>> CHUNK_BITS] as Uint32Array
      decode(before, chunk, (state & (CHUNK - 1)) * before.width, ids)
      encode(layout, ids, words)
      this.add(words, (parents[state >>> CHUNK_BITS] as Int32Array)[state & (CHUNK - 1)] as number)
    }
  }

  #begin(): void {
    const { total } = this.layout
    this.#bits = new Uint32Array(0)
    this.#directory = new Int32Array(0)
    this.#pages = []
    this.#slots = new Int32Array(0)
    if (!this.#needsIndex && total <= BITSET_BITS_MAX) {
      this.kind = 'bitset'
      this.#bits = new Uint32Array(Math.max(1, 2 ** (total - 5)))
    } else if (!this.#needsIndex && total <= PAGED_BITS_MAX && this.kind !== 'table') {
      this.kind = 'paged bitset'
      this.#directory = new Int32Array(2 ** (total - PAGE_BITS))
    } else {
      this.kind = 'table'
      this.#grow(SLOTS_MIN)
    }
  }

  #addBit(bits: Uint32Array, index: number, words: Uint32Array, parent: number): boolean {
    const at = index >>> 5
    const bit = 1 << (index & 31)
    const word = bits[at] as number
    if ((word & bit) !== 0) return false
    bits[at] = word | bit
    this.#push(words, parent)
    return true
  }

  #addPaged(words: Uint32Array, parent: number): boolean {
    const low = words[0] as number
    const page = (low >>> PAGE_BITS) + (words.length > 1 ? (words[1] as number) * 2 ** (32 - PAGE_BITS) : 0)
    let number = this.#directory[page] as number
    if (number === 0) {
      if (this.#isSparse()) {
        this.#toTable()
        return this.#addToTable(words, parent)
      }
      this.#pages.push(new Uint32Array((1 << PAGE_BITS) / 32))
      number = this.#pages.length
      this.#directory[page] = number
    }
    return this.#addBit(this.#pages[number - 1] as Uint32Array, low & ((1 << PAGE_BITS) - 1), words, parent)
  }

  #isSparse(): boolean {
    const pages = this.#pages.length
    return pages >= PAGES_BEFORE_JUDGED && this.count < pages * STATES_PER_PAGE_MIN
  }

  #toTable(): void {
    this.kind = 'table'
    this.#directory = new Int32Array(0)
    this.#pages = []
    let slots = SLOTS_MIN
    while (this.count * 2 > slots) slots *= 2
    this.#grow(slots)
  }

  #addToTable(words: Uint32Array, parent: number): boolean {
    let slot = hashOfWords(words, words.length) & this.#mask
    for (;;) {
      const stored = this.#slots[slot] as number
      if (stored === 0) break
      if (this.#isSame(stored - 1, words)) {
        this.at = stored - 1
        return false
      }
      slot = (slot + 1) & this.#mask
    }
    this.at = this.count
    this.#push(words, parent)
    this.#slots[slot] = this.count
    if (this.count * 8 > this.#slots.length * 5) this.#grow(this.#slots.length * 2)
    return true
  }

  #isSame(state: number, words: Uint32Array): boolean {
    const chunk = this.#states[state >>> CHUNK_BITS] as Uint32Array
    const at = (state & (CHUNK - 1)) * words.length
    for (let word = 0; word < words.length; word++) {
      if (chunk[at + word] !== words[word]) return false
    }
    return true
  }

  #push(words: Uint32Array, parent: number): void {
    const state = this.count++
    const at = state & (CHUNK - 1)
    const { width } = this.layout
    if (at === 0) {
      this.#states.push(new Uint32Array(CHUNK * width))
      this.#parents.push(new Int32Array(CHUNK))
    }
    const chunk = this.#states[state >>> CHUNK_BITS] as Uint32Array
    for (let word = 0; word < width; word++) chunk[at * width + word] = words[word] as number
    ;(this.#parents[state >>> CHUNK_BITS] as Int32Array)[at] = parent < 0 ? state : parent
  }

  #grow(slots: number): void {
    this.#slots = new Int32Array(slots)
    this.#mask = slots - 1
    const words = new Uint32Array(this.layout.width)
    for (let state = 0; state < this.count; state++) {
      const chunk = this.chunk(state)
      const at = this.offset(state)
      for (let word = 0; word < words.length; word++) words[word] = chunk[at + word] as number
      let slot = hashOfWords(words, words.length) & this.#mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = state + 1
    }
  }
}
