// What one actor does on its own: a local transition (local state, message) → (local state, effects) runs the
// actor's code once, and is remembered. A local state is the actor's state with its pending timers.

import { Immer } from 'immer'
import type { Context, Message, SendOptions } from '../actor.ts'
import { toWindow } from '../duration.ts'
import { describeThrown, HeddleError } from '../error.ts'
import type { Observation } from '../event.ts'
import type { System } from '../system.ts'
import { type Member, settled } from '../transition.ts'
import { Values } from './values.ts'

export interface Timer {
  readonly name: string
  /** Number of the message. */
  readonly message: number
  readonly fault: string | undefined
}

export interface Local {
  /** Number of the state among the actor's. */
  readonly state: number
  /** Sorted by name. */
  readonly timers: readonly Timer[]
}

/** What a local transition asks for, in its order. */
export type Effect =
  /** Handled in the same step. */
  | { readonly kind: 'tell'; readonly to: number; readonly message: number }
  /** Put behind what is on the channel. */
  | { readonly kind: 'append'; readonly channel: string; readonly to: number; readonly message: number }
  /** On its way without an order. */
  | { readonly kind: 'post'; readonly to: number; readonly message: number }
  | { readonly kind: 'observe'; readonly observation: number }
  | { readonly kind: 'crash'; readonly host: string }
  /** A timer was set, perhaps anew: it is another one then. */
  | { readonly kind: 'set'; readonly timer: string }

export interface Outcome {
  /** Number of the local state after it. */
  readonly next: number
  readonly effects: readonly Effect[]
  /** What the code threw, in words; nothing else happens then. */
  readonly thrown: string | undefined
}

const immer = new Immer({ autoFreeze: true })
const NO_EFFECTS: readonly Effect[] = []

/** The local states of one actor. */
class Locals {
  readonly states: Values
  readonly list: Local[] = []
  readonly #ids = new Map<string, number>()
  /** By local state, by message. */
  readonly outcomes: Map<number, Outcome>[] = []
  /** By local state, where it was seen to lead. */
  readonly next: Set<number>[] = []

  constructor(name: string) {
    this.states = new Values(name)
  }

