// The rest of a search, level by level, in slices that a pool of threads works on. Whatever they cannot tell from
// tables is worked out here, once; whatever would end the search is left to a search by one thread alone, which
// finds the first of it. So there is nothing here but counts, which are the same in any order.

import { decode, encode, type Layout, layoutOf, roomFor } from './layout.ts'
import type { Module } from './modules.ts'
import type { Search } from './search.ts'
import { type Slice, type SliceResult, searchSlice } from './slice.ts'
import { Tables } from './tables.ts'
import { Visited } from './visited.ts'

/** Threads that work on slices. Handed in from outside, as the engine itself has none. */
export interface SearchPool {
  /** How many may be used now; a search by itself is better than one thread beside it. */
  readonly workers: number
  /** A search that has stored so many states goes on in parallel, unless given where it is worth it. */
  readonly statesMin?: number
  /** Whether the threads have started; the first call starts them. Until then, slices are worked on by the caller. */
  isReady?(): boolean
  /** Works on a slice, with `searchSlice`, in any thread; its keys may be transferred. */
  run(slice: Slice): Promise<SliceResult>
}

/** With fewer states, threads cost more than they save. */
const STATES_MIN = 200_000
/** With fewer states for each call of an actor's code, the same. */
const STATES_PER_CALL_MIN = 50

/** Whether the rest of a search is worth the threads, and may go over several. */
export function isForMany(search: Search, pool: SearchPool | undefined): boolean {
  const { count } = search.store
  if (pool === undefined || count < (pool.statesMin ?? STATES_MIN)) return false
  // Code of actors runs in one thread, and the others would wait for it.
  const { calls } = search.modules.components.locals
  const isWorth = pool.statesMin !== undefined || calls * STATES_PER_CALL_MIN < count
  return isWorth && pool.workers > 1 && search.mayCount
}

/** Thrown where only a search by one thread alone can go on. */
export class Alone extends Error {}

/** States of a slice. A level is cut so that each worker gets several, as some take longer. */
const SLICE_MIN = 1 << 11
const SLICE_MAX = 1 << 15
const SLICES_PER_WORKER = 4
/** Where states are laid into more bits than this, they are no bitset. */
const BITS_MAX = 30

/** A level is taken in two rounds, and in another one each time there was no room. */
const ROUNDS_MAX = 40

export interface LevelsOptions {
  readonly pool: SearchPool
  /** Told after each slice and level. Waits for a turn of the event loop. */
  readonly turn: () => Promise<void>
  /** Whether smaller modules would do better. */
  readonly isTooLarge: () => boolean
}

export class Levels {
  states: number
  frontier: number
  readonly #search: Search
  readonly #options: LevelsOptions
  readonly #ids: Int32Array
  #layout: Layout
  #visited: Visited
  #tables: Tables | undefined
  #keys: Uint32Array

  /** Takes over from a search that may go on so. */
  constructor(search: Search, options: LevelsOptions) {
    this.#search = search
    this.#options = options
    const { store } = search
    this.#layout = store.layout
    this.states = store.count
    this.#ids = search.initialOf(0)
    this.#visited = this.#emptyVisited(2 * store.count)
    const { width } = store.layout
    const words = new Int32Array(width)
    this.#keys = new Uint32Array((store.count - search.taken) * width)
    for (let state = 0; state < store.count; state++) {
      const [chunk, at] = [store.chunk(state), store.offset(state)]
      for (let word = 0; word < width; word++) words[word] = chunk[at + word] as number
      this.#visited.add(words)
      if (state >= search.taken) this.#keys.set(words, (state - search.taken) * width)
    }
    this.#visited.countAll()
    this.frontier = store.count - search.taken
  }

  /** Of the visited states, with what finds them again. */
  get bytes(): number {
    return this.#visited.memory.byteLength + this.#keys.byteLength
  }

