// The execution that is being explored, step by step: what each step touched, and which earlier steps it depends on,
// as a bit for each. Kept from run to run as far as runs have their beginning in common. Explores nothing.

import type { Touch } from './touch.ts'

/** An event that may have to happen earlier than it did, or happen at all, as it is not free to: with a guard or a fault. */
export interface Made {
  readonly event: number
  /** What is known of it before it happens. */
  readonly declared: Touch
  readonly isGuarded: boolean
}

export interface Taken {
  readonly id: string
  /** Where it stood among the enabled ones. */
  readonly position: number
  readonly touch: Touch
  readonly declared: Touch
  readonly isGuarded: boolean
  /** The position of the step that created it; -1 for the start. */
  readonly created: number
  /** The channel that it is the next message of, as a resource; -1 for none. */
  readonly channel: number
  /** Channels that it takes a message from: by happening, or by taking one back. */
  readonly takesFrom: readonly number[]
  /** Positions of the steps that created what it took back. */
  readonly cancelledFrom: readonly number[]
  /** What was pending before, and is gone without having happened. */
  readonly lost: readonly Made[]
  /** What it made that is guarded, or a fault. */
  readonly made: readonly Made[]
  /** Whose step it is, to count preemptions. */
  readonly owner: string
  readonly preemptions: number
}

const NOBODY: readonly number[] = []
/** How many positions are put in order by insertion. */
const INSERTION_MAX = 16

export class Stack {
  readonly steps: Taken[] = []
  /** How many of the steps took something back, made something that is guarded or a fault, and were faults. */
  readonly counts = { lost: 0, made: 0, faults: 0 }
  // For each step, bits of the positions it depends on, directly or not, see `rowOf`. Both are written over rather than
  // made anew as the execution grows again, as it does in every run; what stands beyond its last step means nothing.
  #before = new Int32Array(64)
  readonly #races: number[][] = []
  // By resource: positions of the steps that wrote and that read it.
  readonly #writers: number[][] = []
  readonly #readers: number[][] = []
  // By channel: positions of the steps that took a message from it.
  readonly #takers: number[][] = []
  // Of the step that is added.
  readonly #candidates: number[] = []
  readonly #common: number[] = []

  get depth(): number {
    return this.steps.length
  }

  /** The positions of those before a step with which it may change places: nothing stands between them. */
  racesOf(position: number): readonly number[] {
    return this.#races[position] as number[]
  }

  /** Whether the step at `later` depends on the one at `earlier`. */
  isBefore(earlier: number, later: number): boolean {
    if (later >= this.steps.length) return false
    if (earlier < 0 || earlier >= later) return false
    const word = this.#before[rowOf(later) + (earlier >> 5)] as number
    return (word & (1 << (earlier & 31))) !== 0
  }

  /** The faults that struck in the first `depth` steps. */
  struck(depth: number): readonly string[] {
    return this.steps.slice(0, depth).flatMap(({ touch }) => touch.fault ?? [])
  }

  touchAt(position: number): Touch | undefined {
    return this.steps[position]?.touch
  }

  /** Finds the steps before a position that every step from there on depends on; whether these are all. */
  findCommon(first: number): boolean {
    const rows = this.#before
    const depth = this.steps.length
    const words = (first + 31) >> 5
    let areAll = true
    for (let word = 0; word < words; word++) {
      let common = -1
      for (let position = first; position < depth; position++)
        common &= rows[rowOf(position) + word] as number
      this.#common[word] = common
      const left = first - word * 32
      const all = left < 32 ? ((1 << left) - 1) | 0 : -1
      if ((common & all) !== all) areAll = false
    }
    return areAll
  }

