// What properties can tell of the order of steps. A monitor that follows two observations tells their order; a claim
// that is asked in every state tells the order of the steps that change what it looks at. Such steps are dependent:
// each of them counts as writing the claim. Claims that are asked at rest alone tell no order.

import type { Observation, Schedulable } from '../event.ts'
import { isTimed, type Monitor, type Property } from '../property.ts'
import type { Scenario } from '../scenario.ts'
import type { Happened } from '../scheduler.ts'
import type { Names } from './touch.ts'

/** What a claim read when it was asked last, as resources; null where that cannot be seen. */
type Seen = readonly number[] | null

/** By the place of each property; empty for those that nobody asks in every state. */
export type Views = readonly (Seen | undefined)[]

export interface Told {
  readonly reads: readonly number[]
  readonly writes: readonly number[]
  /** What the claims read after the step. */
  readonly views: Views
}

/** What stands for all that no footprint names, see choice-point.ts. */
const ANYTHING = '*'

export class Sight {
  readonly #scenario: Scenario
  readonly #names: Names

  constructor(scenario: Scenario, names: Names) {
    this.#scenario = scenario
    this.#names = names
  }

  /** What every claim looks at in the state as it is. */
  look(schedulable: Schedulable): Views {
    return this.#properties(schedulable).map((property) => this.#ask(property, schedulable))
  }

  /** What a step adds to what it touches; undefined where nobody claims anything. */
  after({ footprint, observations }: Happened, before: Views, schedulable: Schedulable): Told | undefined {
    const properties = this.#properties(schedulable)
    if (properties.length === 0) return undefined
    const writes = this.#names.resources(footprint.writes)
    const told = { reads: [] as number[], writes: [] as number[] }
    for (const { property, key } of this.#followed(properties, observations)) {
      this.#names.add(told.writes, `monitor ${property} of ${key}`)
    }
    const changed = properties.map((_, index) => isSeen(before, index, writes))
    if (!changed.includes(true)) return { ...told, views: before }
    const views = properties.map((property, index) => {
      if (changed[index] !== true) return before[index]
      const seen = this.#ask(property, schedulable)
      if (seen === undefined) return undefined
      this.#names.add(told.writes, `claim ${index}`)
      // What it looked at before counts too: whoever writes that could have been seen, had this step not come first.
      for (const resource of [...(before[index] ?? []), ...(seen ?? [])]) {
        if (!told.reads.includes(resource)) told.reads.push(resource)
      }
      return seen
    })
    return { ...told, views }
  }

  #properties(schedulable: Schedulable): readonly Property[] {
    const { properties } = this.#scenario
    return schedulable.properties.length === 0 ? properties : [...properties, ...schedulable.properties]
  }

  *#followed(properties: readonly Property[], observations: readonly Observation[]) {
    if (observations.length === 0) return
    for (const property of properties) {
      const monitor = monitorOf(property)
      if (monitor === undefined) continue
      for (const observation of observations) {
        if (!monitor.on.includes(observation.type)) continue
        const key = keyOf(monitor, observation)
        if (key !== undefined) yield { property: property.name, key }
      }
    }
  }

  #ask(property: Property, schedulable: Schedulable): Seen | undefined {
    const looks = looksOf(property)
    if (looks.length === 0) return undefined
    if (schedulable.watch === undefined) return null
    const read = schedulable.watch((view) => {
      for (const look of looks) attempt(() => look(view))
    })
    return read === undefined ? null : this.#names.resources([ANYTHING, ...read])
  }
}

/** Whether a claim may have changed: it is new, or what it read was written. */
function isSeen(before: Views, index: number, writes: readonly number[]): boolean {
  if (index >= before.length) return true
  const seen = before[index]
  if (seen === undefined) return false
  return seen === null ? writes.length > 0 : writes.some((resource) => seen.includes(resource))
}

/** What of a property is asked in every state. */
function looksOf(property: Property): readonly ((view: unknown) => unknown)[] {
  switch (property.kind) {
    case 'always':
      return [property.holds]
    case 'leadsTo':
      return [property.from, property.to]
    case 'sometimes':
      return typeof property.reached === 'function' ? [property.reached] : []
    default:
      return []
  }
}

function monitorOf(property: Property): Monitor | undefined {
  if (isTimed(property)) return undefined
  if (property.kind === 'monitor') return property
  if (property.kind !== 'sometimes' || typeof property.reached === 'function') return undefined
  return 'kind' in property.reached ? property.reached : undefined
}

/** The instance that an observation belongs to; the judge says what throwing means, here it belongs to one of its own. */
function keyOf(monitor: Monitor, observation: Observation): string | undefined {
  return attempt(() => monitor.each(observation)) ?? undefined
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
