// The work of one step of an actor system: the messages that are handled in it, one after the other, and
// what changes. Made for one step, then given up; what it began from is left as it was.

import { current, freeze, Immer, isDraft } from 'immer'
import type { Actor, Context, Message, SendOptions, TimerOptions } from './actor.ts'
import { hashOfId } from './digest.ts'
import { toWindow, type WindowInput } from './duration.ts'
import { HeddleError } from './error.ts'
import type { Event, Footprint, Observation } from './event.ts'

/** An event of an actor system: a message on its way, or a timer that is set. */
export interface Delivery extends Event {
  readonly from: number
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

/** An actor in its place in a system. */
export interface Member {
  readonly name: string
  readonly place: string
  readonly prefix: string
  readonly host: string
  readonly actor: Actor
}

/** The actors of a system, and the context through which each of them speaks. */
export interface Cast {
  readonly members: readonly Member[]
  readonly indexOf: ReadonlyMap<string, number>
  readonly contexts: readonly Context[]
}

/** More messages than this handled within one step is a loop. */
const MESSAGES_PER_STEP_MAX = 10_000

// An instance of our own: a user's setAutoFreeze must not change what a run does.
const immer = new Immer({ autoFreeze: true })

/** The work of one step: the messages still to handle, and what has changed so far. */
export class Transition {
  readonly #cast: Cast
  readonly #step: number
  readonly #states: unknown[]
  readonly #made: Readonly<Record<string, number>>[]
  #pending: Delivery[]
  #sequence: number
  #inbox: { to: number; message: Message }[] = []
  readonly #observations: Observation[] = []
  readonly #touched: string[] = []
  readonly #crashing: string[] = []

  constructor(cast: Cast, from: SystemState, step: number) {
    this.#cast = cast
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

  act(name: string, act: (context: Context) => void): void {
    this.#apply(this.#indexOf(name, 'act'), (_, context) => act(context))
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
    this.#touch(name)
    const context = this.#cast.contexts[index] as Context
    this.#states[index] = immer.produce(this.#states[index], (draft: unknown) => recipe(draft, context))
    for (let host = this.#crashing.shift(); host !== undefined; host = this.#crashing.shift())
      this.#crash(host)
  }

  observe(observation: Observation): void {
    this.#observations.push(settled(observation))
  }

  cancelTimer(own: number, timer: string): void {
    this.#withdraw((other) => other.to === own && other.timer === timer)
  }

  send(from: number, toName: string, message: Message, options: SendOptions = {}): void {
    const sender = this.#member(from)
    const to = this.#indexOf(toName, sender.name)
    if (options.window === undefined && sender.host === this.#member(to).host) {
      this.#inbox.push({ to, message: settled(message) })
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

  #withdraw(matches: (delivery: Delivery) => boolean): void {
    if (this.#pending.some(matches)) this.#pending = this.#pending.filter((other) => !matches(other))
  }

  /** Done when the recipe that asks for it is over, as it may be that of an actor on the host. */
  crash(host: string): void {
    this.#crashing.push(host)
  }

  #crash(host: string): void {
    const { members } = this.#cast
    const isOn = (index: number) => members[index]?.host === host
    this.#inbox = this.#inbox.filter(({ to }) => !isOn(to))
    this.#withdraw((other) => isOn(other.to) && isOn(other.from))
    members.forEach(({ name, actor }, index) => {
      if (!isOn(index)) return
      this.#touch(name)
      this.#states[index] = actor.survives?.(this.#states[index]) ?? actor.initial
      if (actor.start !== undefined) this.#apply(index, (draft, context) => actor.start?.(draft, context))
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
    const before = this.#made[from] ?? {}
    const count = (Object.hasOwn(before, label) ? (before[label] ?? 0) : 0) + 1
    this.#made[from] = { ...before, [label]: count }
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
      from,
      to,
      ...rest,
      message: settled(made.message),
    })
  }

  #touch(name: string): void {
    if (!this.#touched.includes(name)) this.#touched.push(name)
  }

  #indexOf(name: string, asker: string): number {
    const index = this.#cast.indexOf.get(name)
    if (index === undefined) {
      throw new HeddleError(
        'HEDDLE_UNKNOWN_ACTOR',
        `${asker} sends to "${name}", and no actor has that name.`,
      )
    }
    return index
  }

  #member(index: number): Member {
    return this.#cast.members[index] as Member
  }
}

/**
 * A message as it is now, and stays. Parts of a draft in it would change, or be gone, when the transition is
 * over; and what a receiver could change, another run would see.
 */
export function settled<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (isDraft(value)) return freeze(current(value as never), true)
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key]
    const kept = settled(part)
    if (kept === part) continue
    copy ??= (Array.isArray(value) ? value.slice() : { ...value }) as Record<string, unknown>
    copy[key] = kept
  }
  return Object.freeze((copy ?? value) as T)
}