  /** Whether a position is among those that were found last. */
  isCommon(position: number): boolean {
    return ((this.#common[position >> 5] as number) & (1 << (position & 31))) !== 0
  }

  truncate(depth: number): void {
    while (this.steps.length > depth) {
      const taken = this.steps.pop() as Taken
      const { touch, takesFrom } = taken
      this.#count(taken, -1)
      for (const channel of takesFrom) this.#takers[channel]?.pop()
      for (const name of touch.writes) this.#writers[name]?.pop()
      for (const name of touch.reads) if (!touch.writes.includes(name)) this.#readers[name]?.pop()
    }
  }

  push(taken: Taken): void {
    const position = this.steps.length
    const { touch, created, channel, takesFrom, cancelledFrom } = taken
    // What stood before it in its channel had to go first. An index below 0 would be looked up as a name.
    const needs = channel < 0 ? NOBODY : (this.#takers[channel] ?? NOBODY)
    const candidates = this.#candidates
    while (candidates.length > 0) candidates.pop()
    if (touch.isLast) for (let other = 0; other < position; other++) candidates.push(other)
    if (created >= 0) candidates.push(created)
    for (const other of needs) candidates.push(other)
    for (const other of cancelledFrom) candidates.push(other)
    for (const name of touch.writes) this.#note(candidates, name, true)
    for (const name of touch.reads) if (!touch.writes.includes(name)) this.#note(candidates, name, false)
    this.steps.push(taken)
    this.#count(taken, 1)
    this.#order(candidates, { position, created, needs })
    for (const name of takesFrom) listOf(this.#takers, name).push(position)
    for (const name of touch.writes) listOf(this.#writers, name).push(position)
    for (const name of touch.reads) {
      if (!touch.writes.includes(name)) listOf(this.#readers, name).push(position)
    }
  }

  /** The positions after `position` that do not depend on it. */
  notAfter(position: number): number[] {
    const positions: number[] = []
    for (let other = position + 1; other < this.steps.length; other++) {
      if (!this.isBefore(position, other)) positions.push(other)
    }
    return positions
  }

  #count({ lost, made, touch }: Taken, by: 1 | -1): void {
    if (lost.length > 0) this.counts.lost += by
    if (made.length > 0) this.counts.made += by
    if (touch.fault !== undefined) this.counts.faults += by
  }

  /** Adds the steps that what touches a resource now depends on, but for those that stand before these. */
  #note(candidates: number[], resource: number, writes: boolean): void {
    const writer = this.#writers[resource]?.at(-1) ?? -1
    if (writer >= 0) candidates.push(writer)
    const readers = this.#readers[resource]
    if (!writes || readers === undefined) return
    for (let index = readers.length - 1; index >= 0; index--) {
      const reader = readers[index] as number
      if (reader < writer) return
      candidates.push(reader)
    }
  }

  #order(
    candidates: number[],
    { position, created, needs }: { position: number; created: number; needs: readonly number[] },
  ): void {
    latestFirst(candidates)
    const own = rowOf(position)
    const end = rowOf(position + 1)
    if (end > this.#before.length) this.#grow(end)
    this.#races[position] ??= []
    const rows = this.#before
    // As most have one word or two, for which calling `fill` takes longer than the loop.
    for (let at = own; at < end; at++) rows[at] = 0
    const races = this.#races[position] as number[]
    while (races.length > 0) races.pop()
    for (const other of candidates) {
      const bit = 1 << (other & 31)
      const at = own + (other >> 5)
      if (((rows[at] as number) & bit) !== 0) continue
      const its = rowOf(other)
      for (let word = rowOf(other + 1) - its - 1; word >= 0; word--)
        rows[own + word] = (rows[own + word] as number) | (rows[its + word] as number)
      rows[at] = (rows[at] as number) | bit
      if (other !== created && (needs.length === 0 || !needs.includes(other))) races.push(other)
    }
  }

  /** Makes twice the room that is needed, so that it seldom happens. */
  #grow(words: number): void {
    const rows = new Int32Array(words * 2)
    rows.set(this.#before)
    this.#before = rows
  }
}

/** Where the row of a position begins: a word for the first 32 behind the first, two for the next, and so on. */
function rowOf(position: number): number {
  const whole = (position - 1) >> 5
  return (whole + 1) * (position - 1 - 16 * whole)
}

/** By insertion, as there are mostly one or two; and where there are many, as a library does it. */
function latestFirst(positions: number[]): void {
  if (positions.length > INSERTION_MAX) {
    positions.sort((a, b) => b - a)
    return
  }
  for (let index = 1; index < positions.length; index++) {
    const position = positions[index] as number
    let to = index
    for (; to > 0 && (positions[to - 1] as number) < position; to--)
      positions[to] = positions[to - 1] as number
    positions[to] = position
  }
}

function listOf(lists: number[][], index: number): number[] {
  let list = lists[index]
  if (list === undefined) {
    list = []
    lists[index] = list
  }
  return list
}
