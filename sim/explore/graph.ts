// The whole state space of a small system as a graph, with the way to a counterexample marked.

import { HeddleError } from '../error.ts'
import type { Scenario } from '../scenario.ts'
import { Claims } from './claims.ts'
import { Components } from './components.ts'
import { Modules } from './modules.ts'
import { successors } from './path.ts'
import type { StateGraph } from './report.ts'
import { Search } from './search.ts'
import { Systems } from './systems.ts'
import { Watchers } from './watchers.ts'

/**
 * Every state of a scenario that is made of actors, unreduced, and every event between them. Throws
 * HEDDLE_GRAPH_SIZE where there are more than `statesMax`, HEDDLE_NOT_A_MODEL for a scenario of code.
 */
export function stateGraph(scenario: Scenario, { statesMax }: { readonly statesMax: number }): StateGraph {
  const { system, properties, symmetries = [] } = scenario
  if (system === undefined) {
    throw new HeddleError(
      'HEDDLE_NOT_A_MODEL',
      `Expected a scenario that is made of actors, found ${scenario.name}.`,
    )
  }
  const components = new Components(system, new Watchers(properties))
  const begun = Modules.begin(components)
  const [part] = new Systems(components, properties, symmetries, new Set()).plan(true).parts
  const budgets = Object.entries(system.definition.budgets ?? {})
  const modules = new Modules(components, part?.homes ?? [], {
    kind: 'shared',
    names: budgets.map(([name]) => name),
  })
  const initial = Int32Array.from([
    ...modules.numbersOf(begun.values),
    ...budgets.map(([, budget]) => budget),
  ])
  const search = new Search(modules, part?.claims ?? new Claims(components, properties), [initial], {
    canonical: undefined,
    persistent: undefined,
    until: [],
    needsIndex: true,
    mayCycle: true,
    statesMax,
    begun,
  })
  while (!search.advance(statesMax * 100)) if (search.store.count > statesMax) break
  if (search.store.count > statesMax) {
    throw new HeddleError(
      'HEDDLE_GRAPH_SIZE',
      `Expected a state space of at most ${statesMax} states to draw, found more. Draw a smaller scenario.`,
    )
  }
  return graphOf(search, components)
}

function graphOf(search: Search, components: Components): StateGraph {
  const [found] = search.found
  const marked = new Set<number>()
  for (let state = found?.state; state !== undefined; ) {
    marked.add(state)
    const parent = search.store.parent(state)
    state = parent === state ? undefined : parent
  }
  const nodes: { label: string; depth: number; marked: boolean }[] = []
  const edges: StateGraph['edges'][number][] = []
  const ids = new Int32Array(search.initialOf(0).length)
  const first = shown(search, components, search.initialOf(0))
  for (let state = 0; state < search.store.count; state++) {
    search.read(state, ids)
    const parent = search.store.parent(state)
    const depth = parent === state ? 0 : (nodes[parent]?.depth ?? 0) + 1
    const differing = shown(search, components, ids).filter((text, index) => text !== first[index])
    nodes.push({ label: differing.join('\n'), depth, marked: marked.has(state) })
    for (const { event, after } of successors(search.modules, ids)) {
      const to = search.store.indexOf(search.encode(after))
      const isLast = found?.state === state && found.event === event
      const isOnTheWay = marked.has(state) && marked.has(to) && search.store.parent(to) === state
      edges.push({ from: state, to, label: components.describe(event), marked: isOnTheWay || isLast })
    }
  }
  return { nodes, edges }
}

/** What each actor shows, or its state where it shows nothing. */
function shown({ modules }: Search, { locals, system }: Components, ids: Int32Array): string[] {
  return system.members.map(({ name, actor }, index) => {
    const state = locals.state(index, locals.local(index, modules.valueOf(index, ids)).state)
    return `${name}: ${actor.show?.(state) ?? JSON.stringify(state)}`
  })
}
