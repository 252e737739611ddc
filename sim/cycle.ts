// The end of a run that never comes to rest: whether the steps since some step can repeat for ever. They can when
// the system is in the same situation again, and they may when nothing that must happen was enabled all the while
// and passed over, which is what weak fairness rules out (Lehmann, Pnueli and Stavi, 1981, as justice). Looks at
// one run; what the properties make of a cycle is in judge.ts.

import type { Schedulable } from './event.ts'

export class Cycle {
  readonly from: number
  #situation: string | undefined
  // Ids of what must happen and was enabled in each state so far. An event that happened has its id no longer,
  // and a timer that is set again has another.
  #passedOver: readonly string[] = []

  /** `from`: after how many steps it begins. */
  constructor(from: number) {
    this.from = from
  }

  /** Looks at the state after a step; at that of each, in their order. */
  look(schedulable: Schedulable, step: number): void {
    if (step === this.from) this.#situation = schedulable.situation?.()
    if (step < this.from || this.#situation === undefined) return
    const enabled = schedulable.enabled().filter(({ fault }) => fault === undefined)
    const ids = new Set(enabled.map(({ id }) => id))
    this.#passedOver = step === this.from ? [...ids] : this.#passedOver.filter((id) => ids.has(id))
  }

  /**
   * Whether the run, in the state after its last step, can and may go on with this cycle's first step for ever.
   * There is such a step: without one, all that is enabled is passed over.
   */
  closes(schedulable: Schedulable): boolean {
    if (this.#situation === undefined || this.#passedOver.length > 0) return false
    return schedulable.situation?.() === this.#situation
  }
}

/** What a person reads of a cycle in a run of so many steps. */
export function cycleText({ cycleFrom, steps }: { cycleFrom: number; steps: number }): string {
  const first = cycleFrom + 1
  return first === steps ? `step ${first} repeats for ever` : `steps ${first} to ${steps} repeat for ever`
}
