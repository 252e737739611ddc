// A system of actors and its properties, taken apart into components: actors, channels, messages on their way
// without an order, and monitors, each of which is in one of a few numbered values. An event changes some of
// them; which ones is seen by letting it happen. Value 0 is how a component begins.

import type { Observation } from '../event.ts'
import type { System } from '../system.ts'
import { LocalTransitions, type Timer } from './locals.ts'
import { Tuples } from './values.ts'
import type { Said, Watchers } from './watchers.ts'
import { Thrown, timerKey, Work } from './work.ts'

/** One thing that can happen. Index: `Components.events`. */
export type EventKind =
  | { readonly kind: 'timer'; readonly actor: number; readonly timer: Timer }
  /** The oldest message of a channel arrives. */
  | { readonly kind: 'channel'; readonly component: number }
  /** A message that is on its way without an order arrives. */
  | { readonly kind: 'post'; readonly component: number; readonly item: number }

export type Component =
  | { readonly kind: 'actor'; readonly actor: number }
  /** `to` is who received from it first, and mostly the only one. */
  | { readonly kind: 'channel'; readonly name: string; readonly from: number; readonly to: number }
  | { readonly kind: 'posts'; readonly to: number }
  | { readonly kind: 'monitor'; readonly watcher: number; readonly key: string }
  /** What a module has left of a fault's budget, where that is split. */
  | { readonly kind: 'budget'; readonly fault: string; readonly of: number }

/** The components' values in one state, as an event reads and changes them. */
export interface Values {
  get(component: number): number
  set(component: number, value: number): void
}

/** A message with its receiver and sender. */
interface Item {
  readonly from: number
  readonly to: number
  readonly message: number
}

/** What came of an event beside the change of values. */
export interface Happened {
  /** What monitors said, and what the code under test threw. */
  readonly said: readonly Said[]
  /** Whether the code threw, so that the run ends here. */
  readonly thrown: boolean
  /** What was observed. */
  readonly observed: readonly number[]
  /** The timers that were set, as {@link timerKey} names them. */
  readonly set: readonly string[]
}

const SAID_NOTHING: readonly Said[] = []

export class Components {
  readonly system: System
  readonly locals: LocalTransitions
  readonly watchers: Watchers
  /** The actors come first, in their order. */
  readonly list: Component[] = []
  readonly events: EventKind[] = []
  /** By component, the numbers that its values stand for: the items of a channel or of posts. */
  readonly #contents: Tuples[] = []
  readonly #items: Item[] = []
  readonly #byName = new Map<string, number>()
  readonly #eventNumbers = new Map<string, number>()
  /** By event: the receivers that were told within its step, for coverage. */
  readonly received = new Set<number>()

  constructor(system: System, watchers: Watchers) {
    this.system = system
    this.locals = new LocalTransitions(system)
    this.watchers = watchers
    for (const actor of system.members.keys()) this.#add(`actor ${actor}`, { kind: 'actor', actor })
  }

