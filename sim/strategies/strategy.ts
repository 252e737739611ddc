// The contract of a strategy: it decides which of the candidates comes next. A forced choice is never
// asked for, so it consumes nothing.

import type { Event } from '../event.ts'
import type { RandomStream } from '../random.ts'

export interface Strategy {
  readonly name: string
  /** Begins a run; `random` is the strategy's own stream. The chooser gets two candidates or more. */
  begin(random: RandomStream): (candidates: readonly Event[]) => Event
}
