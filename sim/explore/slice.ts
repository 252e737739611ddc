// What one thread does of a parallel search: takes the states of a slice of a level, and finds those after them.
// All it knows is tables of numbers (tables.ts); where these say nothing, it leaves the state to who sent the slice.

import { Visited, type VisitedKind } from './visited.ts'

/** Where in a state's words a number stands. */
export interface Place {
  readonly word: number
  readonly shift: number
  readonly mask: number
}

/** Where what stands in the tables; made by tables.ts. A change of a state is what is added to each of its words. */
export interface Shape {
  readonly width: number
  /** By module: where the rows of its numbers are listed, 0 for one that is not known. */
  readonly modules: readonly (Place & { readonly rows: number })[]
  readonly budgets: readonly Place[]
  /** How many slots the hash table of branches has, less one. */
  readonly branchMask: number
  /** So many bits of a branch's number say which module or actor it asks. */
  readonly askBits: number
  /** Claims that must be asked in every state, by their first branch. */
  readonly claims: readonly number[]
  /** By actor, of those that claims ask: its module, and where its state is listed by that module's number. */
  readonly actors: readonly ({ readonly module: number; readonly states: number } | undefined)[]
}

export interface Slice {
  /** The states, in words. */
  readonly keys: Uint32Array
  readonly shape: Shape
  /** Shared, and not changed while slices run. */
  readonly tables: Int32Array
  readonly branches: Int32Array
  readonly visited: { readonly kind: VisitedKind; readonly memory: Int32Array }
}

export interface SliceResult {
  /** States that nobody has visited before. */
  readonly fresh: Uint32Array
  /** States of the slice about which the tables say too little; their events are not counted. */
  readonly unknown: Uint32Array
  /** States in which nothing must happen any more. */
  readonly resting: Uint32Array
  /** How many of the keys were taken: all, unless there is no room for more states. */
  readonly taken: number
  /** Events that happened. */
  readonly transitions: number
}

/** Row: whether it is active, where its steps are, by budget where its faults are, and its local changes. */
export const ROW = { active: 0, steps: 1, faults: 2 } as const
/** Step: its budget, its first branch or one of these, and its change. */
export const LEAF = -1
export const UNKNOWN = -2
/** Branch slot: branch + 1, number, next branch or LEAF, change. */
export const BRANCH_HEAD = 3

