// Wakeup trees (Abdulla, Aronis, Jonsson and Sagonas, "Source sets: a foundation for optimal dynamic partial order
// reduction", JACM 2017, section 6): in each state of the execution, the sequences of events that still have to be
// run from there. Decides whether a sequence is new, and where it belongs. Runs nothing: where what an event touches
// cannot be told from the execution at hand, it asks for a probe.

import {
  type Answer,
  type Asking,
  type Branch,
  type Budgets,
  type Escape,
  Inserting,
  type Item,
  type Origin,
  type Sequence,
  timesOf,
} from './initials.ts'
import { conflict, type Touch } from './touch.ts'

export interface Node {
  /** What need not happen next, as all that begins with it has been explored. Whole touches. */
  sleep: readonly Touch[]
  /** In the order in which they are explored; the first is the one that is being explored. */
  readonly tree: Branch[]
}

const NOBODY: Node['sleep'] = []

export class Wakeup {
  readonly nodes: Node[] = []
  /** What is for others to run, in the order in which it was found. */
  readonly escapes: Escape[] = []
  readonly #origin: Origin
  readonly #budgets: Budgets
  readonly #floor: number
  // One for all of which nothing has to be asked, which is most.
  readonly #known: Inserting

  /** What is to be run from nodes less deep than `floor` is for others. */
  constructor(origin: Origin, budgets: Budgets, floor: number) {
    this.#origin = origin
    this.#budgets = budgets
    this.#floor = floor
    this.#known = new Inserting({ depth: 0, items: [], isFeasible: true }, origin, budgets)
  }

  /** What still sleeps behind a step, which has just been taken. */
  asleep(sleep: Node['sleep'], taken: Touch): Node['sleep'] {
    let asleep = NOBODY
    for (const touch of sleep) if (!this.#wakes(touch, taken)) asleep = [...asleep, touch]
    return asleep
  }

  #wakes(sleeping: Touch, taken: Touch): boolean {
    // What most that sleeps comes to, without a closure for the rest.
    if (sleeping.fault === undefined) return conflict(sleeping, taken)
    return wakes(sleeping, taken, this.#budgets, () => this.#origin.struck(Number.POSITIVE_INFINITY))
  }

  /**
   * Has a sequence run, unless what it leads to is explored already, or will be. Gives the answer that says why not
   * where its last event turns out not to be enabled.
   */
  *insert(sequence: Sequence): Asking<Answer | undefined> {
    const inserting = new Inserting(sequence, this.#origin, this.#budgets)
    const { sleep, tree } = this.nodes[sequence.depth] as Node
    for (const touch of sleep) {
      const isInitial =
        inserting.isKnownInitial(touch) ?? (yield* inserting.isInitial({ touch, children: [] }))
      if (isInitial) return undefined
      if (inserting.refused !== undefined) return inserting.refused
    }
    // What is being explored comes after the last event of the sequence, which depends on it; but for a guard, that
    // may look at something else where nobody has written what it looked at.
    const taken = this.#origin.touchAt(sequence.depth)
    if (!sequence.isFeasible && taken !== undefined) {
      if (yield* inserting.isInitial({ touch: taken, children: [] })) return undefined
      if (inserting.refused !== undefined) return inserting.refused
    }
    let siblings = tree
    for (let index = 1; index < siblings.length; index++) {
      const branch = siblings[index] as Branch
      const isInitial = inserting.isKnownInitial(branch.touch) ?? (yield* inserting.isInitial(branch))
      if (inserting.refused !== undefined) return inserting.refused
      if (!isInitial) continue
      inserting.descend(branch)
      if (branch.children.length === 0 || inserting.items.length === 0) return undefined
      siblings = branch.children
      index = -1
    }
    const isEscape = sequence.depth < this.#floor
    if (!inserting.isFeasible || (isEscape && !inserting.isWhole)) yield* inserting.resolve()
    if (inserting.refused !== undefined) return inserting.refused
    append(siblings, inserting.items)
    if (isEscape) this.escapes.push(this.#escape(sequence.depth, inserting.all))
    return undefined
  }

  /** The same without a question; false where one has to be asked, and then nothing is done. Most need none. */
  insertKnown(sequence: Sequence): boolean {
    if (!sequence.isFeasible || sequence.depth < this.#floor) return false
    const inserting = this.#known
    inserting.begin(sequence)
    const { sleep, tree } = this.nodes[sequence.depth] as Node
    for (const touch of sleep) {
      const isInitial = inserting.isKnownInitial(touch)
      if (isInitial !== false) return isInitial === true
    }
    let siblings = tree
    for (let index = 1; index < siblings.length; index++) {
      const branch = siblings[index] as Branch
      const isInitial = inserting.isKnownInitial(branch.touch)
      if (isInitial === undefined) return false
      if (!isInitial) continue
      inserting.descend(branch)
      if (branch.children.length === 0 || inserting.items.length === 0) return true
      siblings = branch.children
      index = -1
    }
    append(siblings, inserting.items)
    return true
  }

  /** Learns what the branches touch at the first of the known states that has several, so that they can be explored apart. */
  *settle(): Asking<void> {
    for (let depth = this.#floor; depth < this.nodes.length; depth++) {
      const [first, ...others] = (this.nodes[depth] as Node).tree
      const taken = this.#origin.touchAt(depth)
      if (first === undefined) return
      if (taken !== undefined) first.touch = taken
      else yield* this.#resolve([first], depth)
      yield* this.#resolve(others, depth)
      if (others.length > 0) return
    }
  }

  *#resolve(branches: readonly Branch[], depth: number, events: readonly number[] = []): Asking<void> {
    for (const branch of branches) {
      const target = branch.touch.event
      if (!branch.touch.isWhole) branch.touch = (yield { depth, events, target }).touch ?? branch.touch
      yield* this.#resolve(branch.children, depth, [...events, target])
    }
  }

  #escape(depth: number, items: readonly Item[]): Escape {
    const after = items.map(({ position }, index) =>
      items.flatMap((other, at) =>
        at < index && position >= 0 && this.#origin.isBefore(other.position, position) ? at : [],
      ),
    )
    return { depth, touches: items.map(({ touch }) => touch), after, struck: this.#origin.struck(depth) }
  }
}

/**
 * Whether what sleeps wakes up as a step is taken: they are dependent, or it is not enabled any more. `struck` gives the
 * faults up to the step, which is one of them if it is a fault.
 */
export function wakes(
  sleeping: Touch,
  taken: Touch,
  budgets: Budgets,
  struck: () => readonly string[],
): boolean {
  if (conflict(sleeping, taken)) return true
  const { fault } = sleeping
  if (fault === undefined || fault !== taken.fault) return false
  return timesOf(fault, struck()) >= budgets.total(fault)
}

function append(siblings: Branch[], items: readonly Item[]): void {
  for (const { touch } of items) {
    const branch: Branch = { touch, children: [] }
    siblings.push(branch)
    siblings = branch.children
  }
}
