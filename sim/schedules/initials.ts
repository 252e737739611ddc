// Which sequences of events a branch covers: those in which its event could as well come first, the weak initials of
// Abdulla et al. (JACM 2017, section 3). Where what an event touches cannot be told from the execution that a sequence is
// drawn from, it asks for a probe. Knows no tree.

import { HeddleError } from '../error.ts'
import { conflict, END, type Touch } from './touch.ts'

export interface Branch {
  touch: Touch
  readonly children: Branch[]
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

/** The execution that a sequence is drawn from. */
export interface Origin {
  /** Whether the step at `later` depends on the one at `earlier`. */
  isBefore(earlier: number, later: number): boolean
  /** The faults that struck in the first `depth` steps. */
  struck(depth: number): readonly string[]
  /** What the step at a position touches; undefined where there is none. */
  touchAt(position: number): Touch | undefined
}

/** A sequence that is to be run from a state above the piece of an exploration that found it. All touches are whole. */
export interface Escape {
  readonly depth: number
  readonly touches: readonly Touch[]
  /** For each event, the places of those before it that it depends on. */
  readonly after: readonly (readonly number[])[]
  /** The faults that struck in the steps before. */
  readonly struck: readonly string[]
}

const NO_TOUCHES: readonly Touch[] = []

/** The insertion of a sequence, on its way down a wakeup tree. */
export class Inserting {
  /** What is left of the sequence below where the search stands. */
  items!: readonly Item[]
  isFeasible!: boolean
  refused: Answer | undefined
  #sequence!: Sequence
  readonly #origin: Origin
  readonly #budgets: Budgets
  /** The events of the tree on the way to where the search stands. */
  #way!: readonly Touch[]

  constructor(sequence: Sequence, origin: Origin, budgets: Budgets) {
    this.#origin = origin
    this.#budgets = budgets
    this.begin(sequence)
  }

  /** Begins with another sequence. */
  begin(sequence: Sequence): void {
    this.#sequence = sequence
    this.#way = NO_TOUCHES
    this.items = sequence.items
    this.isFeasible = sequence.isFeasible
    this.refused = undefined
  }

  /** The whole sequence, with what was learned of its last event. */
  get all(): readonly Item[] {
    const { items } = this.#sequence
    const last = items.at(-1) as Item
    const known = [...this.items.map(({ touch }) => touch), ...this.#way]
    const touch = known.find(({ event }) => event === last.touch.event) ?? last.touch
    return [...items.slice(0, -1), { ...last, touch }]
  }

  /** Whether all is known that its events touch: all but the last happened. */
  get isWhole(): boolean {
    return this.items.at(-1)?.touch.isWhole !== false
  }

  descend({ touch: { event }, touch }: Branch): void {
    this.#way = [...this.#way, touch]
    // Where it is the last one, which is enabled here already, the others do not depend on it.
    if (this.items.at(-1)?.touch.event === event) this.isFeasible = true
    this.items = this.items.filter(({ touch }) => touch.event !== event)
  }

  /** Whether what begins with the sequence could as well begin with an event; undefined where that has to be asked. */
  isKnownInitial(touch: Touch): boolean | undefined {
    const { items } = this
    const last = items.length - 1
    const target = (items[last] as Item).touch
    const { event } = touch
    let index = -1
    for (let at = 0; at <= last && index < 0; at++) if ((items[at] as Item).touch.event === event) index = at
    if (index >= 0 && index < last) return this.#comesFirst(index)
    if (event === END || (index < 0 && target.event === END)) return index === 0
    if (last === 0 && index === 0) return true
    if (this.#conflictsBeforeLast(touch) || !this.#hasBudget(touch)) return false
    if (index < 0 && conflict(touch, target)) return false
    if (!touch.isWhole) return undefined
    return index >= 0 || target.isWhole ? true : undefined
  }

  /** The same of a branch; asks where it has to: it is a weak initial of the sequence. */
  *isInitial(branch: Branch): Asking<boolean> {
    const known = this.isKnownInitial(branch.touch)
    if (known !== undefined) return known
    if (!branch.touch.isWhole) {
      yield* this.#resolveBranch(branch)
      if (this.#conflictsBeforeLast(branch.touch)) return false
    }
    const last = this.items.at(-1) as Item
    if (last.touch.event === branch.touch.event) return true
    if (!last.touch.isWhole) yield* this.resolve()
    return this.refused === undefined && !conflict(branch.touch, (this.items.at(-1) as Item).touch)
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

  #conflictsBeforeLast(touch: Touch): boolean {
    const { items } = this
    for (let at = 0; at < items.length - 1; at++) if (conflict((items[at] as Item).touch, touch)) return true
    return false
  }

  #comesFirst(index: number): boolean {
    const { position } = this.items[index] as Item
    return !this.items.some((item, at) => at < index && this.#origin.isBefore(item.position, position))
  }

  /** Whether a fault could strike beside all those of the sequence. */
  #hasBudget({ fault, event }: Touch): boolean {
    if (fault === undefined) return true
    const struck = timesOf(fault, this.#origin.struck(this.#sequence.depth))
    const left = this.#budgets.total(fault) - 1 - struck
    const others = [...this.#sequence.items.map(({ touch }) => touch), ...this.#way]
    const taken = new Set(
      others.flatMap((touch) => (touch.fault === fault && touch.event !== event ? touch.event : [])),
    )
    return left >= taken.size
  }
}

/** The insertion of a sequence of which all is known, so that nothing has to be asked. */
export class Known {
  readonly #inserting: Inserting

  constructor({ depth, touches, after, struck }: Escape, budgets: Budgets) {
    const origin: Origin = {
      isBefore: (earlier, later) => after[later]?.includes(earlier) === true,
      struck: () => struck,
      touchAt: () => undefined,
    }
    const items = touches.map((touch, position) => ({ touch, position }))
    this.#inserting = new Inserting({ depth, items, isFeasible: true }, origin, budgets)
  }

  /** What is left of the sequence. */
  get touches(): readonly Touch[] {
    return this.#inserting.items.map(({ touch }) => touch)
  }

  isInitial(touch: Touch): boolean {
    const isInitial = this.#inserting.isKnownInitial(touch)
    if (isInitial === undefined)
      throw new HeddleError('HEDDLE_INTERNAL', 'A sequence that escaped is not known in full.')
    return isInitial
  }

  descend(touch: Touch): void {
    this.#inserting.descend({ touch, children: [] })
  }
}

export function timesOf(fault: string, struck: readonly string[]): number {
  return struck.filter((one) => one === fault).length
}
