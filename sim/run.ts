// What one run was: its steps, how it ended, and what was found in it. Plain values, which the scheduler makes.

import type { Clock } from './clock.ts'
import { HeddleError } from './error.ts'
import type { Event, Footprint, Observation } from './event.ts'
import type { Violation } from './judge.ts'
import type { Property } from './property.ts'
import type { Scenario } from './scenario.ts'

export interface Step {
  readonly number: number
  readonly timeUs: number
  readonly event: Event
  /** Digest of the enabled set before the step, see {@link digestOfEnabled}. */
  readonly enabled: number
  readonly observations: readonly Observation[]
  readonly footprint: Footprint
}

/**
 * Why a run ended: at rest, at one of its bounds, where the source ended it, where its last steps repeat for
 * ever, or at the violation looked for.
 */
export type Ending = (typeof ENDINGS)[number]

export const ENDINGS = ['rest', 'steps', 'time', 'source', 'cycle', 'violation'] as const

export type RunVerdict = 'no violation found' | 'violated' | 'stuck'

export interface Run {
  readonly scenario: Scenario
  /** What was observed before the first step. */
  readonly opening: readonly Observation[]
  /** Put together when they are first asked for. */
  readonly steps: readonly Step[]
  readonly stepCount: number
  readonly ending: Ending
  /** After how many steps the others repeat for ever. Invariant: null for every ending but `cycle`. */
  readonly cycleFrom: number | null
  readonly verdict: RunVerdict
  /** The first violation of each property, in the order in which they were found. */
  readonly violations: readonly Violation[]
  /** The names of the `sometimes` claims that were reached. */
  readonly reached: ReadonlySet<string>
  /** The claims that the run brought with it, besides those of its scenario. */
  readonly declared: readonly Property[]
  /** Who waits for what, in a stuck run. */
  readonly waiting: readonly string[]
  /**
   * The same for people to read, with the line at which each waits, where that is known. Lines move with the
   * code, and not every host can tell them, so none of this lands in a trace, a report or a comparison.
   */
  readonly waitingAt: readonly string[]
  readonly timeUs: number
}

const NOTHING_SEEN: readonly Observation[] = []

/**
 * What happened, as cheaply as it can be kept: most runs are only counted. What most steps do not have, an
 * observation or a footprint other than the one that was declared, is kept beside them.
 */
export class RunLog {
  readonly #clock: Clock
  readonly #events: Event[] = []
  readonly #enabled: number[] = []
  // By the number of the step.
  #observations: Map<number, readonly Observation[]> | undefined
  #footprints: Map<number, Footprint> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get events(): readonly Event[] {
    return this.#events
  }

  /** Writes a step down. */
  add(event: Event, enabled: number, observations: readonly Observation[], footprint: Footprint): void {
    const number = this.#events.push(event)
    this.#enabled.push(enabled)
    if (observations.length > 0) {
      this.#observations ??= new Map()
      this.#observations.set(number, observations)
    }
    if (footprint !== event.footprint) {
      this.#footprints ??= new Map()
      this.#footprints.set(number, footprint)
    }
  }

  step(number: number): Step {
    const event = this.#events[number - 1] as Event
    return {
      number,
      timeUs: this.#clock.timeOfUs(number),
      event,
      enabled: this.#enabled[number - 1] as number,
      observations: this.#observations?.get(number) ?? NOTHING_SEEN,
      footprint: this.#footprints?.get(number) ?? event.footprint,
    }
  }

  steps(): Step[] {
    return this.#events.map((_, index) => this.step(index + 1))
  }
}

/** A run that is over. */
export class FinishedRun implements Run {
  readonly scenario: Scenario
  readonly opening: readonly Observation[]
  readonly ending: Ending
  readonly cycleFrom: number | null
  readonly verdict: RunVerdict
  readonly violations: readonly Violation[]
  readonly reached: ReadonlySet<string>
  readonly declared: readonly Property[]
  readonly waiting: readonly string[]
  readonly waitingAt: readonly string[]
  readonly timeUs: number
  readonly stepCount: number
  readonly #log: RunLog | undefined
  #steps: readonly Step[] | undefined

  /** Without a log where its steps were only counted. */
  constructor(log: RunLog | undefined, run: Omit<Run, 'steps'>) {
    this.scenario = run.scenario
    this.opening = run.opening
    this.ending = run.ending
    this.cycleFrom = run.cycleFrom
    this.verdict = run.verdict
    this.violations = run.violations
    this.reached = run.reached
    this.declared = run.declared
    this.waiting = run.waiting
    this.waitingAt = run.waitingAt
    this.timeUs = run.timeUs
    this.stepCount = run.stepCount
    this.#log = log
  }

  get steps(): readonly Step[] {
    this.#steps ??= (this.#log ?? notKept()).steps()
    return this.#steps
  }
}

function notKept(): never {
  throw new HeddleError('HEDDLE_INTERNAL', 'Expected a run with its steps, found one that only counted them.')
}
