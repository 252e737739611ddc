// What a run did, step by step, as plain data that a worker thread can hand over: each event, and every state
// that it changed. It looks at a run through the scheduler's own contract and changes nothing. How it is laid
// out for a person is in timetable.ts.

import type { Event, Run, Scenario, Schedulable } from '../sim/index.ts'
import { around } from './around.ts'

export interface TimelineStep {
  readonly step: number
  readonly timeUs: number
  readonly event: string
  /** The states that this step changed, by the full name of the actor. */
  readonly changes: readonly (readonly [actor: string, state: string])[]
}

export interface TimelineViolation {
  readonly property: string
  readonly message: string
  readonly step: number
  readonly timeUs: number
}

export interface Timeline {
  /** Every actor that has a state to show. */
  readonly actors: readonly string[]
  readonly steps: readonly TimelineStep[]
  readonly violations: readonly TimelineViolation[]
  /** After how many steps the others repeat for ever; null where they do not. */
  readonly cycleFrom: number | null
  readonly timeUs: number
}

/** The same scenario, with an eye on its next run. */
export interface Watched {
  readonly scenario: Scenario
  /** The timeline of the run that was begun last. */
  timeline(run: Run): Timeline
}

type Changes = TimelineStep['changes']

/** Watches the runs of a scenario; a run is the same with it as without it. */
export function watched(scenario: Scenario): Watched {
  let changes: Changes[] = []
  const actors = new Set<string>()
  const begin = () => {
    changes = []
    const execution = scenario.begin()
    for (const actor of execution.show().keys()) actors.add(actor)
    return watchedExecution(execution, {
      started: (names) => {
        for (const actor of names) actors.add(actor)
      },
      changed: (changed) => {
        changes.push(changed)
        for (const [actor] of changed) actors.add(actor)
      },
    })
  }
  return {
    scenario: { ...scenario, begin },
    timeline: ({ steps, violations, cycleFrom, timeUs }) => ({
      actors: [...actors],
      steps: steps.map(({ number, timeUs, event }, index) => ({
        step: number,
        timeUs,
        event: event.id,
        changes: changes[index] ?? [],
      })),
      violations,
      cycleFrom,
      timeUs,
    }),
  }
}

interface Eye {
  /** What began is no step, and no step's change. */
  started(actors: Iterable<string>): void
  changed(changes: Changes): void
}

function watchedExecution(execution: Schedulable, eye: Eye): Schedulable {
  let before = execution.show()
  const begun = () => {
    before = execution.show()
    eye.started(before.keys())
  }
  const look = () => {
    const now = execution.show()
    eye.changed([...now].filter(([actor, state]) => before.get(actor) !== state))
    before = now
  }
  return around(execution, {
    start() {
      const pending = execution.start?.()
      if (pending !== undefined) return pending.then(begun)
      begun()
    },
    fire(event: Event) {
      const pending = execution.fire(event)
      if (pending !== undefined) return pending.then(look)
      look()
    },
  })
}
