// What an actor is: an initial state and one pure transition, written as an immer recipe. It can send,
// set and cancel timers, and show something to the properties, and nothing else: no actor can read the
// time or a random number, so equal state and equal message give equal results.

import type { WindowInput } from './duration.ts'
import type { Observation } from './event.ts'

export interface SendOptions {
  /**
   * How long the message is on its way. Left out, a message within one host is handled in the same step,
   * as a call in a single-threaded server is; one to another host takes no time, but is an event.
   */
  readonly window?: WindowInput
  /** The label in the event's id; the message's type unless given. */
  readonly label?: string
  /** Messages of one channel arrive in the order they were sent. One channel for each receiver unless given. */
  readonly channel?: string
  /** True where messages may overtake each other. */
  readonly unordered?: boolean
}

export interface TimerOptions {
  /** The fault budget that the timer takes one of when it fires: it may fire, but never has to. */
  readonly fault?: string
}

export interface Context {
  /** The actor's own name. */
  readonly self: string
  send<M extends Message>(to: string, message: M, options?: SendOptions): void
  /** Lets the actor receive `message` once, within the window. Replaces a timer of the same name. */
  setTimer<M extends Message>(name: string, window: WindowInput, message: M, options?: TimerOptions): void
  /** Takes a timer back; nothing happens if there is none. */
  cancelTimer(name: string): void
  observe(observation: Observation): void
  /**
   * Crashes a host, when the transition is over: each actor on it starts again, from its initial state or from
   * what survives, without its timers and without messages from the same host. What is on its way between
   * hosts still arrives.
   */
  crash(host: string): void
}

export interface Message {
  readonly type: string
}

export interface Actor<State = unknown, M extends Message = Message> {
  /** Plain data that immer can draft: objects, arrays, strings, numbers, booleans, null. */
  readonly initial: State
  /** The host it lives on; its own name unless given. */
  readonly host?: string
  /** Runs once at time zero, in the order in which the actors are declared, and after a crash of its host. */
  start?(state: State, context: Context): State | undefined | void
  /** The transition: changes the draft, or returns another state. */
  receive(state: State, message: M, context: Context): State | undefined | void
  /** What a crash of its host leaves of a state, such as what was on disk; nothing, the initial state, unless given. */
  survives?(state: State): State
  /** What this state waits for, if a run may not end in it: a run that does is stuck. */
  waitsFor?(state: State): string | undefined
  /** The state in a word or two, for a timeline. */
  show?(state: State): string
  /** Every word that `show` may begin with, for coverage: which of them an exhaustive check never reached. */
  readonly shows?: readonly string[]
}

/** Gives an actor its types: the state is what `initial` is. */
export function actor<State, M extends Message = Message>(definition: Actor<State, M>): Actor<State, M> {
  return definition
}
