// What a search has covered of each actor: the states it was in, the words it has shown, whether it ever heard
// anything. Of actors that are interchangeable, what one has covered all have.

import { canonicalJson } from '../canonical.ts'
import type { Components } from './components.ts'
import type { Modules } from './modules.ts'
import type { Renaming } from './renaming.ts'
import type { Coverage } from './report.ts'

/** By actor, the values of the states it was in, as canonical JSON, and as what it shows. */
export interface Covered {
  readonly states: ReadonlyMap<string, ReadonlySet<string>>
  readonly coverage: Coverage
}

export function coveredBy(
  components: Components,
  searched: readonly Modules[],
  renamings: readonly Renaming[],
): Covered {
  const reached = closed(statesReached(components, searched), renamings, components)
  const { members } = components.system
  const heard = closed(
    members.map((_, actor) => new Set(components.received.has(actor) ? [0] : [])),
    renamings,
  )
  const states = new Map(
    members.map(({ name }, actor) => {
      const values = [...(reached[actor] ?? [])].map((state) => components.locals.state(actor, state))
      return [name, new Set(values.map((value) => canonicalJson(value, name)))]
    }),
  )
  const neverShown = members.flatMap(({ name, actor: { shows, show } }, actor) => {
    if (shows === undefined || show === undefined) return []
    const shown = [...(reached[actor] ?? [])].map((state) => show(components.locals.state(actor, state)))
    const never = shows.filter((word) => !shown.some((text) => text.startsWith(word)))
    return never.length === 0 ? [] : [{ actor: name, shows: never }]
  })
  const idle = members.flatMap(({ name }, actor) => (heard[actor]?.size === 0 ? [name] : []))
  return { states, coverage: { neverShown, idle } }
}

/** By actor, the numbers of the states it was in. */
function statesReached({ locals, system }: Components, searched: readonly Modules[]): Set<number>[] {
  const reached = system.members.map(() => new Set<number>())
  for (const { list } of searched) {
    for (const { components, expansions, tuples } of list) {
      for (const [slot, component] of components.entries()) {
        const states = reached[component]
        if (states === undefined) continue
        expansions.forEach((_, id) => {
          states.add(locals.local(component, tuples.list[id]?.[slot] ?? 0).state)
        })
      }
    }
  }
  return reached
}

/** With what renamings make of it. Without components, the members of the sets have no names in them. */
function closed(
  sets: readonly Set<number>[],
  renamings: readonly Renaming[],
  components?: Components,
): readonly Set<number>[] {
  for (let hasGrown = true; hasGrown; ) {
    hasGrown = false
    for (const renaming of renamings) {
      for (const [actor, set] of sets.entries()) {
        const other = sets[renaming.actor(actor)] as Set<number>
        for (const member of set) {
          const renamed = components === undefined ? member : renaming.state(actor, member)
          if (other.has(renamed)) continue
          other.add(renamed)
          hasGrown = true
        }
      }
    }
  }
  return sets
}
