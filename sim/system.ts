// A closed set of actors, and what is on its way between them. It lists the enabled events and fires one,
// as a pure function of its state. It knows no time and no order: both come from outside.

import { current, Immer, isDraft } from 'immer'
import type { Actor, Context, Message, SendOptions, TimerOptions } from './actor.ts'
import { hashOfId } from './digest.ts'
import { toWindow, type WindowInput } from './duration.ts'
import { HeddleError } from './error.ts'
import { type Event, type Footprint, idPrefix, type Observation, placeOf, type Schedulable } from './event.ts'

export interface SystemDefinition {
  /** Actors by name, `place` or `place/part`. */
  readonly actors: Readonly<Record<string, Actor<any, any>>>
  /** How often each fault may strike in one run. */
  readonly budgets?: Readonly<Record<string, number>>
  /** What the properties look at; the actors' states by name unless given. */
  readonly view?: (states: Readonly<Record<string, unknown>>) => unknown
}

/** An event of an actor system: a message on its way, or a timer that is set. */
export interface Delivery extends Event {
  readonly to: number
  readonly message: Message
  /** Messages of one channel are enabled one at a time, the oldest first; undefined is unordered. */
  readonly channel: string | undefined
  /** Invariant: an actor has at most one pending timer of a name. */
  readonly timer: string | undefined
}

/** Immutable. The same state and the same event always give the same next state. */
export interface SystemState {
  readonly states: readonly unknown[]
  /** Invariant: in the order of `sequence`. */
  readonly pending: readonly Delivery[]
  readonly budgets: Readonly<Record<string, number>>
  /** How many events each actor has made under each label. */
  readonly made: readonly Readonly<Record<string, number>>[]
  readonly sequence: number
  readonly step: number
}

export interface Fired {
  readonly state: SystemState
  readonly observations: readonly Observation[]
  readonly footprint: Footprint
}

/** More messages than this handled within one step is a loop. */
const MESSAGES_PER_STEP_MAX = 10_000

// An instance of our own: a user's setAutoFreeze must not change what a run does.
const immer = new Immer({ autoFreeze: true })

interface Member {
  readonly name: string
  readonly place: string
  readonly prefix: string
  readonly host: string
  readonly actor: Actor
}

export class System {
  readonly members: readonly Member[]
  readonly definition: SystemDefinition
  readonly #indexOf: ReadonlyMap<string, number>
  // One context for each actor, made once: it speaks to whichever transition is being worked out.
  readonly #contexts: readonly Context[]
  #transition: Transition | undefined

  constructor(definition: SystemDefinition) {
    this.definition = definition
    this.members = Object.entries(definition.actors).map(([name, actor]) => ({
      name,
      place: placeOf(name),
      prefix: idPrefix(name),
      host: actor.host ?? name,
      actor,
    }))
    this.#indexOf = new Map(this.members.map((member, index) => [member.name, index]))
    this.#contexts = this.members.map((_, index) => this.#contextOf(index))
  }

