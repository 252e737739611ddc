// A schedule as a short list of numbers that a person can paste: at each choice, how far it departs from the order in
// which events fall due. It says what comes next and when; it draws nothing, and knows no scenario.

import { toStringMethod } from 'fast-check'
import { type Choice, type ChoiceSource, type Event, TIMINGS, type TimingName } from '../sim/index.ts'
import { checkKeys, refuse } from './refuse.ts'

export interface ScheduleOptions {
  /**
   * `sampled`, unless given: only orders and times that the windows allow. `untimed`: any order that causes allow, and
   * claims about virtual time are not judged.
   */
  readonly timing?: TimingName
}

/** What {@link schedule} makes: the `source` of any number of runs, each of which begins at its first pick. */
export interface Schedule {
  (): ChoiceSource
  readonly picks: readonly number[]
  readonly timing: TimingName
  /** How fast-check prints it: the call that makes it again. */
  readonly [toStringMethod]: () => string
}

/**
 * A schedule that takes one number of the list at each choice. 0 lets happen what falls due first if each event takes
 * as little time as it may, the older before the younger, and a number n > 0 the nth after it; -1 lets a fault strike,
 * the one that can be first, and -n the nth. Numbers beyond what there is start again from the first; behind the last
 * number everything is 0, so that the empty list is the order in which nothing races. Each event happens as soon as it
 * can. Throws HEDDLE_OPTIONS where the list is not one of integers, or an option does not fit.
 */
export function schedule(picks: readonly number[], options: ScheduleOptions = {}): Schedule {
  checkKeys('the options of schedule()', options, ['timing'])
  const { timing = 'sampled' } = options
  const isList = Array.isArray(picks) && picks.every(Number.isSafeInteger)
  if (!isList) refuse('the picks of a schedule', 'a list of integers', picks)
  checkTiming(timing)
  const text = `[${picks.join(', ')}]${timing === 'sampled' ? '' : `, { timing: '${timing}' }`}`
  return Object.assign(() => new Picked(picks, timing), {
    picks,
    timing,
    [toStringMethod]: () => `schedule(${text})`,
  })
}

/** Throws HEDDLE_OPTIONS for what is no timing. */
export function checkTiming(timing: unknown): void {
  if (TIMINGS.includes(timing as TimingName)) return
  refuse('the timing of a schedule', TIMINGS.join(' or '), timing)
}

type Clock = Parameters<ChoiceSource['choose']>[1]

class Picked implements ChoiceSource {
  readonly untimed: boolean
  readonly #picks: readonly number[]
  #next = 0

  constructor(picks: readonly number[], timing: TimingName) {
    this.untimed = timing === 'untimed'
    this.#picks = picks
  }

  choose(enabled: readonly Event[], clock: Clock): Choice | undefined {
    const dueUs = (event: Event) => clock.dueUs(event)
    const possible = this.untimed ? enabled : inTime(enabled, clock)
    const sorted = possible.toSorted((a, b) => dueUs(a) - dueUs(b) || a.sequence - b.sequence)
    const event = this.#pick(
      sorted.filter(({ fault }) => fault === undefined),
      sorted.filter(({ fault }) => fault !== undefined),
    )
    return event && { event, timeUs: clock.nextUs(event) }
  }

  #pick(events: readonly Event[], faults: readonly Event[]): Event | undefined {
    if (events.length <= 1 && faults.length === 0) return events[0]
    const pick = this.#picks[this.#next++] ?? 0
    if (pick < 0) return faults.length === 0 ? events[0] : faults[(-pick - 1) % faults.length]
    return events.length === 0 ? undefined : events[pick % events.length]
  }
}

/** What can happen before anything is late that must happen; what has waited for its turn is due at once. */
function inTime(enabled: readonly Event[], clock: Clock): readonly Event[] {
  const atUs = (event: Event, delayUs: number) => Math.max(clock.nowUs, clock.createdAtUs(event) + delayUs)
  const required = enabled.filter(({ fault }) => fault === undefined)
  const untilUs = Math.min(...required.map((event) => atUs(event, event.window.maxUs)))
  return enabled.filter((event) => atUs(event, event.window.minUs) <= untilUs)
}
