// The contract of a strategy: it decides which of the candidates comes next. A forced choice is never
// asked for, so it consumes nothing.

import type { Event } from '../event.ts'
import type { RandomStream } from '../random.ts'

export interface Strategy {
  /** With its parameters, such as `pct(3)`: it is what a trace says of where it came from. */
  readonly name: string
  /** True where it relies on `Course.choices`, which a hunt then counts, once, before its first run. */
  readonly counts?: boolean
  /** Begins a run; `random` is the strategy's own stream. The chooser gets two candidates or more, oldest first. */
  begin(random: RandomStream, course: Course): (candidates: readonly Event[]) => Event
}

/** What a strategy may know of its run. */
export interface Course {
  /** How often a run chooses between two events or more, about: as often as a run in fifo order; 1 at the least. */
  readonly choices: number
  /**
   * What has fired so far, also where nothing was to choose: step n at index n - 1. Grows with the run. It is kept for
   * those who ask as the run begins.
   */
  readonly fired: readonly Event[]
}
