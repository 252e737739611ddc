// Wakeup trees (Abdulla, Aronis, Jonsson and Sagonas, "Source sets: a foundation for optimal dynamic partial order
// reduction", JACM 2017, section 6): in each state of the execution, the sequences of events that still have to be
// run from there. Decides whether a sequence is new, and where it belongs. Runs nothing: where what an event touches
// cannot be told from the execution at hand, it asks for a probe.

import type { Stack } from './stack.ts'
import { conflict, END, type Touch } from './touch.ts'

export interface Branch {
  touch: Touch
  readonly children: Branch[]
}

export interface Node {
  /** What need not happen next, as all that begins with it has been explored. Whole touches. */
  readonly sleep: readonly Touch[]
  /** In the order in which they are explored; the first is the one that is being explored. */
  readonly tree: Branch[]
}

/** The next event of a sequence, and where it stood in the execution; -1 where it did not. */
export interface Item {
  readonly touch: Touch
  readonly position: number
}

/** The question what an event touches, or whether it is enabled at all, behind some steps and then these events. */
export interface Probe {
  readonly depth: number
  readonly events: readonly number[]
  readonly target: number
}

export interface Answer {
  /** Undefined where the event is not enabled. */
  readonly touch: Touch | undefined
  /** Index in the probe's events: after this one the event is no longer pending. */
  readonly culprit: number | undefined
  /** What its guard looked at. */
  readonly looked: readonly number[]
}

export type Asking<Result> = Generator<Probe, Result, Answer>

/** What is to be run behind the first `depth` steps. Only of its last event may not all be known. */
export interface Sequence {
  readonly depth: number
  readonly items: readonly Item[]
  /** Whether its last event is known to be enabled behind the others. */
  readonly isFeasible: boolean
}

export interface Budgets {
  /** How often a fault may strike in a run. */
  total(fault: string): number
}

export class Wakeup {
  readonly nodes: Node[] = []
  readonly #stack: Stack
  readonly #budgets: Budgets

  constructor(stack: Stack, budgets: Budgets) {
    this.#stack = stack
    this.#budgets = budgets
  }

  /** Whether what sleeps wakes up as a step is taken: they are dependent, or it is not enabled any more. */
  wakes(sleeping: Touch, taken: Touch): boolean {
    if (conflict(sleeping, taken)) return true
    const { fault } = sleeping
    if (fault === undefined || fault !== taken.fault) return false
    const struck = this.#stack.steps.filter(({ touch }) => touch.fault === fault).length
    return struck >= this.#budgets.total(fault)
  }

  /**
   * Has a sequence run, unless what it leads to is explored already, or will be. Gives the answer that says why not
   * where its last event turns out not to be enabled.
   */
  *insert(sequence: Sequence): Asking<Answer | undefined> {
    const inserting = new Inserting(sequence, this.#stack, this.#budgets)
    const { sleep, tree } = this.nodes[sequence.depth] as Node
    for (const touch of sleep) {
      if (yield* inserting.isInitial({ touch, children: [] })) return undefined
      if (inserting.refused !== undefined) return inserting.refused
    }
    // What is being explored comes after the last event of the sequence, which depends on it; but for a guard, that
    // may look at something else where nobody has written what it looked at.
    const taken = this.#stack.steps[sequence.depth]
    if (!sequence.isFeasible && taken !== undefined) {
      if (yield* inserting.isInitial({ touch: taken.touch, children: [] })) return undefined
      if (inserting.refused !== undefined) return inserting.refused
    }
    let siblings = tree
    for (let index = 1; index < siblings.length; index++) {
      const branch = siblings[index] as Branch
      const isInitial = yield* inserting.isInitial(branch)
      if (inserting.refused !== undefined) return inserting.refused
      if (!isInitial) continue
      inserting.descend(branch)
      if (branch.children.length === 0 || inserting.items.length === 0) return undefined
      siblings = branch.children
      index = -1
    }
    if (!inserting.isFeasible) yield* inserting.resolve()
    if (inserting.refused !== undefined) return inserting.refused
    append(siblings, inserting.items)
    return undefined
  }
}

function append(siblings: Branch[], items: readonly Item[]): void {
  for (const { touch } of items) {
    const branch: Branch = { touch, children: [] }
    siblings.push(branch)
    siblings = branch.children
  }
}

class Inserting {
  /** What is left of the sequence below where the search stands. */
  items: Item[]
  isFeasible: boolean
  refused: Answer | undefined
  readonly #sequence: Sequence
  readonly #stack: Stack
  readonly #budgets: Budgets
  /** The events of the tree on the way to where the search stands. */
  readonly #way: Touch[] = []

