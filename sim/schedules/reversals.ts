// Which other executions one execution calls for: each step that depends on an earlier one might come before it, and
// each event that was kept from happening might happen. Follows the race reversals of Abdulla et al. (JACM 2017), and
// does beside them what events need that others enable and disable: guards, cancellations, budgets, the end of a run.

import type { Answer, Asking, Item, Sequence } from './initials.ts'
import type { Made, Stack, Taken } from './stack.ts'
import { conflict, END_TOUCH, meets, type Touch } from './touch.ts'
import type { Wakeup } from './wakeup.ts'

/** What a complete execution leaves to be tried. */
export interface Leaf {
  /** Steps from here on are new, compared with the execution before. */
  readonly fresh: number
  /** Enabled where the run ended, or where its last step ended it. */
  readonly unfired: readonly Made[]
  /** What the start made that is guarded, or a fault. */
  readonly madeAtStart: readonly Made[]
  /** Whether the last step threw, so that nothing came after it. */
  readonly threw: boolean
}

/** An event that was kept from happening, or might have happened earlier: with a guard or a fault. */
interface Held extends Made {
  readonly created: number
  /** The position at which it happened; undefined where it did not. */
  readonly fired: number | undefined
}

export class Reversals {
  readonly #stack: Stack
  readonly #wakeup: Wakeup
  readonly #looked: ReadonlyMap<number, ReadonlySet<number>>
  #leaf!: Leaf
  // The race that is next, as the position of its later step and its index; and the one that something is asked of.
  #later = 0
  #race = 0
  // Written over, as a run has several, one at a time.
  readonly #sequence = { depth: 0, items: [] as readonly Item[], isFeasible: true }
  readonly #last: { touch: Touch; readonly position: number } = { touch: END_TOUCH, position: -1 }
  readonly #only: readonly Item[] = [this.#last]
  #open: Sequence | undefined

  /** `looked`: what the guard of an event was ever seen to look at. */
  constructor(stack: Stack, wakeup: Wakeup, looked: ReadonlyMap<number, ReadonlySet<number>>) {
    this.#stack = stack
    this.#wakeup = wakeup
    this.#looked = looked
  }

