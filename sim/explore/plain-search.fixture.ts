// For tests and benchmarks only: the plainest exhaustive search there is, breadth first over the states of a
// system, each with a text that says what it is. What a check reports without reductions is held against it.
// It shares no code with the check, and what it judges follows sim/judge.ts.

import { produce } from 'immer'
import { canonicalJson } from '../canonical.ts'
import { HeddleError } from '../error.ts'
import type { Observation } from '../event.ts'
import { isTimed, type Judgement, type Monitor, type Property } from '../property.ts'
import type { Scenario } from '../scenario.ts'
import { NO_EXCEPTION, NOT_STUCK } from '../scheduler.ts'
import { type Delivery, type Fired, System, type SystemDefinition, type SystemState } from '../system.ts'

export interface PlainOptions {
  /** The text of a value: equal for equal values. One for any plain data unless given. */
  readonly write?: (value: unknown) => string
  readonly statesMax?: number
}

export interface PlainResult {
  /** False where there are more states than allowed, and the rest of the result is of some of them. */
  readonly isWhole: boolean
  readonly states: number
  /** Events that happened; two messages on their way that are equal in everything are one event. */
  readonly transitions: number
  /** The initial state's level included. */
  readonly levels: number
  /** By actor, the texts of the states that it is ever in. */
  readonly locals: ReadonlyMap<string, ReadonlySet<string>>
  /** States in which nothing can happen but faults. */
  readonly restStates: number
  /** By property that some run violates, how many steps the shortest such run takes. */
  readonly violations: ReadonlyMap<string, number>
  /** The `sometimes` claims that some run reaches. */
  readonly reached: ReadonlySet<string>
  /** How often the code of actors was called. */
  readonly calls: number
}

/** A state, with what the claims remember of the run that led to it. */
interface Node {
  readonly system: SystemState
  /** By monitor, its instances by key. */
  readonly monitors: readonly ReadonlyMap<string, unknown>[]
  /** By `leadsTo`, whether something is still to come. */
  readonly open: readonly boolean[]
}

interface Followed {
  readonly monitor: Monitor
  /** The `sometimes` that it is the goal of. */
  readonly goal: string | undefined
  /** Whether an instance that is as it began has something to say at rest. */
  readonly speaksAtFirst: boolean
}

const STATES_MAX = 2_000_000
const NO_MOMENT = { step: 0, timeUs: 0 }

/** Searches every order that causes allow. Claims about virtual time are left out. */
export function plainSearch(scenario: Scenario, options: PlainOptions = {}): PlainResult {
  return new PlainSearch(scenario, options).run()
}

class PlainSearch {
  readonly #system: System
  readonly #properties: readonly Property[]
  readonly #monitors: readonly Followed[]
  readonly #write: (value: unknown) => string
  readonly #statesMax: number
  readonly #seen = new Set<string>()
  readonly #locals: ReadonlyMap<string, Set<string>>
  readonly #violations = new Map<string, number>()
  readonly #reached = new Set<string>()
  #calls = 0
  #transitions = 0
  #restStates = 0
  #step = 0
  #next: Node[] = []