  /** The state at time zero, and what the actors' starts let be seen. */
  initial(): Fired {
    const empty: SystemState = {
      states: this.members.map((member) => member.actor.initial),
      pending: [],
      budgets: this.definition.budgets ?? {},
      made: this.members.map(() => ({})),
      sequence: 0,
      step: 0,
    }
    return this.#work(new Transition(this, empty, 0), empty.budgets, (transition) => {
      for (const index of this.members.keys()) transition.start(index)
    })
  }

  /** The deliveries that may happen now: the oldest of each channel, each timer, faults within budget. */
  enabled(state: SystemState): readonly Delivery[] {
    const taken = new Set<string>()
    return state.pending.filter((delivery) => {
      if (delivery.fault !== undefined && (state.budgets[delivery.fault] ?? 0) <= 0) return false
      if (delivery.channel === undefined) return true
      if (taken.has(delivery.channel)) return false
      taken.add(delivery.channel)
      return true
    })
  }

  /** Lets one enabled delivery happen, with everything that follows from it in no time on the same host. */
  fire(state: SystemState, delivery: Delivery): Fired {
    const pending = state.pending.filter((other) => other !== delivery)
    const transition = new Transition(this, { ...state, pending }, state.step + 1)
    return this.#work(transition, spend(state.budgets, delivery.fault), () =>
      transition.deliver(delivery.to, delivery.message),
    )
  }

  contextOf(index: number): Context {
    return this.#contexts[index] as Context
  }

  indexOf(name: string, asker: string): number {
    const index = this.#indexOf.get(name)
    if (index === undefined) {
      throw new HeddleError(
        'HEDDLE_UNKNOWN_ACTOR',
        `${asker} sends to "${name}", and no actor has that name.`,
      )
    }
    return index
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

function spend(budgets: Readonly<Record<string, number>>, fault: string | undefined) {
  return fault === undefined ? budgets : { ...budgets, [fault]: (budgets[fault] ?? 0) - 1 }
}

/** The work of one step: the messages still to handle, and what has changed so far. */
class Transition {
  readonly #system: System
  readonly #step: number
  readonly #states: unknown[]
  readonly #made: Readonly<Record<string, number>>[]
  #pending: Delivery[]
  #sequence: number
  readonly #inbox: { to: number; message: Message }[] = []
  readonly #observations: Observation[] = []
  readonly #touched: string[] = []

  constructor(system: System, from: SystemState, step: number) {
    this.#system = system
    this.#step = step
    this.#states = from.states.slice()
    this.#made = from.made.slice()
    this.#pending = from.pending.slice()
    this.#sequence = from.sequence
  }

  start(index: number): void {
    const { actor } = this.#member(index)
    if (actor.start !== undefined) this.#apply(index, (draft, context) => actor.start?.(draft, context))
    this.#drain()
  }

  deliver(to: number, message: Message): void {
    this.#inbox.push({ to, message })
    this.#drain()
  }

  finish(budgets: Readonly<Record<string, number>>): Fired {
    return {
      state: {
        states: this.#states,
        pending: this.#pending,
        budgets,
        made: this.#made,
        sequence: this.#sequence,
        step: this.#step,
      },
      observations: this.#observations,
      footprint: { reads: [], writes: this.#touched },
    }
  }

  #drain(): void {
    for (let handled = 0; this.#inbox.length > 0; handled++) {
      const { to, message } = this.#inbox.shift() as { to: number; message: Message }
      if (handled >= MESSAGES_PER_STEP_MAX) {
        throw new Error(
          `More than ${MESSAGES_PER_STEP_MAX} messages within one step, the last "${message.type}" to ${this.#member(to).name}: do two actors of one host answer each other forever?`,
        )
      }
      this.#apply(to, (draft, context) => this.#member(to).actor.receive(draft, message, context))
    }
  }

  #apply(index: number, recipe: (draft: unknown, context: Context) => unknown): void {
    const { name } = this.#member(index)
    if (!this.#touched.includes(name)) this.#touched.push(name)
    const context = this.#system.contextOf(index)
    this.#states[index] = immer.produce(this.#states[index], (draft: unknown) => recipe(draft, context))
  }

  observe(observation: Observation): void {
    this.#observations.push(withoutDrafts(observation))
  }

  cancelTimer(own: number, timer: string): void {
    this.#cancelTimers((other) => other.to === own && other.timer === timer)
  }

  send(from: number, toName: string, message: Message, options: SendOptions = {}): void {
    const sender = this.#member(from)
    const to = this.#system.indexOf(toName, sender.name)
    if (options.window === undefined && sender.host === this.#member(to).host) {
      this.#inbox.push({ to, message: withoutDrafts(message) })
      return
    }
    const channel = options.unordered ? undefined : `${sender.name}>${options.channel ?? toName}`
    const label = options.label ?? message.type
    this.#add({
      from,
      to,
      message,
      label,
      window: options.window,
      channel,
      timer: undefined,
      fault: undefined,
    })
  }

  setTimer(own: number, timer: string, window: WindowInput, message: Message, options?: TimerOptions): void {
    this.cancelTimer(own, timer)
    const fault = options?.fault
    this.#add({ from: own, to: own, message, label: timer, window, channel: undefined, timer, fault })
  }

  #cancelTimers(matches: (delivery: Delivery) => boolean): void {
    if (this.#pending.some(matches)) this.#pending = this.#pending.filter((other) => !matches(other))
  }

  crash(host: string): void {
    const members = this.#system.members
    this.#cancelTimers((other) => other.timer !== undefined && members[other.to]?.host === host)
    members.forEach((member, index) => {
      if (member.host !== host) return
      this.#states[index] = member.actor.initial
      if (member.actor.start !== undefined) {
        this.#apply(index, (draft, context) => member.actor.start?.(draft, context))
      }
    })
  }

  #add(made: {
    from: number
    to: number
    message: Message
    label: string
    window: WindowInput | undefined
    channel: string | undefined
    timer: string | undefined
    fault: string | undefined
  }): void {
    const { from, to, label, window, ...rest } = made
    const sender = this.#member(from)
    const count = (this.#made[from]?.[label] ?? 0) + 1
    this.#made[from] = { ...this.#made[from], [label]: count }
    this.#sequence++
    const id = `${sender.prefix}${label}#${count}`
    this.#pending.push({
      id,
      hash: hashOfId(id),
      place: sender.place,
      sequence: this.#sequence,
      createdAtStep: this.#step,
      window: toWindow(window),
      footprint: { reads: [], writes: [this.#member(to).name] },
      to,
      ...rest,
      message: withoutDrafts(made.message),
    })
  }

  #member(index: number): Member {
    return this.#system.members[index] as Member
  }
}

/** One execution of a system: holds the current state, and nothing that is not a function of it. */
class SystemExecution implements Schedulable {
  readonly properties = []
  readonly #system: System
  #state: SystemState
  #observations: readonly Observation[]
  #footprint: Footprint
  #enabled: readonly Delivery[] | undefined

  constructor(system: System) {
    this.#system = system
    const { state, observations, footprint } = system.initial()
    this.#state = state
    this.#observations = observations
    this.#footprint = footprint
  }

  get budgets(): Readonly<Record<string, number>> {
    return this.#state.budgets
  }

  enabled(): readonly Delivery[] {
    this.#enabled ??= this.#system.enabled(this.#state)
    return this.#enabled
  }

  fire(event: Event): void {
    const { state, observations, footprint } = this.#system.fire(this.#state, event as Delivery)
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
    return this.#system.members.flatMap(({ name, actor }, index) => {
      const what = actor.waitsFor?.(this.#state.states[index])
      return what === undefined ? [] : [`${name} waits for ${what}`]
    })
  }

  view(): unknown {
    const states = Object.fromEntries(
      this.#system.members.map(({ name }, index) => [name, this.#state.states[index]]),
    )
    return this.#system.definition.view?.(states) ?? states
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

/** A message as it is now: parts of a draft in it would change, or be gone, when the transition is over. */
function withoutDrafts<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (isDraft(value)) return current(value as never)
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key]
    const settled = withoutDrafts(part)
    if (settled === part) continue
    copy ??= (Array.isArray(value) ? value.slice() : { ...value }) as Record<string, unknown>
    copy[key] = settled
  }
  return (copy ?? value) as T
}