  constructor(sequence: Sequence, stack: Stack, budgets: Budgets) {
    this.#sequence = sequence
    this.#stack = stack
    this.#budgets = budgets
    this.items = [...sequence.items]
    this.isFeasible = sequence.isFeasible
  }

  descend({ touch: { event }, touch }: Branch): void {
    this.#way.push(touch)
    // Where it is the last one, which is enabled here already, the others do not depend on it.
    if (this.items.at(-1)?.touch.event === event) this.isFeasible = true
    this.items = this.items.filter(({ touch }) => touch.event !== event)
  }

  /** Whether what begins with the sequence could as well begin with the branch: it is a weak initial of it. */
  *isInitial(branch: Branch): Asking<boolean> {
    const { items } = this
    const last = items.length - 1
    const { event } = branch.touch
    const index = items.findIndex(({ touch }) => touch.event === event)
    if (index >= 0 && index < last) return this.#comesFirst(index)
    if (event === END || (index < 0 && items[last]?.touch.event === END)) return index === 0
    if (last === 0 && index === 0) return true
    if (items.some(({ touch }, at) => at < last && conflict(touch, branch.touch))) return false
    if (!this.#hasBudget(branch.touch)) return false
    if (index < 0 && conflict(branch.touch, (items[last] as Item).touch)) return false
    if (!branch.touch.isWhole) {
      yield* this.#resolveBranch(branch)
      if (items.some(({ touch }, at) => at < last && conflict(touch, branch.touch))) return false
    }
    if (index >= 0) return true
    if (!(items[last] as Item).touch.isWhole) yield* this.resolve()
    return this.refused === undefined && !conflict(branch.touch, (this.items[last] as Item).touch)
  }

  /** Learns what the last event touches, or that it is not enabled. */
  *resolve(): Asking<void> {
    const { depth, items } = this.#sequence
    const events = items.map(({ touch }) => touch.event)
    const target = events.pop() as number
    const answer = yield { depth, events, target }
    this.isFeasible = answer.touch !== undefined
    if (answer.touch === undefined) this.refused = answer
    else this.items = [...this.items.slice(0, -1), { touch: answer.touch, position: -1 }]
  }

  *#resolveBranch(branch: Branch): Asking<void> {
    const target = branch.touch.event
    const { touch } = yield {
      depth: this.#sequence.depth,
      events: this.#way.map(({ event }) => event),
      target,
    }
    if (touch !== undefined) branch.touch = touch
  }

  #comesFirst(index: number): boolean {
    const { position } = this.items[index] as Item
    return !this.items.some((item, at) => at < index && this.#stack.isBefore(item.position, position))
  }

  /** Whether a fault could strike beside all those of the sequence. */
  #hasBudget({ fault, event }: Touch): boolean {
    if (fault === undefined) return true
    let left = this.#budgets.total(fault) - 1
    for (const [position, { touch }] of this.#stack.steps.entries()) {
      if (position < this.#sequence.depth && touch.fault === fault) left--
    }
    const others = [...this.#sequence.items.map(({ touch }) => touch), ...this.#way]
    const taken = new Set(
      others.flatMap((touch) => (touch.fault === fault && touch.event !== event ? touch.event : [])),
    )
    return left >= taken.size
  }
}
