// Orders of a failing run that are the other way round: which pairs of its steps are worth it, and what to hold back for
// that. Runs nothing.

import type { Property } from '../property.ts'
import type { Deviation } from '../replay/deviations.ts'
import { outcomeOf } from '../replay/trace.ts'
import type { Run, Step } from '../run.ts'
import { type Past, pastOf } from './past.ts'

/** Ids of two events: `first` came before `second`, or `second` not at all. */
export type Pair = readonly [first: string, second: string]

/** How many steps before the violation are looked at, and behind it: their pairs are looked for. */
const STEPS_BEFORE = 192
const STEPS_BEHIND = 64

/** A run, and what is known of the order of its steps. */
export class Ordered {
  readonly steps: readonly Step[]
  readonly past: Past
  readonly #places: ReadonlyMap<string, number>
  readonly #violatedAt: number
  readonly #from: number
  readonly #isOver: boolean

  constructor(run: Run, property: string, claim: Property | undefined) {
    const { step } = outcomeOf(run, property)
    this.steps = run.steps.slice(0, step + STEPS_BEHIND)
    this.past = pastOf(this.steps, claim, STEPS_BEFORE + STEPS_BEHIND)
    this.#places = new Map(run.steps.map(({ event }, index) => [event.id, index]))
    this.#violatedAt = step
    this.#from = Math.max(0, step - STEPS_BEFORE)
    // What is found at rest is nobody's step in particular.
    this.#isOver = run.ending === 'rest' && step === run.steps.length
  }

  /** An event that never came is behind all. */
  placeOf(id: string): number {
    return this.#places.get(id) ?? Number.POSITIVE_INFINITY
  }

  has(id: string): boolean {
    return this.#places.has(id)
  }

  isTurned([first, second]: Pair): boolean {
    return this.placeOf(second) < this.placeOf(first)
  }

  /**
   * Pairs of steps that depend on each other, of which neither made the other, and of which the first has a part in the
   * violation: those that nothing stands between before the others, and late ones before early ones.
   */
  pairs(): readonly Pair[] {
    const direct = this.past.races.filter(([first]) => first.number > this.#from && this.#matters(first))
    const known = new Set(direct.map(([first, second]) => `${first.number} ${second.number}`))
    const others: (readonly [Step, Step])[] = []
    for (const second of this.steps.slice(this.#from).toReversed()) {
      for (const first of this.steps.slice(this.#from, second.number - 1).toReversed()) {
        if (known.has(`${first.number} ${second.number}`) || !this.#matters(first)) continue
        if (this.past.areDependent(first, second)) others.push([first, second])
      }
    }
    // A pair behind the violation comes after those that led to it.
    const isLate = ([, second]: readonly [Step, Step]) => second.number > this.#violatedAt
    const all = [...direct, ...others].filter(
      ([first, second]) => first.event.fault === undefined && !this.past.isMadeBy(second, first),
    )
    return [...all.filter((pair) => !isLate(pair)), ...all.filter(isLate)].map(([first, second]) => [
      first.event.id,
      second.event.id,
    ])
  }

  #matters(step: Step): boolean {
    if (this.#isOver || step.number === this.#violatedAt) return true
    const violating = this.steps[this.#violatedAt - 1]
    return violating === undefined || this.past.isBefore(step, violating)
  }

  /** After how many steps another run parts from it. */
  commonWith(other: Ordered): number {
    return inCommon(this.steps, other.steps)
  }

  /** How many of the events up to the violation do not come in another run. */
  missingIn(other: Ordered): number {
    return this.steps.slice(0, this.#violatedAt).filter(({ event }) => !other.has(event.id)).length
  }

  /** How many pairs that depend on each other came the other way round in another run. */
  turnedIn(other: Ordered): number {
    let turned = 0
    for (const second of this.steps.slice(this.#from)) {
      for (const first of this.steps.slice(this.#from, second.number - 1)) {
        const pair = [first.event.id, second.event.id] as const
        if (other.isTurned(pair) && this.past.areDependent(first, second)) turned++
      }
    }
    return turned
  }

  /** The same for runs that differ in the order of independent steps alone. */
  get key(): string {
    const ids = this.steps.map(({ event }) => event.id)
    const races = this.past.races.map(([first, second]) => `${first.event.id} ${second.event.id}`)
    return JSON.stringify([ids.sort(byText), races.sort(byText)])
  }

  /** The pairs of this run that came the other way round in another one, the first of it first. */
  turned(other: Ordered): readonly Pair[] {
    return this.pairs()
      .filter((pair) => other.isTurned(pair))
      .toReversed()
  }

  /**
   * What to hold back so that pairs come the other way round: the first until the second has happened, and, as in
   * Flanagan and Godefroid (2005), whatever depends on the first, and the second does not, until the first has.
   */
  reversing(pairs: readonly Pair[]): readonly Deviation[] {
    const holds: Deviation[] = []
    for (const [first, second] of pairs) {
      holds.push({ kind: 'hold', event: first, until: second })
      const [from, to] = [this.steps[this.placeOf(first)], this.steps[this.placeOf(second)]]
      if (from === undefined || to === undefined) continue
      for (const step of this.steps.slice(from.number, to.number - 1)) {
        const follows = this.past.isBefore(from, step) && !this.past.isBefore(step, to)
        if (!follows || step.event.fault !== undefined || this.past.isMadeBy(step, from)) continue
        holds.push({ kind: 'hold', event: step.event.id, until: first })
      }
    }
    return holds
  }
}

/** Deviations with some orders the other way round: without what would keep them as they were. */
export function withReversed(
  deviations: readonly Deviation[],
  pairs: readonly Pair[],
  holds: readonly Deviation[],
): readonly Deviation[] {
  const keeps = (one: Deviation) =>
    one.kind === 'hold' && pairs.some(([first, second]) => one.event === second && one.until === first)
  return [...deviations.filter((one) => !keeps(one)), ...holds]
}

export function inCommon(a: readonly Step[], b: readonly Step[]): number {
  const parts = a.findIndex(({ event }, index) => event.id !== b[index]?.event.id)
  return parts < 0 ? a.length : parts
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
