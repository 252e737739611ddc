// Judges the states of a search. A claim that looks at one module is asked once for each of the module's
// numbers; one that looks at several, in each state.

import { NOT_STUCK } from '../scheduler.ts'
import type { Claims, Reader, StateClaim } from './claims.ts'
import type { Modules } from './modules.ts'
import type { Said } from './watchers.ts'

/** The name under which a state is found in which somebody waits for what can no longer come. */
export const STUCK = NOT_STUCK

/** What is wrong with a state: with it as it is, with resting in it, or that somebody waits in it. */
export interface Wrong extends Said {
  readonly kind: 'state' | 'rest' | 'stuck'
}

export class Judging {
  readonly #modules: Modules
  readonly #claims: Claims
  readonly #reader: Reader
  // Claims that look at one module, by module; and those that look at several.
  readonly #local: StateClaim[][]
  #global: StateClaim[] = []
  readonly #judged: Uint8Array[]
  readonly #actors: readonly number[]
  #ids: Int32Array = new Int32Array(0)

  /** Asks each claim about one state, to see which modules it looks at. */
  constructor(modules: Modules, claims: Claims, initial: Int32Array) {
    this.#modules = modules
    this.#claims = claims
    this.#local = modules.list.map(() => [])
    this.#judged = modules.list.map(() => new Uint8Array(64))
    this.#reader = (actor) => modules.components.locals.local(actor, modules.valueOf(actor, this.#ids)).state
    const { members } = modules.components.system
    this.#actors = [...members.keys()].filter((actor) => modules.homeOf(actor) >= 0)
    this.#ids = initial
    for (const claim of claims.always) {
      claims.judge(claim, this.#reader)
      const [first = 0] = claim.question.actors
      const home = modules.homeOf(first)
      if (this.#isLocal(claim, home)) (this.#local[home] as StateClaim[]).push(claim)
      else this.#global.push(claim)
    }
  }

  /** The claims that look at several modules. */
  get global(): readonly StateClaim[] {
    return this.#global
  }

  /** The modules that claims look at together, as a mask. */
  together(): number {
    let mask = 0
    for (const { question } of [...this.#global, ...this.#claims.sometimes]) {
      const homes = new Set([...question.actors].map((actor) => this.#modules.homeOf(actor)))
      if (homes.size > 1) for (const home of homes) mask |= 1 << home
    }
    return mask
  }

  /** What is wrong with a state that need not be at rest. */
  state(ids: Int32Array): readonly Wrong[] {
    this.#ids = ids
    let wrong = NOTHING
    for (let module = 0; module < this.#local.length; module++) {
      if ((this.#local[module] as StateClaim[]).length === 0) continue
      const id = ids[module] as number
      if (this.#judgedOf(module, id)[id] === 1) continue
      wrong = [...wrong, ...this.#judge(module, id)]
    }
    for (const claim of this.#global) wrong = this.#ask(claim, 'state', wrong)
    if (this.#claims.sometimes.length > 0) {
      wrong = [
        ...wrong,
        ...this.#claims.look(this.#reader).map((said) => ({ ...said, kind: 'state' as const })),
      ]
    }
    return wrong
  }

  /** What is wrong with a state in which nothing must happen any more. */
  rest(ids: Int32Array): readonly Wrong[] {
    this.#ids = ids
    let wrong = NOTHING
    for (const claim of this.#claims.eventually) wrong = this.#ask(claim, 'rest', wrong)
    const { components, list } = this.#modules
    for (const module of list) {
      for (const component of module.components) {
        const part = components.list[component]
        if (part?.kind !== 'monitor') continue
        const said = components.watchers.atRest(part.watcher, this.#modules.valueOf(component, ids))
        if (said !== undefined) wrong = [...wrong, { ...said, kind: 'rest' }]
      }
    }
    const waiting = this.#claims.waiting(this.#actors, this.#reader)
    if (waiting.length === 0) return wrong
    return [...wrong, { property: STUCK, message: waiting.join('; '), kind: 'stuck' }]
  }

  #judge(module: number, id: number): readonly Wrong[] {
    this.#judgedOf(module, id)[id] = 1
    let wrong = NOTHING
    for (const claim of this.#local[module] as StateClaim[]) {
      wrong = this.#ask(claim, 'state', wrong)
      if (this.#isLocal(claim, module)) continue
      // It looks further than it did so far. Where it did not, what it said stands.
      this.#local[module] = (this.#local[module] as StateClaim[]).filter((other) => other !== claim)
      this.#global = [...this.#global, claim]
    }
    return wrong
  }

  #judgedOf(module: number, id: number): Uint8Array {
    const judged = this.#judged[module] as Uint8Array
    if (id < judged.length) return judged
    const longer = new Uint8Array(Math.max(id + 1, judged.length * 2))
    longer.set(judged)
    this.#judged[module] = longer
    return longer
  }

  #isLocal({ question }: StateClaim, module: number): boolean {
    for (const actor of question.actors) if (this.#modules.homeOf(actor) !== module) return false
    return true
  }

  #ask(claim: StateClaim, kind: Wrong['kind'], wrong: readonly Wrong[]): readonly Wrong[] {
    const said = this.#claims.judge(claim, this.#reader)
    return said === undefined ? wrong : [...wrong, { ...said, kind }]
  }
}

const NOTHING: readonly Wrong[] = []
