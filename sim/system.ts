// A closed set of actors, and what is on its way between them. It lists the enabled events and fires one,
// as a pure function of its state. It knows no time and no order: both come from outside.

import type { Actor, Context } from './actor.ts'
import { HeddleError } from './error.ts'
import { type Event, type Footprint, idPrefix, type Observation, placeOf, type Schedulable } from './event.ts'
import { checkBudgets } from './options.ts'
import { situationOf } from './situation.ts'
import {
  type Cast,
  type Delivery,
  type Fired,
  type Member,
  type SystemState,
  Transition,
} from './transition.ts'

export type { Delivery, Fired, SystemState } from './transition.ts'

export interface SystemDefinition {
  /** Actors by name, `place` or `place/part`. */
  readonly actors: Readonly<Record<string, Actor<any, any>>>
  /** How often each fault may strike in one run. */
  readonly budgets?: Readonly<Record<string, number>>
  /** What the properties look at; the actors' states by name unless given. */
  readonly view?: (states: Readonly<Record<string, unknown>>) => unknown
}

export class System {
  /** @internal */
  readonly members: readonly Member[]
  readonly definition: SystemDefinition
  readonly #cast: Cast
  #transition: Transition | undefined

  constructor(definition: SystemDefinition) {
    if (Object.keys(definition.actors ?? {}).length === 0) {
      throw new HeddleError(
        'HEDDLE_SYSTEM',
        'Expected a system with actors, found none. Give it actors by name.',
      )
    }
    checkBudgets(definition.budgets)
    this.definition = definition
    this.members = Object.entries(definition.actors).map(([name, actor]) => ({
      name,
      place: placeOf(name),
      prefix: idPrefix(name),
      host: actor.host ?? name,
      actor,
    }))
    this.#cast = {
      members: this.members,
      indexOf: new Map(this.members.map((member, index) => [member.name, index])),
      contexts: this.members.map((_, index) => this.#contextOf(index)),
    }
  }

  /** The state at time zero, and what the actors' starts let be seen. @internal */
  initial(): Fired {
    const unstarted = this.unstarted()
    return this.#work(new Transition(this.#cast, unstarted, 0), unstarted.budgets, (transition) => {
      for (const index of this.members.keys()) transition.start(index)
    })
  }

  /** The state before any actor has started. @internal */
  unstarted(): SystemState {
    return {
      states: this.members.map((member) => member.actor.initial),
      pending: [],
      budgets: this.definition.budgets ?? {},
      made: this.members.map(() => ({})),
      sequence: 0,
      step: 0,
    }
  }

  /** The deliveries that may happen now: the oldest of each channel, each timer, faults within budget. @internal */
  enabled(state: SystemState): readonly Delivery[] {
    const taken = new Set<string>()
    return state.pending.filter((delivery) => {
      if (delivery.fault !== undefined && budgetOf(state.budgets, delivery.fault) <= 0) return false
      if (delivery.channel === undefined) return true
      if (taken.has(delivery.channel)) return false
      taken.add(delivery.channel)
      return true
    })
  }

  /** Lets one enabled delivery happen, with all that follows from it in no time on the same host. @internal */
  fire(state: SystemState, delivery: Delivery): Fired {
    const pending = state.pending.filter((other) => other !== delivery)
    const transition = new Transition(this.#cast, { ...state, pending }, state.step + 1)
    return this.#work(transition, spend(state.budgets, delivery.fault), () =>
      transition.deliver(delivery.to, delivery.message),
    )
  }

  /** Lets an actor act without a message, within the step that the state is at. @internal */
  act(state: SystemState, name: string, act: (context: Context) => void): Fired {
    const transition = new Transition(this.#cast, state, state.step)
    return this.#work(transition, state.budgets, () => transition.act(name, act))
  }

  /** Who may not end in this state, each with what it waits for. @internal */
  waiting(state: SystemState): readonly string[] {
    return this.members.flatMap(({ name, actor }, index) => {
      const what = actor.waitsFor?.(state.states[index])
      return what === undefined ? [] : [`${name} waits for ${what}`]
    })
  }

  /** Position of an actor in the order of declaration, which is that of `SystemState.states`. @internal */
  indexOf(name: string): number {
    return this.members.findIndex((member) => member.name === name)
  }

  /** An execution of this system, for the scheduler. */
  begin(): Schedulable {
    return new SystemExecution(this)
  }

  #work(
    transition: Transition,
    budgets: SystemState['budgets'],
    work: (transition: Transition) => void,
  ): Fired {
    this.#transition = transition
    try {
      work(transition)
      return transition.finish(budgets)
    } finally {
      this.#transition = undefined
    }
  }

  /** An actor's context, made once: it speaks to whichever transition is being worked out. */
  #contextOf(from: number): Context {
    const self = (this.members[from] as Member).name
    const current = (): Transition => {
      if (this.#transition !== undefined) return this.#transition
      throw new HeddleError(
        'HEDDLE_LATE_EFFECT',
        `${self} uses its context after its transition: expected every send, timer and observation within receive. Did it keep the context for a promise?`,
      )
    }
    return {
      self,
      send: (to, message, options) => current().send(from, to, message, options),
      setTimer: (timer, window, message, options) =>
        current().setTimer(from, timer, window, message, options),
      cancelTimer: (timer) => current().cancelTimer(from, timer),
      observe: (observation) => current().observe(observation),
      crash: (host) => current().crash(host),
    }
  }
}