  /** Goes on to the end, or to a bound of the search. Throws Alone. */
  async run(): Promise<void> {
    // The level that is under way, and the one after it, of which the search has found a part.
    const { width } = this.#layout
    const rest = this.#search.restOfLevel * width
    let later: readonly Uint32Array[] = [this.#keys.slice(rest)]
    this.#keys = this.#keys.slice(0, rest)
    for (;;) {
      const fresh = await this.#level(later)
      if (this.#search.bound !== undefined || fresh.length === 0) return
      this.#keys = fresh
      this.#search.depth++
      later = []
    }
  }

  /** Whether something is true of a state's numbers, asked of each until it is. */
  some(test: (ids: Int32Array) => boolean): boolean {
    return this.#visited.some((words) => {
      decode(this.#layout, words, 0, this.#ids)
      return test(this.#ids)
    })
  }

  /** Takes the states of a level; gives those of the next one, of which some may be known. */
  async #level(later: readonly Uint32Array[]): Promise<Uint32Array> {
    let fresh = joined(later)
    const { judging } = this.#search
    for (let round = 0; this.#keys.length > 0; round++) {
      if (round === ROUNDS_MAX) throw new Alone()
      if (this.#search.isOut()) return fresh
      this.#makeRoom()
      const results = await this.#slices()
      if (this.#search.bound !== undefined) return fresh
      fresh = joined([fresh, ...results.map((result) => result.fresh)])
      const unknown = joined(results.map((result) => result.unknown))
      this.#each(joined(results.map((result) => result.resting)), (ids) => this.#rest(ids))
      this.#each(unknown, (ids) => this.#learn(ids))
      const isWider = this.#hasOutgrown()
      if (!isWider) this.#each(unknown, (ids) => this.#tables?.learn(ids, judging.global))
      // What there was no room for, and what is known by now, is taken once more.
      this.#keys = joined([...results.map((result) => result.left), unknown])
      if (isWider) fresh = this.#widen(fresh)
      if (this.#options.isTooLarge()) throw new Alone()
      await this.#options.turn()
    }
    return fresh
  }

  /** Has the keys worked on, a few slices at a time, and counts. */
  async #slices(): Promise<(SliceResult & { readonly left: Uint32Array })[]> {
    const { pool, turn } = this.#options
    const { width } = this.#layout
    const { kind, memory } = this.#visited
    this.#tables ??= new Tables(this.#search.modules, this.#layout, this.#search.judging.global)
    const learned = this.#tables.shared
    const count = this.#keys.length / width
    const share = Math.ceil(count / (pool.workers * SLICES_PER_WORKER))
    const size = Math.min(SLICE_MAX, Math.max(SLICE_MIN, share)) * width
    const results: (SliceResult & { readonly left: Uint32Array })[] = []
    let next = 0
    const lane = async () => {
      while (next < this.#keys.length && !this.#search.isOut()) {
        const keys = this.#keys.slice(next, next + size)
        const left = this.#keys.subarray(next, next + size)
        next += size
        const slice = { keys, ...learned, visited: { kind, memory } }
        const result = pool.isReady?.() === false ? searchSlice(slice) : await pool.run(slice)
        results.push({ ...result, left: left.subarray(result.taken * width) })
        const fresh = result.fresh.length / width
        this.states += fresh
        this.frontier += fresh - result.taken + result.unknown.length / width
        this.#search.transitions += result.transitions
        await turn()
      }
    }
    await Promise.all(Array.from({ length: pool.workers + 1 }, lane))
    return results
  }

  #each(keys: Uint32Array, work: (ids: Int32Array) => void): void {
    for (let at = 0; at < keys.length; at += this.#layout.width) {
      decode(this.#layout, keys, at, this.#ids)
      try {
        work(this.#ids)
      } catch {
        // Whatever it is, one thread alone meets it too, and first what comes first.
        throw new Alone()
      }
    }
  }

  #rest(ids: Int32Array): void {
    if (this.#search.judging.rest(ids).length > 0) throw new Alone()
  }

  /** Works out everything that can happen in a state, and judges it. */
  #learn(ids: Int32Array): void {
    const { modules, judging } = this.#search
    const size = modules.list.length
    for (let module = 0; module < size; module++) modules.expansion(module, ids)
    if (judging.state(ids).length > 0) throw new Alone()
    for (let module = 0; module < size; module++) {
      const expansion = modules.expansion(module, ids)
      for (let budget = size; budget < ids.length; budget++) {
        if ((ids[budget] as number) > 0) modules.faultTargets(budget, module, ids)
      }
      for (const step of expansion.rest) {
        if (!modules.isAllowed(step, module, ids)) continue
        const { said, thrown } = modules.change(step, module, ids)
        if (said.length > 0 || thrown) throw new Alone()
      }
    }
  }

  #hasOutgrown(): boolean {
    const { bits } = this.#layout
    return this.#search.modules.list.some(
      ({ tuples }, module) => (tuples.list.length - 1) >>> (bits[module] as number) !== 0,
    )
  }

  /** Lays all states out anew. */
  #widen(fresh: Uint32Array): Uint32Array {
    const before = this.#layout
    const visited = this.#visited
    const { list } = this.#search.modules
    this.#layout = layoutOf(
      before.bits.map((bits, index) => Math.max(bits, roomFor((list[index] as Module | undefined)?.tuples))),
    )
    // One thread alone may have done so at another time, and with another result.
    if (visited.kind === 'bits' && this.#layout.total > BITS_MAX) throw new Alone()
    this.#visited = this.#emptyVisited(visited.statesMax)
    this.#tables = undefined
    this.#copy(visited, before)
    const widened = (keys: Uint32Array) => {
      const wide = new Uint32Array((keys.length / before.width) * this.#layout.width)
      for (let at = 0, to = 0; at < keys.length; at += before.width, to += this.#layout.width) {
        decode(before, keys, at, this.#ids)
        const words = new Uint32Array(this.#layout.width)
        encode(this.#layout, this.#ids, words)
        wide.set(words, to)
      }
      return wide
    }
    this.#keys = widened(this.#keys)
    return widened(fresh)
  }

  /** Sees to it that a table of visited states is not more than half full before a level. */
  #makeRoom(): void {
    if (this.#visited.kind === 'bits' || this.states + this.frontier < this.#visited.statesMax * 0.7) return
    const before = this.#visited
    this.#visited = this.#emptyVisited(3 * (this.states + this.frontier))
    this.#copy(before, this.#layout)
  }

  #copy(from: Visited, layout: Layout): void {
    const words = new Int32Array(this.#layout.width)
    const laid = new Uint32Array(words.buffer)
    from.some((state) => {
      decode(layout, state, 0, this.#ids)
      encode(this.#layout, this.#ids, laid)
      this.#visited.add(words)
      return false
    })
    this.#visited.countAll()
  }

  #emptyVisited(states: number): Visited {
    const { width, total } = this.#layout
    return this.#search.store.kind === 'bitset' ? Visited.bits(total) : Visited.slots(width, states)
  }
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
