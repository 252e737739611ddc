// A run that only looks: goes behind some steps once more, and tells what one event touches there, or why it is not
// enabled. Draws no conclusion.

import { HeddleError } from '../error.ts'
import type { Event, Schedulable } from '../event.ts'
import type { Happened } from '../scheduler.ts'
import { Chosen } from './chosen.ts'
import type { Answer, Probe } from './initials.ts'
import type { Sight, Views } from './sight.ts'
import { END, END_TOUCH, type Names, type Touch } from './touch.ts'

export class Probing {
  readonly #probe: Probe
  readonly #ids: readonly string[]
  readonly #target: string
  readonly #names: Names
  readonly #sight: Sight
  #depth = 0
  #wasPending = false
  #chosen: Chosen | undefined
  #views: Views = []
  #touch: Touch | undefined
  #culprit: number | undefined
  #looked: readonly number[] = []

  /** `ids`: the steps that the probe goes behind, but for its own events. */
  constructor(probe: Probe, ids: readonly string[], { names, sight }: { names: Names; sight: Sight }) {
    this.#probe = probe
    this.#ids = [...ids, ...probe.events.map((event) => names.idOf(event))]
    this.#target = names.idOf(probe.target)
    this.#names = names
    this.#sight = sight
  }

  next(enabled: readonly Event[], schedulable: Schedulable): Event | undefined {
    if (this.#depth === 0) this.#wasPending = this.#pending(schedulable) !== undefined
    const id = this.#ids[this.#depth]
    if (id === undefined)
      return this.#depth === this.#ids.length ? this.#look(enabled, schedulable) : undefined
    const event = enabled.find((one) => one.id === id)
    if (event !== undefined) return event
    throw notEnabled(id, enabled, `step ${this.#depth + 1} of a probe`)
  }

  onStep(step: Happened, schedulable: Schedulable): void {
    this.#depth++
    if (this.#chosen !== undefined) {
      this.#touch = this.#chosen.taken(step, this.#sight, this.#views).touch
      return
    }
    const target = this.#pending(schedulable)
    const own = this.#depth - this.#probe.depth - 1
    if (target === undefined && this.#wasPending && own >= 0) this.#culprit ??= own
    this.#wasPending = target !== undefined
    if (this.#depth < this.#ids.length || target?.guard === undefined) return
    // Asks the guard, also where nothing else is enabled.
    schedulable.enabled()
    this.#looked = this.#names.resources(target.guard)
  }

  /** `threw`: whether the event ended the run with an exception. */
  answer(threw: boolean): Answer {
    const touch = this.#touch === undefined || !threw ? this.#touch : { ...this.#touch, isLast: true }
    return { touch, culprit: this.#culprit, looked: this.#looked }
  }

  #pending(schedulable: Schedulable): Event | undefined {
    return schedulable.pending?.().find(({ id }) => id === this.#target)
  }

  #look(enabled: readonly Event[], schedulable: Schedulable): Event | undefined {
    if (this.#probe.target === END) {
      if (enabled.every(({ fault }) => fault !== undefined)) this.#touch = END_TOUCH
      return undefined
    }
    const position = enabled.findIndex(({ id }) => id === this.#target)
    if (position < 0) {
      this.#looked = this.#names.resources(this.#pending(schedulable)?.guard ?? [])
      return undefined
    }
    this.#views = this.#sight.look(schedulable)
    const declared = this.#names.declared(enabled[position] as Event, this.#probe.target)
    this.#chosen = new Chosen(this.#names, schedulable, { enabled, position, preemptions: 0, declared })
    return this.#chosen.event
  }
}

/** What to say where an event is not enabled behind the steps that it was enabled behind before. */
export function notEnabled(id: string, enabled: readonly Event[], where: string): HeddleError {
  const found = enabled.map((one) => one.id).join(', ')
  return new HeddleError(
    'HEDDLE_SCHEDULE',
    `Expected ${id} to be enabled at ${where}, as it was behind the same causes, found ${found || 'nothing'}. Does a footprint leave something out, or is the code non-deterministic?`,
  )
}
