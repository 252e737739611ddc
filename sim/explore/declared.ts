// Holds what is declared interchangeable against all that the actors were seen to do: where one does something,
// the one that takes its place must do the same, renamed. A search that relies on a wrong declaration would leave
// out what nobody has looked at. The claims follow in declared-claims.ts.

import { HeddleError } from '../error.ts'
import type { Symmetry } from '../scenario.ts'
import type { Components } from './components.ts'
import type { Effect, Outcome, Transition } from './locals.ts'
import { exchange, inOrder, Renaming } from './renaming.ts'

export class Declared {
  readonly #components: Components
  readonly #renamings: readonly Renaming[]

  constructor(components: Components, symmetries: readonly Symmetry[]) {
    this.#components = components
    this.#renamings = symmetries.flatMap((symmetry) =>
      exchanged(symmetry).map(([one, other]) => new Renaming(components, exchange(symmetry, one, other))),
    )
  }

  /** Throws HEDDLE_SYMMETRY where a declaration is wrong. `begin`: by component, its value after the starts. */
  hold(begin: readonly number[]): void {
    if (this.#renamings.length === 0) return
    const { locals, system } = this.#components
    const { calls } = locals
    const known = [...locals.known()]
    const states = [...system.members.keys()].flatMap((actor) =>
      Array.from({ length: locals.count(actor) }, (_, local) => ({ actor, local })),
    )
    for (const renaming of this.#renamings) {
      this.#holdBeginning(renaming, begin)
      for (const transition of known) this.#holdTransition(renaming, transition)
      for (const { actor, local } of states) this.#holdWaiting(renaming, actor, local)
    }
    // These were no transitions of the search.
    locals.calls = calls
  }

  #holdBeginning(renaming: Renaming, begin: readonly number[]): void {
    for (const [component, value] of begin.entries()) {
      const part = this.#components.list[component]
      if (part === undefined || part.kind === 'budget') continue
      const isEmpty = value === 0 && part.kind !== 'actor'
      const renamed = isEmpty ? 0 : renaming.value(component, value)
      if ((begin[renaming.component(component)] ?? 0) === renamed) continue
      throw wrongDeclaration(renaming, 'they begin differently')
    }
  }

  #holdTransition(renaming: Renaming, { actor, local, message, outcome }: Transition): void {
    const { locals } = this.#components
    const [other, at] = [renaming.actor(actor), renaming.value(actor, local)]
    const found =
      message === undefined ? locals.restart(other, at) : locals.receive(other, at, renaming.message(message))
    if (!this.#isSame(renaming, actor, { outcome, found }))
      throw wrongDeclaration(renaming, 'what one of them does the other does not')
  }

  #holdWaiting(renaming: Renaming, actor: number, local: number): void {
    const { locals, system } = this.#components
    const waits = (who: number, id: number) =>
      system.members[who]?.actor.waitsFor?.(locals.state(who, locals.local(who, id).state)) !== undefined
    if (waits(actor, local) === waits(renaming.actor(actor), renaming.value(actor, local))) return
    throw wrongDeclaration(renaming, 'one of them waits where the other does not')
  }

  /** Whether two transitions are the same but for names. Effects may be in another order, as of a loop over names. */
  #isSame(
    renaming: Renaming,
    actor: number,
    { outcome, found }: { outcome: Outcome; found: Outcome },
  ): boolean {
    if (outcome.thrown !== undefined || found.thrown !== undefined)
      return outcome.thrown !== undefined && found.thrown !== undefined
    const expected = outcome.effects.map((effect) => renamed(renaming, effect))
    return renaming.value(actor, outcome.next) === found.next && asText(expected) === asText(found.effects)
  }
}

/** Each block with the first, and with the one before it. */
function exchanged({ blocks }: Symmetry): (readonly [number, number])[] {
  return blocks.flatMap((_, block) =>
    [...new Set([0, block - 1])]
      .filter((other) => other >= 0 && other < block)
      .map((other) => [other, block] as const),
  )
}

function renamed(renaming: Renaming, effect: Effect): Effect {
  switch (effect.kind) {
    case 'append':
    case 'post':
    case 'tell': {
      const sent = { to: renaming.actor(effect.to), message: renaming.message(effect.message) }
      return effect.kind === 'append'
        ? { ...effect, ...sent, channel: renaming.names.text(effect.channel) }
        : { ...effect, ...sent }
    }
    case 'observe':
      return { ...effect, observation: renaming.observation(effect.observation) }
    case 'crash':
      return { ...effect, host: renaming.names.text(effect.host) }
    case 'set':
      return { ...effect, timer: renaming.names.text(effect.timer) }
  }
}

function asText(effects: readonly Effect[]): string {
  return effects
    .map((effect) =>
      JSON.stringify(
        Object.entries(effect)
          .map(([field, value]) => `${field} ${value}`)
          .sort(inOrder),
      ),
    )
    .sort(inOrder)
    .join()
}

export function wrongDeclaration({ names }: Renaming, how: string): HeddleError {
  return new HeddleError(
    'HEDDLE_SYMMETRY',
    `Expected what is declared interchangeable to be so, found that ${names.example()} are not: ${how}. Mend the scenario's symmetries, or check without symmetry.`,
  )
}
