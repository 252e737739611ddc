// What one run was: its steps, how it ended, and what was found in it. Plain values, which the scheduler makes.

import type { Event, Footprint, Observation } from './event.ts'
import type { Violation } from './judge.ts'
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
export type Ending = 'rest' | 'steps' | 'time' | 'source' | 'cycle' | 'violation'

export type RunVerdict = 'no violation found' | 'violated' | 'stuck'

export interface Run {
  readonly scenario: Scenario
  /** What was observed before the first step. */
  readonly opening: readonly Observation[]
  readonly steps: readonly Step[]
  readonly ending: Ending
  /** After how many steps the others repeat for ever. Invariant: null for every ending but `cycle`. */
  readonly cycleFrom: number | null
  readonly verdict: RunVerdict
  /** The first violation of each property, in the order in which they were found. */
  readonly violations: readonly Violation[]
  /** The names of the `sometimes` claims that were reached. */
  readonly reached: ReadonlySet<string>
  /** Who waits for what, in a stuck run. */
  readonly waiting: readonly string[]
  /**
   * The same for people to read, with the line at which each waits, where that is known. Lines move with the
   * code, and not every host can tell them, so none of this lands in a trace, a report or a comparison.
   */
  readonly waitingAt: readonly string[]
  readonly timeUs: number
}