  constructor({ system, properties }: Scenario, { write, statesMax }: PlainOptions) {
    if (system === undefined) throw new Error('Expected a scenario that is made of actors.')
    this.#system = new System(this.#counting(system.definition))
    this.#properties = properties.filter((property) => !isTimed(property))
    this.#monitors = [
      ...this.#ofKind('monitor').map((monitor) => followed(monitor, undefined)),
      ...this.#ofKind('sometimes').flatMap(({ name, reached }) =>
        typeof reached === 'object' && 'kind' in reached ? [followed(reached, name)] : [],
      ),
    ]
    this.#write = write ?? ((value) => canonicalJson(value, 'state'))
    this.#statesMax = statesMax ?? STATES_MAX
    this.#locals = new Map(system.members.map(({ name }) => [name, new Set()]))
  }

  run(): PlainResult {
    const monitors = this.#monitors.map(() => new Map())
    const open = this.#ofKind('leadsTo').map(() => false)
    this.#follow({ monitors, open }, () => this.#system.initial())
    let levels = 0
    for (; this.#next.length > 0 && this.#isWithin(); levels++) {
      const level = this.#next
      this.#next = []
      for (const node of level) this.#expand(node, levels)
    }
    return {
      isWhole: this.#isWithin(),
      states: this.#seen.size,
      transitions: this.#transitions,
      levels,
      locals: this.#locals,
      restStates: this.#restStates,
      violations: this.#violations,
      reached: this.#reached,
      calls: this.#calls,
    }
  }

  #isWithin(): boolean {
    return this.#seen.size <= this.#statesMax
  }

  #expand(node: Node, steps: number): void {
    const enabled = this.#distinct(this.#system.enabled(node.system))
    this.#step = steps
    if (enabled.every(({ fault }) => fault !== undefined)) this.#rest(node)
    this.#step = steps + 1
    for (const delivery of enabled) {
      if (!this.#isWithin()) return
      this.#transitions++
      this.#follow(node, () => this.#system.fire(node.system, delivery))
    }
  }

  /** Of messages without an order that are equal in everything, one. */
  #distinct(enabled: readonly Delivery[]): readonly Delivery[] {
    const texts = new Set<string>()
    return enabled.filter((delivery) => {
      if (delivery.channel !== undefined || delivery.timer !== undefined) return true
      const text = this.#textOf(delivery)
      return !texts.has(text) && texts.add(text)
    })
  }

  /** Judges what comes of an event, and keeps it if it is new. */
  #follow(from: Pick<Node, 'monitors' | 'open'>, work: () => Fired): void {
    const fired = this.#asked(NO_EXCEPTION, work)
    if (fired === undefined) return
    const { state: system, observations } = fired
    const monitors = observations.reduce((states, one) => this.#observe(states, one), from.monitors)
    const view = this.#view(system)
    const node = { system, monitors, open: this.#oblige(from.open, view) }
    const before = this.#seen.size
    if (this.#seen.add(this.#identity(node)).size === before) return
    this.#next.push(node)
    this.#judge(view)
    for (const [index, { name }] of this.#system.members.entries()) {
      this.#locals.get(name)?.add(this.#write(system.states[index]))
    }
  }

  #observe(states: Node['monitors'], observation: Observation): Node['monitors'] {
    for (const { name, reached } of this.#ofKind('sometimes')) {
      if (typeof reached === 'function' || 'kind' in reached || reached.type !== observation.type) continue
      if (this.#asked(name, () => reached.matches(observation))) this.#reached.add(name)
    }
    return states.map((instances, index) => {
      const { monitor, goal } = this.#monitors[index] as Followed
      if (!monitor.on.includes(observation.type)) return instances
      const step = this.#asked(goal ?? monitor.name, () => stepped(monitor, instances, observation))
      if (step?.said !== undefined) {
        if (goal === undefined) this.#violate(monitor.name)
        else this.#reached.add(goal)
      }
      return step?.instances ?? instances
    })
  }

  #judge(view: unknown): void {
    for (const { name, holds } of this.#ofKind('always')) this.#claim(name, () => holds(view))
    for (const { name, reached } of this.#ofKind('sometimes')) {
      if (typeof reached === 'function' && this.#asked(name, () => reached(view))) this.#reached.add(name)
    }
  }

  #oblige(open: readonly boolean[], view: unknown): readonly boolean[] {
    return this.#ofKind('leadsTo').map(({ name, from, to }, index) => {
      let isOpen = open[index] ?? false
      this.#asked(name, () => {
        isOpen ||= from(view)
        if (isOpen && to(view)) isOpen = false
      })
      return isOpen
    })
  }

  #rest({ system, monitors, open }: Node): void {
    this.#restStates++
    const view = this.#view(system)
    for (const { name, holds } of this.#ofKind('eventually')) this.#claim(name, () => holds(view))
    for (const [index, { monitor, goal }] of this.#monitors.entries()) {
      if (goal !== undefined) continue
      for (const state of monitors[index]?.values() ?? []) {
        this.#claim(monitor.name, () => monitor.atRest?.(state) ?? undefined)
      }
    }
    for (const [index, { name }] of this.#ofKind('leadsTo').entries()) if (open[index]) this.#violate(name)
    if (this.#system.waiting(system).length > 0) this.#violate(NOT_STUCK)
  }

  #ofKind<Kind extends Property['kind']>(kind: Kind): readonly Extract<Property, { kind: Kind }>[] {
    return this.#properties.filter((property) => property.kind === kind) as never
  }

  #claim(name: string, holds: () => Judgement): void {
    const judgement = this.#asked(name, holds)
    if (judgement === false || typeof judgement === 'string') this.#violate(name)
  }

  /** What the user's code gives; what it throws is a violation. */
  #asked<T>(name: string, ask: () => T): T | undefined {
    try {
      return ask()
    } catch (error) {
      if (error instanceof HeddleError) throw error
      this.#violate(name)
      return undefined
    }
  }

  #violate(name: string): void {
    if (!this.#violations.has(name)) this.#violations.set(name, this.#step)
  }

  #view({ states }: SystemState): unknown {
    const byName = Object.fromEntries(this.#system.members.map(({ name }, index) => [name, states[index]]))
    return this.#system.definition.view?.(byName) ?? byName
  }

  /** Everything that what comes next depends on; no ids, no numbers of steps or of events. */
  #identity({ system, monitors, open }: Node): string {
    const anyOrder: string[] = []
    const channels = new Map<string, string[]>()
    for (const delivery of system.pending) {
      const { channel } = delivery
      if (channel === undefined) anyOrder.push(this.#textOf(delivery))
      else channels.set(channel, [...(channels.get(channel) ?? []), this.#textOf(delivery)])
    }
    const inChannels = [...channels].map((entry) => this.#write(entry))
    const watched = monitors.map((instances, index) => this.#watched(index, instances))
    return this.#write([system.states, anyOrder.sort(), inChannels.sort(), system.budgets, watched, open])
  }

  #textOf({ from, to, message, timer, fault }: Delivery): string {
    return this.#write([from, to, message, timer ?? null, fault ?? null])
  }

  /** An instance that is as it began is as good as none, unless it would have something to say at rest. */
  #watched(index: number, instances: ReadonlyMap<string, unknown>): readonly string[] {
    const { monitor, speaksAtFirst } = this.#monitors[index] as Followed
    const initial = this.#write(monitor.initial)
    return [...instances]
      .map(([key, state]) => [key, this.#write(state)] as const)
      .filter(([, text]) => text !== initial || speaksAtFirst)
      .map((entry) => this.#write(entry))
      .sort()
  }

  #counting(definition: SystemDefinition): SystemDefinition {
    const counting = Object.entries(definition.actors).map(([name, actor]) => {
      const receive: typeof actor.receive = (...given) => {
        this.#calls++
        return actor.receive(...given)
      }
      return [name, { ...actor, receive }] as const
    })
    return { ...definition, actors: Object.fromEntries(counting) }
  }
}

function followed(monitor: Monitor, goal: string | undefined): Followed {
  try {
    return { monitor, goal, speaksAtFirst: typeof monitor.atRest?.(monitor.initial) === 'string' }
  } catch {
    return { monitor, goal, speaksAtFirst: true }
  }
}

/** What a monitor makes of an observation. */
function stepped(monitor: Monitor, instances: ReadonlyMap<string, unknown>, observation: Observation) {
  const key = monitor.each(observation)
  if (key === undefined) return { instances, said: undefined }
  let said: string | undefined | void
  const state = instances.has(key) ? instances.get(key) : monitor.initial
  const next = produce(state, (draft: unknown) => {
    said = monitor.observe(draft, observation, NO_MOMENT)
  })
  return { instances: new Map(instances).set(key, next), said: said as string | undefined }
}