  /** Draws what follows from the order of the steps, as far as nothing has to be asked; whether that is all. */
  begin(leaf: Leaf): boolean {
    const { lost, made, faults } = this.#stack.counts
    const { fresh, unfired, madeAtStart } = leaf
    this.#leaf = leaf
    // Where all that is new depends on all that is not, nothing has changed for what is not.
    this.#later = this.#stack.findCommon(fresh) ? fresh : 0
    this.#race = 0
    this.#open = this.#nextOpen()
    if (this.#open !== undefined || lost > 0 || made > 0 || madeAtStart.length > 0) return false
    return faults === 0 && unfired.length === 0
  }

  /** What {@link begin} has left. */
  *rest(): Asking<void> {
    const { lost, made, faults } = this.#stack.counts
    for (; this.#open !== undefined; this.#open = this.#nextOpen()) yield* this.#wakeup.insert(this.#open)
    if (lost > 0) yield* this.#cancelled()
    if (made > 0 || this.#leaf.madeAtStart.length > 0) {
      for (const one of this.#held()) {
        if (one.isGuarded) yield* this.#guarded(one)
        if (one.declared.fault !== undefined && one.fired === undefined) yield* this.#outOfBudget(one)
      }
    }
    if (faults > 0 || this.#leaf.unfired.length > 0) yield* this.#ends()
  }

  /** Has races run the other way round, up to the first of which something has to be asked. */
  #nextOpen(): Sequence | undefined {
    const { depth } = this.#stack
    const { fresh } = this.#leaf
    for (; this.#later < depth; this.#later++, this.#race = 0) {
      const later = this.#later
      if (this.#stack.steps[later]?.isGuarded === true) continue
      const races = this.#stack.racesOf(later)
      while (this.#race < races.length) {
        const earlier = races[this.#race++] as number
        if (later < fresh && !this.#isFresh(earlier)) continue
        const sequence = this.#reversed(earlier, later)
        if (!this.#wakeup.insertKnown(sequence)) return sequence
      }
    }
    return undefined
  }

  /** A step, and one of the last that it depends on: the other way round. */
  #reversed(earlier: number, later: number): Sequence {
    const { touch, declared } = this.#stack.steps[later] as Taken
    return this.#behind(earlier, this.#isUnchanged(earlier, later) ? touch : declared, true)
  }

  /** What a step took back, before that step. */
  *#cancelled(): Asking<void> {
    for (const [position, { lost }] of this.#stack.steps.entries()) {
      if (lost.length === 0 || !this.#isFresh(position)) continue
      for (const made of lost) yield* this.#cuts(position, made)
    }
  }

  /** What waits for its guard may happen wherever that holds. */
  *#guarded(held: Held): Asking<void> {
    const { steps } = this.#stack
    const looked = [...(this.#looked.get(held.event) ?? [])]
    const touch = held.fired === undefined ? held.declared : (steps[held.fired] as Taken).touch
    for (let position = 0; position < (held.fired ?? steps.length); position++) {
      const step = steps[position] as Taken
      if (!this.#mayComeBefore(position, held)) continue
      if (!meets(step.touch.writes, looked) && !conflict(step.touch, touch)) continue
      yield* this.#cuts(position, held)
    }
  }

  /** A fault that did not strike, in the place of one that did and took the last of the budget. */
  *#outOfBudget(held: Held): Asking<void> {
    for (const [position, { touch }] of this.#stack.steps.entries()) {
      if (touch.fault === held.declared.fault && this.#mayComeBefore(position, held)) {
        yield* this.#cuts(position, held)
      }
    }
  }

  /** The end, before each fault that struck; and each fault that did not strike, before the end. */
  *#ends(): Asking<void> {
    const { unfired, threw } = this.#leaf
    const { steps, depth } = this.#stack
    for (const { event, declared } of unfired) {
      const touch = { ...declared, event }
      const sequence = {
        depth: threw ? depth - 1 : depth,
        items: [{ touch, position: -1 }],
        isFeasible: true,
      }
      yield* this.#wakeup.insert(sequence)
    }
    for (const [position, { touch }] of steps.entries()) {
      if (touch.fault === undefined || !this.#isFresh(position)) continue
      yield* this.#wakeup.insert(this.#behind(position, END_TOUCH, false))
    }
  }

  /**
   * Has an event happen before a step. Where it is not enabled behind all that does not depend on the step, then
   * perhaps behind a part of it: what took the event back, or wrote what its guard looked at, is left out.
   */
  *#cuts(position: number, { event, declared }: Made): Asking<void> {
    const all = this.#stack.notAfter(position)
    const own = all.findIndex((other) => this.#stack.steps[other]?.touch.event === event)
    const work = [own < 0 ? all : this.#without(all, all[own] as number)]
    const seen = new Set<string>()
    for (let cut = work.pop(); cut !== undefined; cut = work.pop()) {
      const key = cut.join()
      if (seen.has(key)) continue
      seen.add(key)
      const items = [...this.#items(cut), { touch: declared, position: -1 }]
      const refused = yield* this.#wakeup.insert({ depth: position, items, isFeasible: false })
      if (refused !== undefined) work.push(...this.#smaller(cut, refused))
    }
  }

  #smaller(cut: readonly number[], { culprit, looked }: Answer): number[][] {
    if (culprit !== undefined) return [this.#without(cut, cut[culprit] as number)]
    return cut
      .filter((position) => meets((this.#stack.steps[position] as Taken).touch.writes, looked))
      .map((position) => this.#without(cut, position))
  }

  /** Without a step, and what depends on it. */
  #without(cut: readonly number[], position: number): number[] {
    return cut.filter((other) => other !== position && !this.#stack.isBefore(position, other))
  }

  /** All that does not depend on a step, and then an event that does. */
  #behind(position: number, touch: Touch, isFeasible: boolean): Sequence {
    const sequence = this.#sequence
    const others = this.#stack.notAfter(position)
    sequence.depth = position
    sequence.items =
      others.length === 0 ? this.#alone(touch) : [...this.#items(others), { touch, position: -1 }]
    sequence.isFeasible = isFeasible
    return sequence
  }

  #alone(touch: Touch): readonly Item[] {
    this.#last.touch = touch
    return this.#only
  }

  #items(positions: readonly number[]): Item[] {
    const items: Item[] = []
    for (const position of positions)
      items.push({ touch: (this.#stack.steps[position] as Taken).touch, position })
    return items
  }

  /** Whether what does not depend on a step has grown since the execution before. */
  #isFresh(position: number): boolean {
    return position >= this.#leaf.fresh || !this.#stack.isCommon(position)
  }

  /** Whether a step does the same without an earlier one: nothing that it touches is written in between. */
  #isUnchanged(earlier: number, later: number): boolean {
    const { touch } = this.#stack.steps[later] as Taken
    if (touch.isLast) return false
    for (let between = earlier; between < later; between++) {
      const isRemoved = between === earlier || this.#stack.isBefore(earlier, between)
      if (!isRemoved) continue
      const { writes } = (this.#stack.steps[between] as Taken).touch
      if (meets(writes, touch.reads) || meets(writes, touch.writes)) return false
    }
    return true
  }

  #held(): Held[] {
    const { steps } = this.#stack
    const held: Held[] = this.#leaf.madeAtStart.map((made) => ({ ...made, created: -1, fired: undefined }))
    for (const [created, { made }] of steps.entries()) {
      for (const one of made) held.push({ ...one, created, fired: undefined })
    }
    if (held.length === 0) return held
    const firedAt = new Map(steps.map(({ touch }, position) => [touch.event, position]))
    return held.map((one) => ({ ...one, fired: firedAt.get(one.event) }))
  }

  #mayComeBefore(position: number, { created, fired }: Held): boolean {
    if (created >= 0 && (created === position || this.#stack.isBefore(position, created))) return false
    return this.#isFresh(position) || (fired ?? 0) >= this.#leaf.fresh
  }
}
