// An execution with something put around its steps, for whoever looks at a run: the run is the same with it as without.

import type { Schedulable } from '../sim/index.ts'

/** What is put around an execution; what is left out is as it was. */
export type Around = Partial<Pick<Schedulable, 'properties' | 'start' | 'fire'>>

export function around(execution: Schedulable, own: Around): Schedulable {
  return {
    get budgets() {
      return execution.budgets
    },
    get properties() {
      return own.properties ?? execution.properties
    },
    start: () => (own.start === undefined ? execution.start?.() : own.start()),
    enabled: () => execution.enabled(),
    fire: (event) => (own.fire === undefined ? execution.fire(event) : own.fire(event)),
    takeObservations: () => execution.takeObservations(),
    footprint: () => execution.footprint(),
    waiting: () => execution.waiting(),
    waitingAt: (fired) => execution.waitingAt?.(fired) ?? execution.waiting(),
    situation: () => execution.situation?.(),
    view: () => execution.view(),
    show: () => execution.show(),
    end: () => execution.end(),
  }
}