/** Where in the hash table of branches it is looked first. */
export function branchHash(branch: number, id: number): number {
  const mixed = Math.imul(branch + 1, 0x9e3779b1) ^ Math.imul(id + 1, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

export function searchSlice(slice: Slice): SliceResult {
  return new Run(slice).result()
}

class Run {
  readonly #slice: Slice
  readonly #visited: Visited
  readonly #state: Int32Array
  readonly #next: Int32Array
  /** By module, its row. */
  readonly #rows: Int32Array
  /** By budget, what is left. */
  readonly #left: Int32Array
  readonly #fresh = new Words()
  readonly #unknown = new Words()
  readonly #resting = new Words()
  /** Where the changes of the steps are that reach other modules. */
  #changes: number[] = []
  #transitions = 0

  constructor(slice: Slice) {
    this.#slice = slice
    const { shape, visited } = slice
    this.#visited = new Visited(visited.kind, shape.width, visited.memory)
    this.#state = new Int32Array(shape.width)
    this.#next = new Int32Array(shape.width)
    this.#rows = new Int32Array(shape.modules.length)
    this.#left = new Int32Array(shape.budgets.length)
  }

  result(): SliceResult {
    const { keys, shape } = this.#slice
    const { width } = shape
    let at = 0
    for (; at < keys.length && this.#visited.hasRoom; at += width) {
      for (let word = 0; word < width; word++) this.#state[word] = keys[at + word] as number
      if (this.#isKnown()) this.#take()
      else this.#unknown.push(this.#state)
    }
    this.#visited.countAll()
    const [fresh, unknown, resting] = [this.#fresh.all(), this.#unknown.all(), this.#resting.all()]
    return { fresh, unknown, resting, taken: at / width, transitions: this.#transitions }
  }

  /** Whether the tables say all about the state; notes what they say of its steps. */
  #isKnown(): boolean {
    const { shape, tables } = this.#slice
    const { modules, budgets } = shape
    const rows = this.#rows
    const left = this.#left
    for (let budget = 0; budget < budgets.length; budget++)
      left[budget] = this.#numberAt(budgets[budget] as Place)
    this.#changes.length = 0
    for (let module = 0; module < modules.length; module++) {
      const place = modules[module] as Shape['modules'][number]
      const row = tables[place.rows + this.#numberAt(place)] as number
      if (row === 0) return false
      rows[module] = row
      for (let budget = 0; budget < left.length; budget++) {
        if (left[budget] !== 0 && tables[row + ROW.faults + budget] === 0) return false
      }
    }
    for (let module = 0; module < modules.length; module++) {
      if (!this.#areStepsKnown(tables[(rows[module] as number) + ROW.steps] as number)) return false
    }
    return shape.claims.length === 0 || this.#doClaimsHold()
  }

  #areStepsKnown(at: number): boolean {
    const { shape, tables } = this.#slice
    const size = 2 + shape.width
    const end = at + 1 + (tables[at] as number) * size
    for (let step = at + 1; step < end; step += size) {
      const budget = tables[step] as number
      if (budget >= 0 && this.#left[budget] === 0) continue
      const branch = tables[step + 1] as number
      let change = step + 2
      if (branch !== LEAF) {
        change = branch === UNKNOWN ? 0 : this.#changeAfter(branch)
        if (change === 0) return false
      }
      this.#changes.push(change)
    }
    return true
  }

  /** Where the change is that a branch leads to in this state, negated as it is among branches; 0: not known. */
  #changeAfter(branch: number): number {
    const { shape, branches } = this.#slice
    const asks = (1 << shape.askBits) - 1
    for (let next = branch; ; ) {
      const slot = this.#find(next, this.#numberAt(shape.modules[next & asks] as Place))
      if (slot < 0) return 0
      next = branches[slot + 2] as number
      if (next === LEAF) return ~(slot + BRANCH_HEAD)
    }
  }

  #doClaimsHold(): boolean {
    const { shape, tables, branches } = this.#slice
    const asks = (1 << shape.askBits) - 1
    for (const claim of shape.claims) {
      for (let next = claim; next !== LEAF; ) {
        if (next === UNKNOWN) return false
        const { module, states } = shape.actors[next & asks] as Shape['actors'][number] & {}
        const id = this.#numberAt(shape.modules[module] as Place)
        const slot = this.#find(next, tables[states + id] as number)
        if (slot < 0) return false
        next = branches[slot + 2] as number
      }
    }
    return true
  }

  #find(branch: number, id: number): number {
    const { shape, branches } = this.#slice
    const size = BRANCH_HEAD + shape.width
    for (let hash = branchHash(branch, id); ; hash++) {
      const slot = (hash & shape.branchMask) * size
      const found = branches[slot] as number
      if (found === 0) return -1
      if (found === branch + 1 && branches[slot + 1] === id) return slot
    }
  }

  #numberAt({ word, shift, mask }: Place): number {
    return ((this.#state[word] as number) >>> shift) & mask
  }

  /** Lets every event happen that is enabled in the state. */
  #take(): void {
    const { tables } = this.#slice
    const left = this.#left
    let isActive = 0
    for (let module = 0; module < this.#rows.length; module++) {
      const row = this.#rows[module] as number
      isActive |= tables[row + ROW.active] as number
      this.#follow(row + ROW.faults + left.length)
      for (let budget = 0; budget < left.length; budget++) {
        if (left[budget] !== 0) this.#follow(tables[row + ROW.faults + budget] as number)
      }
    }
    const changes = this.#changes
    for (let index = 0; index < changes.length; index++) {
      const at = changes[index] as number
      if (at < 0) this.#change(this.#slice.branches, ~at)
      else this.#change(tables, at)
    }
    this.#transitions += changes.length
    if (isActive === 0) this.#resting.push(this.#state)
  }

  /** Makes each change of a list. */
  #follow(list: number): void {
    const { tables, shape } = this.#slice
    const count = tables[list] as number
    this.#transitions += count
    const end = list + 1 + count * shape.width
    if (this.#visited.kind === 'slots') {
      for (let at = list + 1; at < end; at += shape.width) this.#change(tables, at)
      return
    }
    const { memory } = this.#visited
    const state = this.#state[0] as number
    for (let at = list + 1; at < end; at++) {
      const key = state + (tables[at] as number)
      const bit = 1 << (key & 31)
      // Most states are known, and a plain look costs less; whether it is new only the second one says.
      if (((memory[key >>> 5] as number) & bit) !== 0) continue
      if ((Atomics.or(memory, key >>> 5, bit) & bit) === 0) this.#fresh.pushOne(key)
    }
  }

  #change(words: Int32Array, at: number): void {
    const next = this.#next
    for (let word = 0; word < next.length; word++) {
      next[word] = (this.#state[word] as number) + (words[at + word] as number)
    }
    if (this.#visited.add(next)) this.#fresh.push(next)
  }
}

/** Words one after the other, as many as come. */
class Words {
  #words = new Uint32Array(1_024)
  #length = 0

  push(words: Int32Array): void {
    for (let word = 0; word < words.length; word++) this.pushOne(words[word] as number)
  }

  pushOne(word: number): void {
    if (this.#length === this.#words.length) {
      const longer = new Uint32Array(2 * this.#length)
      longer.set(this.#words)
      this.#words = longer
    }
    this.#words[this.#length++] = word
  }

  all(): Uint32Array {
    return this.#words.slice(0, this.#length)
  }
}
