// A schedule as a short list of numbers that a person can paste: at each choice, how far it departs from the order in
// which events fall due. It says what comes next and when; it draws nothing, and knows no scenario.

import { toStringMethod } from 'fast-check'
import {
  type Choice,
  type ChoiceSource,
  type Event,
  HeddleError,
  TIMINGS,
  type TimingName,
} from '../sim/index.ts'

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
  const { timing = 'sampled' } = options
  if (!Array.isArray(picks) || !picks.every(Number.isSafeInteger)) {
    throw new HeddleError('HEDDLE_OPTIONS', 'Expected the picks of a schedule to be a list of integers.')
  }
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
  throw new HeddleError('HEDDLE_OPTIONS', `Expected the timing of a schedule to be ${TIMINGS.join(' or ')}.`)
}

class Picked implements ChoiceSource {
  readonly untimed: boolean
  readonly #picks: readonly number[]
  #next = 0

  constructor(picks: readonly number[], timing: TimingName) {
    this.untimed = timing === 'untimed'
    this.#picks = picks
  }

  choose(enabled: readonly Event[], clock: Parameters<ChoiceSource['choose']>[1]): Choice | undefined {
    const atUs = (event: Event, delayUs: number) => Math.max(clock.nowUs, clock.createdAtUs(event) + delayUs)
    const dueUs = (event: Event) => atUs(event, event.window.minUs)
    const required = enabled.filter(({ fault }) => fault === undefined)
    // Behind this time something would be late that must happen.
    const untilUs = this.untimed
      ? Number.POSITIVE_INFINITY
      : required.reduce(
          (least, event) => Math.min(least, atUs(event, event.window.maxUs)),
          Number.POSITIVE_INFINITY,
        )
    const inTime = (event: Event) => dueUs(event) <= untilUs
    const byDue = (a: Event, b: Event) => dueUs(a) - dueUs(b) || a.sequence - b.sequence
    const events = required.filter(inTime).sort(byDue)
    const faults = enabled.filter((event) => event.fault !== undefined && inTime(event)).sort(byDue)
    const event = this.#pick(events, faults)
    return event && { event, timeUs: dueUs(event) }
  }

  #pick(events: readonly Event[], faults: readonly Event[]): Event | undefined {
    if (events.length <= 1 && faults.length === 0) return events[0]
    const pick = this.#picks[this.#next++] ?? 0
    if (pick < 0) return faults.length === 0 ? events[0] : faults[(-pick - 1) % faults.length]
    return events.length === 0 ? undefined : events[pick % events.length]
  }
}
