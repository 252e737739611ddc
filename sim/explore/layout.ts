// How a state, a few small numbers, is laid into words of 32 bits, and read from them.

/** Where in the words of a state each of its numbers stands. */
export interface Layout {
  /** Words of a state. */
  readonly width: number
  readonly word: readonly number[]
  readonly shift: readonly number[]
  readonly bits: readonly number[]
  /** Bits in all. */
  readonly total: number
}

/** Lays numbers of so many bits each into words of 32, in their order. */
export function layoutOf(bits: readonly number[]): Layout {
  const word: number[] = []
  const shift: number[] = []
  let current = 0
  let used = 0
  for (const size of bits) {
    if (used + size > 32) {
      current++
      used = 0
    }
    word.push(current)
    shift.push(used)
    used += size
  }
  // Words before the last one are counted as full, as an index is made of them by place.
  return { width: current + 1, word, shift, bits, total: current * 32 + used }
}

/** Reads a state's numbers from its words. */
export function decode(layout: Layout, words: Uint32Array, at: number, ids: Int32Array): void {
  const { word, shift, bits } = layout
  for (let index = 0; index < bits.length; index++) {
    const size = bits[index] as number
    const value = (words[at + (word[index] as number)] as number) >>> (shift[index] as number)
    ids[index] = size === 32 ? value : value & ((1 << size) - 1)
  }
}

/** Writes a state's numbers into words. */
export function encode(layout: Layout, ids: Int32Array, words: Uint32Array): void {
  const { word, shift, bits } = layout
  words.fill(0)
  for (let index = 0; index < bits.length; index++) {
    const at = word[index] as number
    words[at] = ((words[at] as number) | ((ids[index] as number) << (shift[index] as number))) >>> 0
  }
}

/** Bits that a number takes. */
export function bitsFor(largest: number): number {
  return largest <= 0 ? 1 : 32 - Math.clz32(largest)
}

/** Bits for a module's numbers, with room for twice as many as are known; 0 where there are none, as of a budget. */
export function roomFor(known: { readonly list: readonly unknown[] } | undefined): number {
  return known === undefined ? 0 : bitsFor(2 * (known.list.length - 1))
}
