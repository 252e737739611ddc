// Holds the claims about states against what is declared interchangeable: in a search that found nothing, a claim that
// fails in a state with names exchanged is claimed of some of these only, and the search, which looks at one state
// of those that are alike, would say that it holds. Looks at samples of the states, and not at monitors.

import type { Scenario, Symmetry } from '../scenario.ts'
import { Claims, type Reader } from './claims.ts'
import type { Components } from './components.ts'
import { wrongDeclaration } from './declared.ts'
import { exchange, Renaming } from './renaming.ts'
import type { CheckReport } from './report.ts'
import type { Search } from './search.ts'

/** So many states of each search are looked at. */
const SAMPLES_MAX = 2_000

export interface Held {
  readonly components: Components
  readonly scenario: Scenario
  /** By component, its value after the actors' starts. */
  readonly begin: readonly number[]
}

/** Throws HEDDLE_SYMMETRY where a report rests on names being claimed alike, and they are not. */
export function holdClaims(
  { reductions, bound, counterexamples, sometimes }: CheckReport,
  searches: readonly { readonly search: Search }[],
  held: Held,
): void {
  if (!reductions.includes('symmetry') || bound !== null || counterexamples.length > 0) return
  const reached = new Set(sometimes.filter((one) => one.reached).map(({ property }) => property))
  const { components, scenario } = held
  const { properties, symmetries = [] } = scenario
  // Of its own, so that what is asked here counts nowhere.
  const claims = new Claims(components, properties)
  if (claims.always.length + claims.eventually.length + claims.sometimes.length === 0) return
  for (const renaming of symmetries.flatMap((symmetry) => exchangesOf(components, symmetry))) {
    const renamed = renamedReaders(components, renaming)
    for (const { search } of searches) {
      for (const { reader, isAtRest } of samples(search, held)) {
        const wrong = wrongIn(renamed(reader), { claims, isAtRest, reached })
        if (wrong !== undefined) throw wrongDeclaration(renaming, `"${wrong}" is not claimed of both`)
      }
    }
  }
}

/** Every two blocks, as what stands for a state may have any of them in any place. */
function exchangesOf(components: Components, symmetry: Symmetry): Renaming[] {
  return symmetry.blocks.flatMap((_, one) =>
    symmetry.blocks
      .slice(one + 1)
      .map((_, after) => new Renaming(components, exchange(symmetry, one, one + 1 + after))),
  )
}

/** A claim that the search would have found, had it come to this state. */
function wrongIn(
  reader: Reader,
  { claims, isAtRest, reached }: { claims: Claims; isAtRest: boolean; reached: ReadonlySet<string> },
): string | undefined {
  const mustHold = isAtRest ? [...claims.always, ...claims.eventually] : claims.always
  const broken = mustHold.find((claim) => claims.judge(claim, reader) !== undefined)
  const goal = claims.sometimes.find(
    ({ name, question }) => !reached.has(name) && claims.isTrue(question, reader),
  )
  return (broken ?? goal)?.name
}

/** States that a search found, with all that it is not about as it began. */
function* samples(
  search: Search,
  { components, begin }: Held,
): Generator<{ reader: Reader; isAtRest: boolean }> {
  const { modules, store } = search
  const { locals } = components
  const ids = new Int32Array(store.layout.bits.length)
  const reader: Reader = (actor) => {
    const isOwn = modules.homeOf(actor) >= 0
    return locals.local(actor, isOwn ? modules.valueOf(actor, ids) : (begin[actor] ?? 0)).state
  }
  const every = Math.ceil(store.count / SAMPLES_MAX)
  for (let state = 0; state < store.count; state += every) {
    search.read(state, ids)
    const isAtRest = modules.list.every((_, module) => !modules.expansion(module, ids).isActive)
    yield { reader, isAtRest }
  }
}

/** What stands where, once names have changed places. */
function renamedReaders({ system }: Components, renaming: Renaming): (reader: Reader) => Reader {
  const from: number[] = []
  for (const actor of system.members.keys()) from[renaming.actor(actor)] = actor
  const known = system.members.map((): number[] => [])
  return (reader) => (actor) => {
    const other = from[actor] as number
    const state = reader(other)
    const kept = known[actor] as number[]
    kept[state] ??= renaming.state(other, state)
    return kept[state]
  }
}
