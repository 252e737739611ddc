// The monitors of a scenario, as components of a state: a monitor's transition (state, observation) → (state,
// what it says) runs its code once, and is remembered. Knows which observations each of them follows.

import { Immer } from 'immer'
import { describeThrown, HeddleError } from '../error.ts'
import type { Observation } from '../event.ts'
import { isTimed, type Monitor, type ObservationMatcher, type Property } from '../property.ts'
import { NO_EXCEPTION } from '../scheduler.ts'
import { Values } from './values.ts'

/** That a property is violated. */
export interface Said {
  readonly property: string
  readonly message: string
}

interface Watcher {
  readonly monitor: Monitor
  /** The `sometimes` that it is the goal of. */
  readonly goal: string | undefined
  /** The first is that of an instance that has observed nothing, or of none. */
  readonly states: Values
  /** By state, by observation. */
  readonly steps: Map<number, Step>[]
}

interface Step {
  readonly next: number
  readonly said: Said | undefined
  /** The `sometimes` that it reaches, once it happens. */
  readonly reaches: string | undefined
}

interface Follower {
  readonly watcher: number
  readonly key: string
  /** What asking for the key threw. */
  readonly error: Said | undefined
}

/** Stands for no instance, where one that is as it began would have something to say at rest. */
const NO_INSTANCE = ['no instance has observed anything']

/** Stands for the watcher, where what failed is a goal that no monitor reaches. */
const NOBODY = -1

/** In a search there is no time, and no number of steps. */
const NO_MOMENT = { step: 0, timeUs: 0 }
const immer = new Immer({ autoFreeze: false })

export class Watchers {
  /** The `sometimes` claims that were reached. */
  readonly reached = new Set<string>()
  /** How often the code of monitors was called. */
  calls = 0
  readonly #watchers: Watcher[] = []
  readonly #goals: { readonly name: string; readonly matcher: ObservationMatcher }[] = []
  /** By observation. */
  readonly #followers: (readonly Follower[])[] = []

  constructor(properties: readonly Property[]) {
    for (const property of properties) {
      if (isTimed(property)) continue
      if (property.kind === 'monitor') this.#add(property, undefined)
      if (property.kind !== 'sometimes' || typeof property.reached === 'function') continue
      if ('kind' in property.reached) this.#add(property.reached, property.name)
      else this.#goals.push({ name: property.name, matcher: property.reached })
    }
  }

  /** Who follows an observation, asked once for each; what it reaches is noted. */
  followers(observation: number, value: Observation): readonly Follower[] {
    const known = this.#followers[observation]
    if (known !== undefined) return known
    const goals = this.#goals.flatMap(({ name, matcher }): Follower[] => {
      if (matcher.type !== value.type) return []
      try {
        if (matcher.matches(value)) this.reached.add(name)
        return []
      } catch (error) {
        if (error instanceof HeddleError) throw error
        const said = { property: name, message: describeThrown(error) }
        return [{ watcher: NOBODY, key: '', error: said }]
      }
    })
    const monitors = this.#watchers.flatMap((watcher, index): Follower[] => {
      if (!watcher.monitor.on.includes(value.type)) return []
      try {
        const key = watcher.monitor.each(value)
        return key === undefined ? [] : [{ watcher: index, key, error: undefined }]
      } catch (error) {
        return [{ watcher: index, key: '', error: saidBy(watcher, error) }]
      }
    })
    const followers = [...goals, ...monitors]
    this.#followers[observation] = followers
    return followers
  }

  /** What comes of an observation; asking reaches nothing, as it may be asked of states that there are not. */
  step(index: number, state: number, observation: number, value: Observation): Step {
    const watcher = this.#watchers[index] as Watcher
    watcher.steps[state] ??= new Map()
    const steps = watcher.steps[state] as Map<number, Step>
    const known = steps.get(observation)
    if (known !== undefined) return known
    const step = this.#step(watcher, state, value)
    steps.set(observation, step)
    return step
  }

  /** What a monitor's instance says in this state when everything is at rest. */
  atRest(index: number, state: number): Said | undefined {
    const watcher = this.#watchers[index] as Watcher
    const value = watcher.states.list[state]
    if (watcher.goal !== undefined || value === NO_INSTANCE) return undefined
    return this.#atRest(watcher.monitor, value)
  }

  /** The states of a monitor, by their numbers. */
  states(index: number): Values {
    return (this.#watchers[index] as Watcher).states
  }

  exception(message: string): Said {
    return { property: NO_EXCEPTION, message }
  }

  #add(monitor: Monitor, goal: string | undefined): void {
    const states = new Values(`the state of "${monitor.name}"`)
    const saysAtFirst = goal === undefined && this.#atRest(monitor, monitor.initial) !== undefined
    states.of(saysAtFirst ? NO_INSTANCE : monitor.initial)
    this.#watchers.push({ monitor, goal, states, steps: [] })
  }

  #atRest(monitor: Monitor, value: unknown): Said | undefined {
    if (monitor.atRest === undefined) return undefined
    this.calls++
    try {
      const message = monitor.atRest(value)
      return typeof message === 'string' ? { property: monitor.name, message } : undefined
    } catch (error) {
      return saidBy({ monitor, goal: undefined }, error)
    }
  }

  #step(watcher: Watcher, state: number, value: Observation): Step {
    const { monitor, goal, states } = watcher
    const before = states.list[state] === NO_INSTANCE ? monitor.initial : states.list[state]
    this.calls++
    let message: string | undefined | void
    try {
      const next = states.of(
        immer.produce(before, (draft: unknown) => {
          message = monitor.observe(draft, value, NO_MOMENT)
        }),
      )
      if (message === undefined) return { next, said: undefined, reaches: undefined }
      if (goal === undefined) return { next, said: { property: monitor.name, message }, reaches: undefined }
      return { next, said: undefined, reaches: goal }
    } catch (error) {
      return { next: state, said: saidBy(watcher, error), reaches: undefined }
    }
  }
}

function saidBy({ monitor, goal }: Pick<Watcher, 'monitor' | 'goal'>, thrown: unknown): Said {
  if (thrown instanceof HeddleError) throw thrown
  return { property: goal ?? monitor.name, message: describeThrown(thrown) }
}