  of(state: number, timers: readonly Timer[]): number {
    const key = `${state} ${timers.map(({ name, message, fault }) => JSON.stringify([name, message, fault ?? 0])).join(' ')}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    this.#ids.set(key, this.list.length)
    this.list.push({ state, timers })
    this.outcomes.push(new Map())
    return this.list.length - 1
  }
}

/** A local transition that was worked out: by a message, or by a restart where that is undefined. */
export interface Transition {
  readonly actor: number
  readonly local: number
  readonly message: number | undefined
  readonly outcome: Outcome
}

/** Messages handled by a restart have no number; this stands for it. */
const RESTART = -1

export class LocalTransitions {
  readonly members: readonly Member[]
  readonly messages = new Values<Message>('a message')
  readonly observations = new Values<Observation>('an observation')
  /** Where actors were seen to go, each once: from one local state to another. */
  readonly moves: { readonly actor: number; readonly from: number; readonly to: number }[] = []
  /** Distinct local transitions: how often the code of actors was called. */
  calls = 0
  readonly #locals: readonly Locals[]
  readonly #contexts: readonly Context[]
  readonly #indexOf: ReadonlyMap<string, number>
  #effects: Effect[] = []
  #timers: Timer[] = []

  constructor(system: System) {
    this.members = system.members
    this.#indexOf = new Map(this.members.map(({ name }, index) => [name, index]))
    this.#locals = this.members.map(({ name }) => new Locals(name))
    this.#contexts = this.members.map((_, index) => this.#contextOf(index))
    for (const [index, { actor }] of this.members.entries()) this.#intern(index, actor.initial, [])
  }

  local(actor: number, id: number): Local {
    return (this.#locals[actor] as Locals).list[id] as Local
  }

  /** The value of an actor's state by its number. */
  state(actor: number, state: number): unknown {
    return (this.#locals[actor] as Locals).states.list[state]
  }

  /** How many local states of an actor are known. */
  count(actor: number): number {
    return (this.#locals[actor] as Locals).list.length
  }

  /** The local state without one of its timers. */
  without(actor: number, id: number, timer: Timer): number {
    const { state, timers } = this.local(actor, id)
    const locals = this.#locals[actor] as Locals
    const kept = timers.filter(({ name }) => name !== timer.name)
    const next = locals.of(state, kept)
    this.#moved(actor, id, next)
    return next
  }

  /** A local state by its value. */
  of(actor: number, state: unknown, timers: readonly Timer[]): number {
    return this.#intern(actor, state, timers)
  }

  receive(actor: number, id: number, message: number): Outcome {
    const { outcomes } = this.#locals[actor] as Locals
    const known = outcomes[id]?.get(message)
    if (known !== undefined) return known
    const { timers, state } = this.local(actor, id)
    const { actor: definition } = this.members[actor] as Member
    const received = this.messages.list[message] as Message
    const outcome = this.#run(actor, this.state(actor, state), timers, (draft, context) =>
      definition.receive(draft, received, context),
    )
    outcomes[id]?.set(message, outcome)
    if (outcome.thrown === undefined) this.#moved(actor, id, outcome.next)
    return outcome
  }

  /** The start of an actor at time zero, from what actors that started before have made of it. */
  start(actor: number, id: number): Outcome {
    const { actor: definition } = this.members[actor] as Member
    const { start } = definition
    if (start === undefined) return { next: id, effects: NO_EFFECTS, thrown: undefined }
    const { state, timers } = this.local(actor, id)
    return this.#run(actor, this.state(actor, state), timers, (draft, context) =>
      start.call(definition, draft, context),
    )
  }

  /** Every local transition that was worked out. */
  *known(): Generator<Transition> {
    for (const [actor, { outcomes }] of this.#locals.entries()) {
      for (const [local, byMessage] of outcomes.entries()) {
        for (const [number, outcome] of byMessage)
          yield { actor, local, message: number === RESTART ? undefined : number, outcome }
      }
    }
  }

  /** The start of an actor after a crash: from what survives, without its timers. */
  restart(actor: number, id: number): Outcome {
    const { outcomes } = this.#locals[actor] as Locals
    const known = outcomes[id]?.get(RESTART)
    if (known !== undefined) return known
    const { actor: definition } = this.members[actor] as Member
    const { start } = definition
    const { from, thrown } = this.#surviving(actor, id)
    if (thrown !== undefined) return { next: 0, effects: NO_EFFECTS, thrown }
    const outcome: Outcome =
      start === undefined
        ? { next: this.#intern(actor, from, []), effects: NO_EFFECTS, thrown: undefined }
        : this.#run(actor, from, [], (draft, context) => start.call(definition, draft, context))
    outcomes[id]?.set(RESTART, outcome)
    if (outcome.thrown === undefined) this.#moved(actor, id, outcome.next)
    return outcome
  }

  #moved(actor: number, from: number, to: number): void {
    const { next } = this.#locals[actor] as Locals
    next[from] ??= new Set()
    if (from === to || next[from]?.has(to)) return
    next[from]?.add(to)
    this.moves.push({ actor, from, to })
  }

  /** What a crash leaves of an actor's state. */
  #surviving(actor: number, id: number): { from?: unknown; thrown?: string } {
    const { actor: definition } = this.members[actor] as Member
    this.calls++
    try {
      const { state } = this.local(actor, id)
      return { from: definition.survives?.(this.state(actor, state)) ?? definition.initial }
    } catch (error) {
      if (error instanceof HeddleError) throw error
      return { thrown: describeThrown(error) }
    }
  }

  #run(
    actor: number,
    from: unknown,
    timers: readonly Timer[],
    recipe: (draft: unknown, context: Context) => unknown,
  ): Outcome {
    this.calls++
    this.#effects = []
    this.#timers = timers.slice()
    const context = this.#contexts[actor] as Context
    try {
      const state = immer.produce(from, (draft: unknown) => recipe(draft, context))
      const next = this.#intern(actor, state, this.#timers)
      return {
        next,
        effects: this.#effects.length === 0 ? NO_EFFECTS : this.#effects,
        thrown: undefined,
      }
    } catch (error) {
      if (error instanceof HeddleError) throw error
      return { next: 0, effects: NO_EFFECTS, thrown: describeThrown(error) }
    }
  }

  #intern(actor: number, state: unknown, timers: readonly Timer[]): number {
    const locals = this.#locals[actor] as Locals
    const sorted = timers.length < 2 ? timers : timers.slice().sort(byName)
    return locals.of(locals.states.of(state), sorted)
  }

  #contextOf(from: number): Context {
    const { name } = this.members[from] as Member
    return {
      self: name,
      send: (to, message, options) => this.#send(from, to, message, options),
      setTimer: (timer, window, message, options) => {
        toWindow(window)
        this.#cancel(timer)
        this.#timers.push({
          name: timer,
          message: this.messages.of(settled(message)),
          fault: options?.fault,
        })
        this.#effects.push({ kind: 'set', timer })
      },
      cancelTimer: (timer) => this.#cancel(timer),
      observe: (observation) => {
        const number = this.observations.of(settled(observation))
        this.#effects.push({ kind: 'observe', observation: number })
      },
      crash: (crashed) => {
        this.#effects.push({ kind: 'crash', host: crashed })
      },
    }
  }

  #cancel(timer: string): void {
    this.#timers = this.#timers.filter(({ name }) => name !== timer)
  }

  #send(from: number, toName: string, value: Message, options: SendOptions = {}): void {
    const sender = this.members[from] as Member
    const to = this.#indexOf.get(toName)
    if (to === undefined) {
      throw new HeddleError(
        'HEDDLE_UNKNOWN_ACTOR',
        `${sender.name} sends to "${toName}", and no actor has that name.`,
      )
    }
    const message = this.messages.of(settled(value))
    if (options.window === undefined && sender.host === (this.members[to] as Member).host) {
      this.#effects.push({ kind: 'tell', to, message })
      return
    }
    toWindow(options.window)
    if (options.unordered) this.#effects.push({ kind: 'post', to, message })
    else this.#effects.push({ kind: 'append', channel: options.channel ?? toName, to, message })
  }
}

function byName(a: Timer, b: Timer): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
