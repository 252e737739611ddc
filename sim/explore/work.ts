// The work of one step, on components: the messages that are handled in it, one after the other, as
// transition.ts does it on whole states.

import type { Components, Values } from './components.ts'
import type { Effect } from './locals.ts'

/** More messages than this handled within one step is a loop. */
const MESSAGES_PER_STEP_MAX = 10_000

/** What code under test threw, on its way out of a step. */
export class Thrown extends Error {
  readonly what: string

  constructor(what: string) {
    super()
    this.what = what
  }
}

/** One step: the messages still to handle within it, one after the other, as transition.ts does. */
export class Work {
  readonly observations: number[] = []
  /** The timers that were set. */
  readonly set: string[] = []
  readonly #components: Components
  readonly #values: Values
  #inbox: { to: number; message: number }[] = []

  constructor(components: Components, values: Values) {
    this.#components = components
    this.#values = values
  }

  start(actor: number): void {
    this.#take(actor, this.#components.locals.start(actor, this.#values.get(actor)))
    this.#drain()
  }

  deliver(to: number, message: number): void {
    this.#inbox.push({ to, message })
    this.#drain()
  }

  #drain(): void {
    const { locals, received } = this.#components
    for (let handled = 0; this.#inbox.length > 0; handled++) {
      const { to, message } = this.#inbox.shift() as { to: number; message: number }
      if (handled >= MESSAGES_PER_STEP_MAX) {
        throw new Thrown(`Error: More than ${MESSAGES_PER_STEP_MAX} messages within one step`)
      }
      received.add(to)
      this.#take(to, locals.receive(to, this.#values.get(to), message))
    }
  }

  #take(actor: number, outcome: { next: number; effects: readonly Effect[]; thrown: string | undefined }) {
    if (outcome.thrown !== undefined) throw new Thrown(outcome.thrown)
    this.#values.set(actor, outcome.next)
    const crashed: string[] = []
    for (const effect of outcome.effects) {
      switch (effect.kind) {
        case 'tell':
          this.#inbox.push(effect)
          break
        case 'append': {
          const { to, message } = effect
          const channel = this.#components.channel(actor, effect.channel, to)
          this.#components.append(this.#values, channel, { from: actor, to, message })
          break
        }
        case 'post': {
          const { to, message } = effect
          this.#components.append(this.#values, this.#components.posts(to), { from: actor, to, message })
          break
        }
        case 'observe':
          this.observations.push(effect.observation)
          break
        case 'set':
          this.set.push(timerKey(actor, effect.timer))
          break
        case 'crash':
          crashed.push(effect.host)
      }
    }
    for (const host of crashed) this.#crash(host)
  }

  #crash(host: string): void {
    const { members } = this.#components.system
    const isOn = (actor: number) => members[actor]?.host === host
    this.#inbox = this.#inbox.filter(({ to }) => !isOn(to))
    this.#components.withdraw(this.#values, isOn)
    for (const actor of members.keys()) {
      if (isOn(actor)) this.#take(actor, this.#components.locals.restart(actor, this.#values.get(actor)))
    }
  }
}

/** The name of a timer, whichever instance of it. */
export function timerKey(actor: number, timer: string): string {
  return `${actor} ${timer}`
}