/** A fault may have any name, even one that every object has. */
function budgetOf(budgets: Readonly<Record<string, number>>, fault: string): number {
  return Object.hasOwn(budgets, fault) ? (budgets[fault] ?? 0) : 0
}

function spend(budgets: Readonly<Record<string, number>>, fault: string | undefined) {
  return fault === undefined ? budgets : { ...budgets, [fault]: budgetOf(budgets, fault) - 1 }
}

/** One execution of a system: holds the current state, and nothing that is not a function of it. */
class SystemExecution implements Schedulable {
  readonly properties = []
  readonly #system: System
  #state: SystemState
  #observations: readonly Observation[] = []
  #footprint: Footprint = { reads: [], writes: [] }
  #enabled: readonly Delivery[] | undefined

  constructor(system: System) {
    this.#system = system
    this.#state = system.unstarted()
  }

  /** Starts the actors; apart from the constructor, so that what a start throws is found like any other. */
  start(): void {
    this.#become(this.#system.initial())
  }

  get budgets(): Readonly<Record<string, number>> {
    return this.#state.budgets
  }

  enabled(): readonly Delivery[] {
    this.#enabled ??= this.#system.enabled(this.#state)
    return this.#enabled
  }

  pending(): readonly Delivery[] {
    return this.#state.pending
  }

  fire(event: Event): void {
    this.#become(this.#system.fire(this.#state, event as Delivery))
  }

  #become({ state, observations, footprint }: Fired): void {
    this.#state = state
    this.#observations = observations
    this.#footprint = footprint
    this.#enabled = undefined
  }

  takeObservations(): readonly Observation[] {
    const taken = this.#observations
    this.#observations = []
    return taken
  }

  footprint(): Footprint {
    return this.#footprint
  }

  waiting(): readonly string[] {
    return this.#system.waiting(this.#state)
  }

  view(): unknown {
    const states = Object.fromEntries(
      this.#system.members.map(({ name }, index) => [name, this.#state.states[index]]),
    )
    return this.#system.definition.view?.(states) ?? states
  }

  watch(look: (view: unknown) => void): readonly string[] {
    const read = new Set<string>()
    const states = {}
    for (const [index, { name }] of this.#system.members.entries()) {
      const get = () => {
        read.add(name)
        return this.#state.states[index]
      }
      Object.defineProperty(states, name, { enumerable: true, get })
    }
    look(this.#system.definition.view?.(states) ?? states)
    return [...read]
  }

  situation(): string {
    return situationOf(this.#state)
  }

  show(): ReadonlyMap<string, string> {
    return new Map(
      this.#system.members.flatMap(({ name, actor }, index) =>
        actor.show === undefined ? [] : [[name, actor.show(this.#state.states[index])] as const],
      ),
    )
  }

  end(): void {}
}
