// Messages that nobody will ever hear: a receiver that leaves a message alone, in its state and in every state
// that it can come to, may as well get it at once. So such a message, or such a timer, is taken away as soon as
// it is due, which is the order of all orders that is searched. What a receiver can come to is taken from what
// it was seen to do; a search whose decisions turn out to rest on too little is done again.

import type { Components, Values } from './components.ts'
import type { Timer } from './locals.ts'
import type { Renaming } from './renaming.ts'

export class Unheard {
  /** Whether anything was taken away. */
  applied = false
  readonly #components: Components
  readonly #renamings: readonly Renaming[]
  // By actor, by local state: where it was seen to go from there.
  readonly #moves: Set<number>[][]
  #noted = 0
  // By actor, local state, message and timer: whether it is unheard. Invariant: once decided, it stays.
  readonly #decided = new Map<string, Decision>()

  constructor(components: Components, renamings: readonly Renaming[]) {
    this.#components = components
    this.#renamings = renamings
    this.#moves = components.system.members.map(() => [])
  }

  /** Takes away what is due in some components and nobody will hear. */
  takeAway(components: readonly number[], values: Values): void {
    for (let hasChanged = true; hasChanged; ) {
      hasChanged = false
      for (const component of components) {
        const part = this.#components.list[component]
        if (part?.kind === 'actor' && this.#takeTimer(part.actor, values)) hasChanged = true
        if (part?.kind === 'channel' && this.#takeFirst(component, part.to, values)) hasChanged = true
      }
    }
  }

  /** Forgets decisions that what is known by now does not bear out; true where there were none. */
  allStand(): boolean {
    let allStand = true
    for (const decision of this.#decided.values()) {
      if (!decision.isUnheard || this.#isUnheard(decision)) continue
      decision.isUnheard = false
      allStand = false
    }
    return allStand
  }

  #takeTimer(actor: number, values: Values): boolean {
    const local = values.get(actor)
    for (const timer of this.#components.locals.local(actor, local).timers) {
      if (timer.fault !== undefined || !this.#decide(actor, local, timer.message, timer)) continue
      values.set(actor, this.#components.locals.without(actor, local, timer))
      return true
    }
    return false
  }

  #takeFirst(component: number, to: number, values: Values): boolean {
    const value = values.get(component)
    const [first] = value === 0 ? [] : this.#components.contents(component, value)
    if (first === undefined) return false
    const item = this.#components.item(first)
    // A channel that has several receivers stays as it is.
    if (item.to !== to || !this.#decide(to, values.get(to), item.message, undefined)) return false
    values.set(component, this.#components.withoutFirst(component, value))
    return true
  }

  #decide(actor: number, local: number, message: number, timer: Timer | undefined): boolean {
    const key = `${actor} ${local} ${message} ${timer?.name ?? ''}`
    let decision = this.#decided.get(key)
    if (decision === undefined) {
      decision = { actor, local, message, timer, isUnheard: false }
      decision.isUnheard = this.#isUnheard(decision)
      this.#decided.set(key, decision)
    }
    if (decision.isUnheard) this.applied = true
    return decision.isUnheard
  }

  #isUnheard({ actor, local, message, timer }: Decision): boolean {
    const { locals, received } = this.#components
    this.#noteMoves()
    const reached = new Set([local])
    for (const id of reached) {
      const at = timer === undefined ? id : this.#withoutTimer(actor, id, timer)
      // A timer that was taken back or set anew goes off no more.
      if (at === undefined) continue
      const { next, effects, thrown } = locals.receive(actor, at, message)
      if (next !== at || effects.length > 0 || thrown !== undefined) return false
      for (const other of this.#moves[actor]?.[id] ?? []) reached.add(other)
    }
    received.add(actor)
    return true
  }

  #withoutTimer(actor: number, id: number, { name, message }: Timer): number | undefined {
    const { locals } = this.#components
    const timer = locals
      .local(actor, id)
      .timers.find((other) => other.name === name && other.message === message)
    return timer === undefined ? undefined : locals.without(actor, id, timer)
  }

  /** Takes note of what actors did since, and of what their likes can do therefore. */
  #noteMoves(): void {
    const { moves } = this.#components.locals
    for (; this.#noted < moves.length; this.#noted++) {
      const { actor, from, to } = moves[this.#noted] as (typeof moves)[number]
      this.#noteMove(actor, from, to)
    }
  }

  #noteMove(actor: number, from: number, to: number): void {
    const open = [{ actor, from, to }]
    for (let move = open.pop(); move !== undefined; move = open.pop()) {
      const moves = this.#moves[move.actor] as Set<number>[]
      moves[move.from] ??= new Set()
      if (moves[move.from]?.has(move.to)) continue
      moves[move.from]?.add(move.to)
      for (const renaming of this.#renamings) {
        open.push({
          actor: renaming.actor(move.actor),
          from: renaming.value(move.actor, move.from),
          to: renaming.value(move.actor, move.to),
        })
      }
    }
  }
}

interface Decision {
  readonly actor: number
  readonly local: number
  readonly message: number
  readonly timer: Timer | undefined
  isUnheard: boolean
}
