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

/** A set of positions. */
export interface Bits {
  has(position: number): boolean
  /** Whether it has all that it could have. */
  readonly isAll: boolean
}

const NOBODY: readonly number[] = []

export class Stack {
  readonly steps: Taken[] = []
  /** How many of the steps took something back, made something that is guarded or a fault, and were faults. */
  readonly counts = { lost: 0, made: 0, faults: 0 }
  /** For each step, bits of the positions it depends on, directly or not. */
  readonly #before: Int32Array[] = []
  /** For each step, positions of those before it with which it may change places: nothing stands between them. */
  readonly races: number[][] = []
  // By resource: positions of the steps that wrote and that read it.
  readonly #writers: number[][] = []
  readonly #readers: number[][] = []
  // By channel: positions of the steps that took a message from it.
  readonly #takers: number[][] = []

  get depth(): number {
    return this.steps.length
  }

  /** Whether the step at `later` depends on the one at `earlier`. */
  isBefore(earlier: number, later: number): boolean {
    const word = this.#before[later]?.[earlier >> 5] ?? 0
    return (word & (1 << (earlier & 31))) !== 0
  }

  /** The faults that struck in the first `depth` steps. */
  struck(depth: number): readonly string[] {
    return this.steps.slice(0, depth).flatMap(({ touch }) => touch.fault ?? [])
  }

  touchAt(position: number): Touch | undefined {
    return this.steps[position]?.touch
  }

  /** The steps that every step from a position on depends on. */
  commonBefore(first: number): Bits {
    const common = new Int32Array((first + 31) >> 5).fill(-1)
    for (let position = first; position < this.steps.length; position++) {
      const before = this.#before[position] as Int32Array
      for (let word = 0; word < common.length; word++) {
        common[word] = (common[word] as number) & (before[word] as number)
      }
    }
    const has = (position: number) => ((common[position >> 5] as number) & (1 << (position & 31))) !== 0
    let isAll = true
    for (let position = 0; position < first && isAll; position++) isAll = has(position)
    return { has, isAll }
  }

  truncate(depth: number): void {
    while (this.steps.length > depth) {
      const taken = this.steps.pop() as Taken
      const { touch, takesFrom } = taken
      this.#count(taken, -1)
      for (const channel of takesFrom) this.#takers[channel]?.pop()
      this.#before.pop()
      this.races.pop()
      for (const name of touch.writes) this.#writers[name]?.pop()
      for (const name of touch.reads) if (!touch.writes.includes(name)) this.#readers[name]?.pop()
    }
  }

  push(taken: Taken): void {
    const position = this.steps.length
    const { touch, created, channel, takesFrom, cancelledFrom } = taken
    // What stood before it in its channel had to go first.
    const needs = this.#takers[channel] ?? NOBODY
    const candidates: number[] = touch.isLast ? Array.from({ length: position }, (_, index) => index) : []
    if (created >= 0) candidates.push(created)
    candidates.push(...needs, ...cancelledFrom)
    for (const name of touch.writes) this.#note(candidates, name, true)
    for (const name of touch.reads) if (!touch.writes.includes(name)) this.#note(candidates, name, false)
    this.steps.push(taken)
    this.#count(taken, 1)
    this.#order(candidates, position, (other) => other === created || needs.includes(other))
    for (const name of takesFrom) listOf(this.#takers, name).push(position)
    for (const name of touch.writes) listOf(this.#writers, name).push(position)
    for (const name of touch.reads) {
      if (!touch.writes.includes(name)) listOf(this.#readers, name).push(position)
    }
  }

  /** The positions after `position` that do not depend on it. */
  *notAfter(position: number): Generator<number> {
    for (let other = position + 1; other < this.steps.length; other++) {
      if (!this.isBefore(position, other)) yield other
    }
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

  #order(candidates: number[], position: number, isNeeded: (other: number) => boolean): void {
    if (candidates.length > 1) candidates.sort((a, b) => b - a)
    const before = new Int32Array((position + 31) >> 5)
    const races: number[] = []
    for (const other of candidates) {
      const bit = 1 << (other & 31)
      if (((before[other >> 5] as number) & bit) !== 0) continue
      const its = this.#before[other] as Int32Array
      for (let word = 0; word < its.length; word++)
        before[word] = (before[word] as number) | (its[word] as number)
      before[other >> 5] = (before[other >> 5] as number) | bit
      if (!isNeeded(other)) races.push(other)
    }
    this.#before.push(before)
    this.races.push(races)
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
