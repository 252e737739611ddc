// How systems that are searched apart come to rest: a run is at rest only where all of them are. Finds for each of
// them one way to rest on which no fault strikes, so that it fits whatever faults the others take.

import type { Components } from './components.ts'
import type { Part, Plan } from './systems.ts'

/** So many states of a system are looked at for one at rest. */
const STATES_MAX = 20_000

interface Way {
  readonly event: number
  readonly before: Way | undefined
}

export class Resting {
  readonly #components: Components
  readonly #groups: Plan['groups']
  readonly #begin: readonly number[]
  readonly #known = new Map<number, readonly number[] | undefined>()

  /** `begin`: by component, its value after the actors' starts. */
  constructor(components: Components, groups: Plan['groups'], begin: readonly number[]) {
    this.#components = components
    this.#groups = groups
    this.#begin = begin
  }

  /** Events that bring all other systems to rest; undefined where one of them was not seen to come to rest. */
  besides({ homes }: Part): readonly number[] | undefined {
    const others = new Set(this.#groups.filter((_, component) => (homes[component] ?? -1) < 0))
    const ways = [...others].map((group) => this.#of(group))
    return ways.every((way) => way !== undefined) ? ways.flat() : undefined
  }

  #of(group: number): readonly number[] | undefined {
    if (!this.#known.has(group)) this.#known.set(group, this.#find(group))
    return this.#known.get(group)
  }

  #find(group: number): readonly number[] | undefined {
    const seen = new Set<string>()
    const open: { values: readonly number[]; way: Way | undefined }[] = [
      { values: this.#begin, way: undefined },
    ]
    for (let next = open.pop(); next !== undefined && seen.size < STATES_MAX; next = open.pop()) {
      const { values, way } = next
      const key = values.join().replace(/(,0)+$/, '')
      if (seen.has(key)) continue
      seen.add(key)
      const events = this.#enabledIn(group, values)
      if (events.length === 0) return eventsOf(way)
      for (const event of events) {
        const after = this.#after(event, values)
        if (after !== undefined) open.push({ values: after, way: { event, before: way } })
      }
    }
    return undefined
  }

  #enabledIn(group: number, values: readonly number[]): number[] {
    return values
      .flatMap((value, component) =>
        (this.#groups[component] ?? group) === group ? this.#components.enabledBy(component, value) : [],
      )
      .filter((event) => this.#components.faultOf(event) === undefined)
  }

  /** Undefined where the code throws. */
  #after(event: number, values: readonly number[]): readonly number[] | undefined {
    const after = values.slice()
    const { thrown } = this.#components.fire(event, {
      get: (component) => after[component] ?? 0,
      set: (component, value) => {
        for (let other = after.length; other < component; other++) after[other] = 0
        after[component] = value
      },
    })
    return thrown ? undefined : after
  }
}

function eventsOf(last: Way | undefined): number[] {
  const events: number[] = []
  for (let way = last; way !== undefined; way = way.before) events.push(way.event)
  return events.reverse()
}
