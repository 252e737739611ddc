// What one monitor makes of one run: an instance of its state for each key, each moved on by what is observed.
// It says what the monitor says; what that means is the judge's.

import { Immer } from 'immer'
import type { Observation } from './event.ts'
import type { Moment, Monitor } from './property.ts'

const immer = new Immer({ autoFreeze: false })

export class MonitorRun {
  readonly property: Monitor
  readonly goal: string | undefined
  readonly #states = new Map<string, unknown>()

  constructor(property: Monitor, goal: string | undefined) {
    this.property = property
    this.goal = goal
  }

  observe(observation: Observation, moment: Moment): string | undefined {
    const key = this.property.each(observation)
    if (key === undefined) return undefined
    let message: string | undefined | void
    const state = this.#states.has(key) ? this.#states.get(key) : this.property.initial
    const next = immer.produce(state, (draft: unknown) => {
      message = this.property.observe(draft, observation, moment)
    })
    this.#states.set(key, next)
    return message ?? undefined
  }

  atRest(): string[] {
    const { atRest } = this.property
    if (atRest === undefined) return []
    return [...this.#states.values()].map((state) => atRest(state)).filter((text) => typeof text === 'string')
  }
}
