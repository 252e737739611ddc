// The one choice stream. A source answers what happens next, and when; a seed with a strategy, a recorded
// schedule and a generated list of numbers are all sources for the same scheduler.

import { type Clock, type Timing, type TimingName, timing } from './clock.ts'
import type { Event } from './event.ts'
import { type Draw, RandomStreams } from './random.ts'
import type { Course, Strategy } from './strategies/strategy.ts'

export interface Choice {
  readonly event: Event
  readonly timeUs: number
}

/** A step of an earlier run: what happened, and where it stood among the enabled ones. */
export interface Repeated {
  readonly id: string
  readonly position: number
}

export interface ChoiceSource {
  /** True where the order is free of the windows, so that claims about virtual time say nothing. */
  readonly untimed: boolean
  /**
   * After how many steps the others repeat for ever, where it ends the run in a cycle. The scheduler believes it
   * only if that can be: in an untimed run, of a system that is then in the same situation again.
   */
  readonly cycleFrom?: number | undefined
  /**
   * What happens next of `enabled`, which is never empty; undefined ends the run here. Is read before the next call,
   * which may give the same object.
   */
  choose(enabled: readonly Event[], clock: Clock): Choice | undefined
  /**
   * Its first steps, where they are those of an earlier run: each happens as soon as it may, and nobody watches. The list
   * may grow while the run goes on. @internal
   */
  readonly repeated?: readonly Repeated[]
  /** A repeated step, by its number, that is not where it stood; throws where it is not enabled. @internal */
  find?(id: string, enabled: readonly Event[], step: number): Event
}

export interface SeededOptions {
  readonly seed: number
  readonly strategy: Strategy
  readonly timing: TimingName
  /** The fault budgets of the run; how many strike is drawn for each, from none to all of them. */
  readonly budgets: Readonly<Record<string, number>>
  /** How often a run chooses, about, for a strategy that relies on it: see {@link Course}. 100 unless given. */
  readonly choices?: number
  /** Filled with every draw, where given. */
  readonly log?: Draw[]
}

const CHOICES = 100

/** Choices from a seed: a strategy chooses among what the timing allows. */
export function seeded(options: SeededOptions): ChoiceSource {
  return new Seeded(options)
}

// A class, as a run makes one, and objects of a class are made faster than closures.
class Seeded implements ChoiceSource, Course {
  readonly untimed: boolean
  readonly choices: number
  // Kept from when the strategy asks for it; most do not.
  #fired: Event[] | undefined
  readonly #choose: (candidates: readonly Event[]) => Event
  readonly #timing: Timing
  #faultsLeft: Map<string, number> | undefined
  #choice: { event: Event; timeUs: number } | undefined

  constructor({ seed, strategy, timing: name, budgets, choices = CHOICES, log }: SeededOptions) {
    this.choices = choices
    const streams = new RandomStreams(String(seed), log)
    this.untimed = name === 'untimed'
    this.#choose = strategy.begin(streams.stream('strategy'), this)
    this.#timing = timing(name, streams)
    // The list of its keys would be made for each run, though most have no budgets.
    for (const fault in budgets) {
      this.#faultsLeft ??= new Map()
      this.#faultsLeft.set(fault, streams.stream('faults').integer(0, budgets[fault] as number, fault))
    }
  }

  get fired(): readonly Event[] {
    this.#fired ??= []
    return this.#fired
  }

  choose(enabled: readonly Event[], clock: Clock): Choice | undefined {
    const left = this.#faultsLeft
    const allowed = left === undefined ? enabled : strikesLeft(enabled, left)
    if (allowed.length === 0) return undefined
    const candidates = this.#timing.candidates(allowed, clock)
    const event = candidates.length === 1 ? (candidates[0] as Event) : this.#choose(candidates)
    this.#fired?.push(event)
    if (left !== undefined && event.fault !== undefined) {
      left.set(event.fault, (left.get(event.fault) ?? 0) - 1)
    }
    const timeUs = this.#timing.timeUs(event, clock)
    const choice = this.#choice
    if (choice === undefined) {
      this.#choice = { event, timeUs }
      return this.#choice
    }
    choice.event = event
    choice.timeUs = timeUs
    return choice
  }
}

/** The events without the faults that have struck as often as they may; the list itself where there are none. */
function strikesLeft(enabled: readonly Event[], left: ReadonlyMap<string, number>): readonly Event[] {
  for (const { fault } of enabled) {
    if (fault === undefined || (left.get(fault) ?? 0) > 0) continue
    return enabled.filter((event) => event.fault === undefined || (left.get(event.fault) ?? 0) > 0)
  }
  return enabled
}

/**
 * Choices from a list of numbers, each the remainder of which by the number of choices says what comes next,
 * and 0 when the list is exhausted. 0 is the oldest event that must happen, or the end of the run where only
 * faults are left; faults come last. For generated schedules, which so shrink to fifo without a fault.
 */
export function listed(numbers: readonly number[]): ChoiceSource {
  let index = 0
  return {
    untimed: true,
    choose(enabled, clock) {
      const choices = faultsLast(enabled)
      const pick = choices.length === 1 ? 0 : Math.abs(numbers[index++] ?? 0) % choices.length
      const event = choices[pick]
      if (event === undefined) return undefined
      return { event, timeUs: clock.nextUs(event) }
    },
  }
}

/** Choices from a list of ids, in untimed order, as far as they can be made: ends the run where the next is not enabled. */
export function inOrder(ids: readonly string[]): ChoiceSource {
  let next = 0
  return {
    untimed: true,
    choose(enabled, clock) {
      const id = ids[next++]
      const event = enabled.find((one) => one.id === id)
      return event && { event, timeUs: clock.nextUs(event) }
    },
  }
}

/** What must happen, or undefined for the end where nothing must; behind it the faults, which never have to. */
function faultsLast(enabled: readonly Event[]): readonly (Event | undefined)[] {
  const faults = enabled.filter(({ fault }) => fault !== undefined)
  if (faults.length === 0) return enabled
  const required = enabled.filter(({ fault }) => fault === undefined)
  return [...(required.length > 0 ? required : [undefined]), ...faults]
}
