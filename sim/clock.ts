// Virtual time: integer microseconds, advanced by events alone, in the total order (due, sequence).
// A timing says when an enabled event would fire; nothing here reads a real clock.

import type { Event } from './event.ts'
import type { RandomStreams } from './random.ts'

export class Clock {
  #nowUs = 0
  // How many steps happened at time 0: all of them, where nothing takes time.
  #atZero = 0
  // Index: step number, counted from the first of the others. The time at which it happened.
  #laterUs: number[] | undefined

  get nowUs(): number {
    return this.#nowUs
  }

  /** Moves to a time, never backwards, and notes it as the time of the next step. */
  advance(timeUs: number): void {
    if (timeUs > this.#nowUs) this.#nowUs = timeUs
    if (this.#nowUs === 0) this.#atZero++
    else this.#passed()
  }

  /** The time at which a step happened, by its number, for events to count their windows from; 0 for the start. */
  timeOfUs(step: number): number {
    if (step <= this.#atZero) return 0
    return this.#laterUs?.[step - this.#atZero - 1] ?? this.#nowUs
  }

  #passed(): void {
    this.#laterUs ??= []
    this.#laterUs.push(this.#nowUs)
  }

  createdAtUs(event: Event): number {
    return this.timeOfUs(event.createdAtStep)
  }

  /** When an event falls due if it takes as little time as it may. */
  dueUs(event: Event): number {
    return this.timeOfUs(event.createdAtStep) + event.window.minUs
  }

  /** When it then happens if it is next: not in the past. */
  nextUs(event: Event): number {
    return Math.max(this.#nowUs, this.dueUs(event))
  }
}

export const TIMINGS = ['sampled', 'untimed'] as const

/**
 * How time restricts the order. *sampled*: a delay is drawn from each window, its ends more often than what is
 * between, events fire in the order of time, ties are left to the strategy. *untimed*: every causal order is
 * allowed, whatever the windows say.
 */
export type TimingName = (typeof TIMINGS)[number]

export interface Timing {
  /** The events among which the strategy chooses; `enabled` is not empty, and neither is the result. */
  candidates(enabled: readonly Event[], clock: Clock): readonly Event[]
  /** When a candidate fires. */
  timeUs(event: Event, clock: Clock): number
}

export function timing(name: TimingName, streams: RandomStreams): Timing {
  return name === 'sampled' ? new SampledTiming(streams) : UNTIMED
}

/** One part in so many of a window is drawn beyond each of its ends, and falls on the end. */
const EDGE_SHARE = 8

class SampledTiming implements Timing {
  readonly #streams: RandomStreams
  // Index: sequence of the event. A delay is drawn once, when the event is first enabled.
  readonly #dueUs: number[] = []

  constructor(streams: RandomStreams) {
    this.#streams = streams
  }

  candidates(enabled: readonly Event[], clock: Clock): readonly Event[] {
    let earliestUs = Number.POSITIVE_INFINITY
    let ties: Event[] = []
    for (const event of enabled) {
      const dueUs = this.timeUs(event, clock)
      if (dueUs < earliestUs) {
        earliestUs = dueUs
        ties = [event]
      } else if (dueUs === earliestUs) {
        ties.push(event)
      }
    }
    return ties
  }

  timeUs(event: Event, clock: Clock): number {
    let dueUs = this.#dueUs[event.sequence]
    if (dueUs === undefined) {
      dueUs = clock.createdAtUs(event) + this.#delayUs(event)
      this.#dueUs[event.sequence] = dueUs
    }
    // What waited behind another event of its channel is due at once when it is its turn.
    return Math.max(dueUs, clock.nowUs)
  }

  // The shortest and the longest delay are what most often matters, and where windows that only touch fall due
  // together; drawn evenly, one of a thousand values would hardly ever come up. One delay in five is an end.
  #delayUs({ window: { minUs, maxUs }, place, id }: Event): number {
    if (minUs === maxUs) return minUs
    const edgeUs = Math.ceil((maxUs - minUs) / EDGE_SHARE)
    const drawn = this.#streams.stream(`delay/${place}`).integer(minUs - edgeUs, maxUs + edgeUs, id)
    return Math.min(Math.max(drawn, minUs), maxUs)
  }
}

class Untimed implements Timing {
  candidates(enabled: readonly Event[]): readonly Event[] {
    return enabled
  }

  timeUs(event: Event, clock: Clock): number {
    return clock.nextUs(event)
  }
}

const UNTIMED = new Untimed()
