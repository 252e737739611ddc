// The claims about states: `always`, `eventually` at rest, `sometimes`, and who may not rest. A claim is asked
// once for each combination of the actors' states that it looks at, and what it looks at is seen by asking.

import { describeThrown, HeddleError } from '../error.ts'
import { isTimed, type Judgement, type Property } from '../property.ts'
import type { System } from '../system.ts'
import type { Components } from './components.ts'
import { Met } from './modules.ts'
import type { Said } from './watchers.ts'

/** The number of an actor's state, of the state that is judged. */
export type Reader = (actor: number) => number

/** What a claim says once it has looked at the states of some actors, one after the other. */
interface Look {
  readonly actor: number
  readonly next: Map<number, Look | Answer>
}

interface Answer {
  /** What a predicate gave, or what it threw in words. */
  readonly judgement: Judgement
}

class Question {
  /** The actors whose states it has looked at so far, in any state. */
  readonly actors = new Set<number>()
  root: Look | Answer | undefined
  readonly ask: (view: unknown) => Judgement

  constructor(ask: (view: unknown) => Judgement) {
    this.ask = ask
  }
}

export interface StateClaim {
  readonly name: string
  readonly question: Question
}

export class Claims {
  readonly always: readonly StateClaim[]
  readonly eventually: readonly StateClaim[]
  readonly leadsTo: readonly { readonly name: string; readonly from: Question; readonly to: Question }[]
  /** Those that are not reached yet. */
  sometimes: readonly StateClaim[]
  readonly reached = new Set<string>()
  /** How often the code of claims was called. */
  calls = 0
  readonly #components: Components
  readonly #states: Readonly<Record<string, unknown>>
  #reader: Reader = () => 0
  #looks: { actor: number; state: number }[] = []

  constructor(components: Components, properties: readonly Property[]) {
    this.#components = components
    const claims = (kind: 'always' | 'eventually') =>
      properties.flatMap((property) =>
        property.kind === kind && !isTimed(property)
          ? [{ name: property.name, question: new Question(property.holds) }]
          : [],
      )
    this.always = claims('always')
    this.eventually = claims('eventually')
    this.leadsTo = properties.flatMap((property) =>
      property.kind === 'leadsTo'
        ? [{ name: property.name, from: new Question(property.from), to: new Question(property.to) }]
        : [],
    )
    this.sometimes = properties.flatMap((property) => {
      if (property.kind !== 'sometimes' || typeof property.reached !== 'function') return []
      return [{ name: property.name, question: new Question(property.reached) }]
    })
    this.#states = this.#readStates()
  }

  /** Asks every claim about a state, and says at which actors each has looked. */
  ask(reader: Reader): { name: string; actors: number[] }[] {
    const questions = [
      ...[...this.always, ...this.eventually, ...this.sometimes].map(({ name, question }) => ({
        name,
        questions: [question],
      })),
      ...this.leadsTo.map(({ name, from, to }) => ({ name, questions: [from, to] })),
    ]
    return questions.map(({ name, questions: asked }) => {
      for (const question of asked) this.#answer(question, reader)
      return { name, actors: asked.flatMap(({ actors }) => [...actors]) }
    })
  }

  /** What a claim that must hold says of a state; undefined where it holds. */
  judge({ name, question }: StateClaim, reader: Reader): Said | undefined {
    const { judgement } = this.#answer(question, reader)
    if (judgement === false) return { property: name, message: 'it does not hold' }
    return typeof judgement === 'string' ? { property: name, message: judgement } : undefined
  }

  /** Whether a predicate is true of a state. */
  isTrue(question: Question, reader: Reader): boolean {
    return this.#answer(question, reader).judgement === true
  }

  /** Notes which `sometimes` hold in a state; one that throws is violated. */
  look(reader: Reader): Said[] {
    const said: Said[] = []
    for (const claim of this.sometimes) {
      const { judgement } = this.#answer(claim.question, reader)
      if (typeof judgement === 'string') said.push({ property: claim.name, message: judgement })
      else if (judgement !== true) continue
      else this.reached.add(claim.name)
      this.sometimes = this.sometimes.filter((other) => other !== claim)
    }
    return said
  }

  /** Who of some actors may not rest in a state, each with what for. */
  waiting(actors: readonly number[], reader: Reader): string[] {
    const { locals, system } = this.#components
    return actors.flatMap((index) => {
      const { name, actor } = system.members[index] as System['members'][number]
      const what = actor.waitsFor?.(locals.state(index, reader(index)))
      return what === undefined ? [] : [`${name} waits for ${what}`]
    })
  }

  #answer(question: Question, reader: Reader): Answer {
    let found = question.root
    while (found !== undefined && 'next' in found) found = found.next.get(reader(found.actor))
    return found ?? this.#ask(question, reader)
  }

  #ask(question: Question, reader: Reader): Answer {
    this.#reader = reader
    this.#looks = []
    this.calls++
    let judgement: Judgement
    try {
      judgement = question.ask(this.#components.system.definition.view?.(this.#states) ?? this.#states)
    } catch (error) {
      if (error instanceof HeddleError || error instanceof Met) throw error
      judgement = describeThrown(error)
    }
    const answer = { judgement }
    for (const { actor } of this.#looks) question.actors.add(actor)
    keep(question, this.#looks, answer)
    return answer
  }

  /** The states of the actors by name; who asks for one is seen. */
  #readStates(): Readonly<Record<string, unknown>> {
    const { system, locals } = this.#components
    const states: Record<string, unknown> = {}
    for (const [actor, { name }] of system.members.entries()) {
      Object.defineProperty(states, name, {
        enumerable: true,
        get: () => {
          const state = this.#reader(actor)
          if (!this.#looks.some((look) => look.actor === actor)) this.#looks.push({ actor, state })
          return locals.state(actor, state)
        },
      })
    }
    return states
  }
}

function keep(question: Question, looks: readonly { actor: number; state: number }[], answer: Answer): void {
  const first = looks[0]
  if (first === undefined) {
    question.root = answer
    return
  }
  question.root ??= { actor: first.actor, next: new Map() }
  let look = question.root as Look
  for (const [index, { state }] of looks.entries()) {
    const then = looks[index + 1]
    if (then === undefined) {
      look.next.set(state, answer)
      return
    }
    const next = look.next.get(state) ?? { actor: then.actor, next: new Map() }
    look.next.set(state, next)
    look = next as Look
  }
}
