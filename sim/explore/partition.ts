// Which components belong together. A few random walks show which of them events meet at once; what belongs
// together is worked out from that. A walk that misses something costs time later, never a wrong result.

import { placeOf } from '../event.ts'
import { RandomStreams } from '../random.ts'
import type { Components } from './components.ts'
import { Modules } from './modules.ts'
import type { Renaming } from './renaming.ts'

/** An event as it was seen: where it begins, and all that it met. */
interface Meeting {
  readonly home: number
  readonly met: readonly number[]
}

const WALKS = 30
const STEPS_PER_WALK_MAX = 300
/** A monitor that others meet seldom is put with those that meet it most. */
const SHARE_MIN = 0.6

export class Partition {
  readonly #components: Components
  readonly #meetings = new Map<string, Meeting>()
  readonly #renamings: readonly Renaming[]
  // By actor: its place, and which interchangeable block it belongs to. Only actors of one key become a module.
  readonly #keys: readonly string[]

  /** `renamings`: what is interchangeable is put together in the same way. */
  constructor(components: Components, renamings: readonly Renaming[]) {
    this.#components = components
    this.#renamings = renamings
    this.#keys = components.system.members.map(({ name }, actor) => {
      const moves = renamings.map((renaming) => (renaming.actor(actor) === actor ? '' : 'x'))
      return `${placeOf(name)} ${moves.join()}`
    })
    const streams = new RandomStreams('partition')
    for (let walk = 0; walk < WALKS; walk++)
      this.#walk((size) => streams.stream('walk').integer(0, size - 1, 'event'))
    this.#mirror()
  }

  /**
   * Components that may ever meet, directly or through others: by component, the number of its group. `together`
   * are components that are known to meet beside what the walks have shown.
   */
  groups(together: readonly (readonly number[])[]): number[] {
    const union = new Union(this.#components.list.length)
    for (const [first = 0, ...others] of together) for (const other of others) union.join(first, other)
    this.#joinBudgets(union)
    for (const { met } of this.#meetings.values()) {
      for (const component of met) union.join(met[0] as number, component)
    }
    return union.numbers()
  }

  /** By component, the number of its module: actors of one place that meet, with what they receive and show. */
  modules(): number[] {
    const { list } = this.#components
    const union = new Union(list.length)
    for (const { met } of this.#meetings.values()) {
      const actors = met.map((component) => this.#actorOf(component)).filter((actor) => actor !== undefined)
      for (const actor of actors) {
        for (const other of actors) {
          if (this.#keys[actor] === this.#keys[other]) union.join(actor, other)
        }
      }
    }
    for (const component of list.keys()) {
      const actor = this.#actorOf(component)
      if (actor !== undefined) union.join(actor, component)
    }
    this.#joinBudgets(union)
    this.#settleMonitors(union)
    return union.numbers()
  }

  /** Of modules, those that are small and that events of several others meet. */
  hubs(homes: readonly number[]): number[] {
    const visitors = new Map<number, Set<number>>()
    const sizes = new Map<number, number>()
    for (const home of homes) sizes.set(home, (sizes.get(home) ?? 0) + 1)
    for (const { home, met } of this.#meetings.values()) {
      for (const component of met) {
        const [visitor, visited] = [homes[home] ?? -1, homes[component] ?? -1]
        const hasActor = this.#actorOf(component) !== undefined
        if (visitor === visited || visited < 0 || !hasActor) continue
        visitors.set(visited, (visitors.get(visited) ?? new Set()).add(visitor))
      }
    }
    const largest = Math.max(...sizes.values())
    return [...visitors]
      .filter(([module, { size }]) => size > 1 && (sizes.get(module) ?? 0) * 2 < largest)
      .map(([module]) => module)
      .sort((a, b) => a - b)
  }

  /** The actor whose component it is: an actor's own, or of what is on its way to it. */
  #actorOf(component: number): number | undefined {
    const part = this.#components.list[component]
    if (part?.kind === 'actor') return part.actor
    return part?.kind === 'channel' || part?.kind === 'posts' ? part.to : undefined
  }

  /** Shares of budgets make no group and no module of their own: each has its module in its name. */
  #joinBudgets(union: Union): void {
    for (const [component, { kind }] of this.#components.list.entries()) {
      if (kind === 'budget') union.join(0, component)
    }
  }

  #settleMonitors(union: Union): void {
    const met = new Map<number, Map<number, number>>()
    for (const { home, met: components } of this.#meetings.values()) {
      for (const component of components) {
        if (this.#components.list[component]?.kind !== 'monitor') continue
        const homes = met.get(component) ?? new Map<number, number>()
        met.set(component, homes)
        const root = union.rootOf(home)
        homes.set(root, (homes.get(root) ?? 0) + 1)
      }
    }
    for (const [component, homes] of met) {
      const total = [...homes.values()].reduce((sum, count) => sum + count, 0)
      const [most] = [...homes].sort(([a, x], [b, y]) => y - x || a - b)
      if (most !== undefined && most[1] >= total * SHARE_MIN) union.join(most[0], component)
    }
  }

  #walk(draw: (size: number) => number): void {
    const { values, thrown } = Modules.begin(this.#components)
    if (thrown) return
    const budgets: Record<string, number> = { ...this.#components.system.definition.budgets }
    for (let step = 0; step < STEPS_PER_WALK_MAX; step++) {
      const enabled = values.flatMap((value, component) =>
        this.#components
          .enabledBy(component, value)
          .filter((event) => {
            const fault = this.#components.faultOf(event)
            return fault === undefined || (budgets[fault] ?? 0) > 0
          })
          .map((event) => ({ event, component })),
      )
      if (enabled.length === 0) return
      const { event, component } = enabled[draw(enabled.length)] as { event: number; component: number }
      const fault = this.#components.faultOf(event)
      if (fault !== undefined) budgets[fault] = (budgets[fault] ?? 0) - 1
      if (this.#fire(event, component, values)) return
    }
  }

  #fire(event: number, home: number, values: number[]): boolean {
    const met = new Set([home])
    const { thrown } = this.#components.fire(event, {
      get: (component) => {
        met.add(component)
        return values[component] ?? 0
      },
      set: (component, value) => {
        met.add(component)
        for (let other = values.length; other < component; other++) values[other] = 0
        values[component] = value
      },
    })
    this.#meet({ home, met: [...met] })
    return thrown
  }

  #meet(meeting: Meeting): void {
    const met = meeting.met.toSorted((a, b) => a - b)
    this.#meetings.set(`${meeting.home}:${met.join()}`, { ...meeting, met })
  }

  /** Adds what the renamings make of what was seen, so that what is interchangeable is treated alike. */
  #mirror(): void {
    const pending = [...this.#meetings.values()]
    for (let meeting = pending.pop(); meeting !== undefined; meeting = pending.pop()) {
      for (const renaming of this.#renamings) {
        const met = meeting.met.map((component) => renaming.component(component)).sort((a, b) => a - b)
        const mirrored = { home: renaming.component(meeting.home), met }
        const key = `${mirrored.home}:${met.join()}`
        if (this.#meetings.has(key)) continue
        this.#meetings.set(key, mirrored)
        pending.push(mirrored)
      }
    }
  }
}

/** Which of some numbers are together. */
export class Union {
  readonly #parents: number[]

  constructor(size: number) {
    this.#parents = Array.from({ length: size }, (_, index) => index)
  }

  rootOf(number: number): number {
    for (let size = this.#parents.length; size <= number; size++) this.#parents.push(size)
    let root = number
    while (this.#parents[root] !== root) root = this.#parents[root] as number
    this.#parents[number] = root
    return root
  }

  join(one: number, other: number): void {
    const [a, b] = [this.rootOf(one), this.rootOf(other)]
    if (a !== b) this.#parents[Math.max(a, b)] = Math.min(a, b)
  }

  /** For each number, which of the sets it is in, counted from 0 in the order of their least members. */
  numbers(): number[] {
    const numbers = new Map<number, number>()
    return this.#parents.map((_, index) => {
      const root = this.rootOf(index)
      if (!numbers.has(root)) numbers.set(root, numbers.size)
      return numbers.get(root) as number
    })
  }
}