  /** Starts the actors, in their order. */
  start(values: Values): Happened {
    return this.#work(values, (work) => {
      for (const actor of this.system.members.keys()) work.start(actor)
    })
  }

  /** Lets an enabled event happen, with everything that follows from it in the same step. */
  fire(event: number, values: Values): Happened {
    const kind = this.events[event] as EventKind
    return this.#work(values, (work) => {
      if (kind.kind === 'timer') {
        values.set(kind.actor, this.locals.without(kind.actor, values.get(kind.actor), kind.timer))
        work.deliver(kind.actor, kind.timer.message)
      } else {
        const contents = this.contents(kind.component, values.get(kind.component))
        const taken = kind.kind === 'channel' ? 0 : contents.indexOf(kind.item)
        values.set(kind.component, this.#contentsOf(kind.component, contents.toSpliced(taken, 1)))
        const { to, message } = this.item(contents[taken] as number)
        work.deliver(to, message)
      }
    })
  }

  /** The events that a component's value enables; faults are among them. */
  enabledBy(component: number, value: number): number[] {
    const part = this.list[component] as Component
    if (part.kind === 'actor') {
      const { timers } = this.locals.local(part.actor, value)
      return timers.map((timer) => {
        const { name, message, fault } = timer
        return this.#event(JSON.stringify([part.actor, name, message, fault ?? 0]), {
          kind: 'timer',
          actor: part.actor,
          timer,
        })
      })
    }
    if (part.kind === 'monitor' || part.kind === 'budget' || value === 0) return []
    if (part.kind === 'channel') return [this.#event(`channel ${component}`, { kind: 'channel', component })]
    const items = [...new Set(this.contents(component, value))]
    return items.map((item) => this.#event(`post ${component} ${item}`, { kind: 'post', component, item }))
  }

  /** What an event is called in `Happened.set`; undefined for what is no timer. */
  timerOf(event: number): string | undefined {
    const kind = this.events[event] as EventKind
    return kind.kind === 'timer' ? timerKey(kind.actor, kind.timer.name) : undefined
  }

  /** An event in words, as `place/timer` or what arrives where. */
  describe(event: number): string {
    const kind = this.events[event] as EventKind
    const nameOf = (actor: number) => this.system.members[actor]?.name ?? ''
    if (kind.kind === 'timer') return `${nameOf(kind.actor)}: ${kind.timer.name}`
    const part = this.list[kind.component] as Component
    if (part.kind === 'channel') return `${nameOf(part.from)} → ${nameOf(part.to)}`
    return kind.kind === 'post' ? `→ ${nameOf(this.item(kind.item).to)}` : ''
  }

  faultOf(event: number): string | undefined {
    const kind = this.events[event] as EventKind
    return kind.kind === 'timer' ? kind.timer.fault : undefined
  }

  contents(component: number, value: number): readonly number[] {
    // An item is stored as its number and one, as 0 at the end of a tuple does not count.
    return ((this.#contents[component] as Tuples).list[value] as readonly number[]).map((item) => item - 1)
  }

  /** The value of a channel without the oldest of its messages. */
  withoutFirst(component: number, value: number): number {
    return this.#contentsOf(component, this.contents(component, value).slice(1))
  }

  item(item: number): Item {
    return this.#items[item] as Item
  }

  /** The component of a name; added where it is new. */
  channel(from: number, name: string, to: number): number {
    return this.#add(`channel ${from} ${name}`, { kind: 'channel', name, from, to })
  }

  posts(to: number): number {
    return this.#add(`posts ${to}`, { kind: 'posts', to })
  }

  monitor(watcher: number, key: string): number {
    return this.#add(`monitor ${watcher} ${key}`, { kind: 'monitor', watcher, key })
  }

  budget(fault: string, of: number): number {
    return this.#add(`budget ${of} ${fault}`, { kind: 'budget', fault, of })
  }

  /** The value that contents are, of a channel in order, of posts sorted. */
  contentsOf(component: number, items: readonly Item[]): number {
    return this.#contentsOf(
      component,
      items.map((item) => this.#item(item)),
    )
  }

  #contentsOf(component: number, items: readonly number[]): number {
    const stored = items.map((item) => item + 1)
    if ((this.list[component] as Component).kind === 'posts') stored.sort((a, b) => a - b)
    return (this.#contents[component] as Tuples).of(stored)
  }

  #add(name: string, component: Component): number {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    this.#byName.set(name, this.list.length)
    this.list.push(component)
    const contents = new Tuples()
    contents.of([])
    this.#contents.push(contents)
    return this.list.length - 1
  }

  #event(name: string, kind: EventKind): number {
    const known = this.#eventNumbers.get(name)
    if (known !== undefined) return known
    this.#eventNumbers.set(name, this.events.length)
    this.events.push(kind)
    return this.events.length - 1
  }

  readonly #itemNumbers = new Map<string, number>()

  #item(item: Item): number {
    const name = `${item.from} ${item.to} ${item.message}`
    const known = this.#itemNumbers.get(name)
    if (known !== undefined) return known
    this.#itemNumbers.set(name, this.#items.length)
    this.#items.push(item)
    return this.#items.length - 1
  }

  #work(values: Values, begin: (work: Work) => void): Happened {
    const work = new Work(this, values)
    try {
      begin(work)
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      return { said: [this.watchers.exception(error.what)], thrown: true, observed: [], set: [] }
    }
    const said = this.#watch(work.observations, values)
    return { said, thrown: false, observed: work.observations, set: work.set }
  }

  #watch(observations: readonly number[], values: Values): readonly Said[] {
    if (observations.length === 0) return SAID_NOTHING
    const said: Said[] = []
    for (const observation of observations) {
      const value = this.locals.observations.list[observation] as Observation
      for (const { watcher, key, error } of this.watchers.followers(observation, value)) {
        if (error !== undefined) {
          said.push(error)
          continue
        }
        const component = this.monitor(watcher, key)
        const before = values.get(component)
        const step = this.watchers.step(watcher, before, observation, value)
        if (step.next !== before) values.set(component, step.next)
        if (step.said !== undefined) said.push(step.said)
        if (step.reaches !== undefined) this.watchers.reached.add(step.reaches)
      }
    }
    return said
  }

  /** Whether a monitor's instance stays as it is, and says and reaches nothing, whatever of these it observes. */
  isInert(watcher: number, key: string, value: number, observed: readonly number[]): boolean {
    return observed.every((observation) => {
      const shown = this.locals.observations.list[observation] as Observation
      return this.watchers.followers(observation, shown).every((follower) => {
        if (follower.watcher !== watcher || follower.key !== key) return true
        const { next, said, reaches } = this.watchers.step(watcher, value, observation, shown)
        return (
          next === value &&
          said === undefined &&
          (reaches === undefined || this.watchers.reached.has(reaches))
        )
      })
    })
  }

  append(values: Values, component: number, item: Item): void {
    const contents = this.contents(component, values.get(component))
    values.set(component, this.#contentsOf(component, [...contents, this.#item(item)]))
  }

  /** Takes from a host's actors what a crash takes: their timers, and what is on its way within the host. */
  withdraw(values: Values, isOn: (actor: number) => boolean): void {
    for (const [component, part] of this.list.entries()) {
      if (part.kind !== 'channel' && part.kind !== 'posts') continue
      if (part.kind === 'channel' ? !isOn(part.from) : !isOn(part.to)) continue
      const contents = this.contents(component, values.get(component))
      const kept = contents.filter((item) => !(isOn(this.item(item).from) && isOn(this.item(item).to)))
      if (kept.length < contents.length) values.set(component, this.#contentsOf(component, kept))
    }
  }
}
