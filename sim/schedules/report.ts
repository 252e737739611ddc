// What an exploration of schedules takes and gives back: plain data, and the options that bound it. Explores nothing.

import type { Schedulable } from '../event.ts'
import type { Run } from '../run.ts'
import type { Json } from '../scenario.ts'

/**
 * *holds*: every schedule was covered, and nothing violated. *bounded*: nothing was found, and not every schedule was
 * covered. *stuck*: somebody waits for what can no longer come.
 */
export type ExploreVerdict = 'holds' | 'violated' | 'stuck' | 'bounded'

/**
 * What kept it from covering everything. *preemptions* and *length* leave out some schedules and go on with the
 * others: those with more preemptions, and what comes after the last step that a scenario allows. *failures*: as many
 * as were asked for. The others end it.
 */
export type ExploreBound = 'executions' | 'time' | 'interrupted' | 'failures' | 'preemptions' | 'length'

/** A property that an execution violated first. */
export interface ExploreFailure {
  readonly property: string
  readonly message: string
  /** Which execution it was, from 1. */
  readonly execution: number
  /** The text of the replay file, which replays to the byte through the ordinary scheduler. */
  readonly trace: string
}

export interface ExploreReport {
  readonly scenario: string
  readonly verdict: ExploreVerdict
  /** Null where every schedule was covered. */
  readonly bound: ExploreBound | null
  /** Complete executions: each is a Mazurkiewicz trace of its own, but under a bound of preemptions. */
  readonly executions: number
  /** Executions that had to be given up, as all that was left to happen had been explored: none in an optimal search. */
  readonly blocked: number
  /** Beginnings that were run once more, to see what an event touches, or whether its guard holds there. */
  readonly probes: number
  /** Of the complete executions. */
  readonly steps: number
  /** How many executions violate something, or are stuck. */
  readonly failing: number
  /** The first failure of each property. */
  readonly failures: readonly ExploreFailure[]
  readonly sometimes: readonly { readonly property: string; readonly reached: boolean }[]
  /** The distinct ones, sorted, where they were asked for. */
  readonly finalStates: readonly string[] | null
  /** What `explore` goes on from; null where nothing is left. Plain JSON. */
  readonly resume: Json | null
}

export interface ExploreProgress {
  readonly executions: number
  readonly steps: number
  readonly probes: number
  readonly failing: number
}

/** What the machine lends; the engine itself reads no clock. */
export interface ExploreHost {
  /** Milliseconds, from any beginning. */
  nowMs(): number
}

export interface ExploreOptions {
  /** Executions at the most, those before a resumption included. */
  readonly executionsMax?: number
  /**
   * Preemptions in an execution at the most (Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007): another
   * task or place goes on although the one before could have. Then every schedule within the bound is run, also where
   * several differ only in the order of independent steps.
   */
  readonly preemptionsMax?: number
  /** Milliseconds of this call. Needs a host. */
  readonly timeMaxMs?: number
  readonly host?: ExploreHost
  /** Ends with so many failing executions: 1 unless given. */
  readonly failuresMax?: number
  /** Ends it early; an AbortSignal fits. */
  readonly signal?: { readonly aborted: boolean }
  readonly onProgress?: (progress: ExploreProgress) => void
  /** Collects the distinct final states: `true` for the situation or the view, a function for a text of its own. */
  readonly finalState?: true | ((schedulable: Schedulable, run: Run) => string)
  /** The `resume` of an earlier report, from the same scenario under the same bounds. It is checked. */
  readonly resume?: unknown
}
