// Which moves of connections' lifecycles a search takes: an eye on a claim of the scenario, which changes nothing,
// and what of the table of legal transitions that is.

import { isLegal, type LifecycleState, type Observed, STATES, TRANSITIONS } from '../model/index.ts'
import { legalTransitionsOnly } from '../properties/index.ts'
import { type Monitor, monitor, type Property, type Scenario } from '../sim/index.ts'

/** A connection's lifecycle went from one state to another. */
export type Move = readonly [from: LifecycleState, to: LifecycleState]

export interface Moves {
  readonly taken: readonly Move[]
  /** Of the table. */
  readonly neverTaken: readonly Move[]
  /** Taken, and not in the table. */
  readonly illegal: readonly Move[]
}

/** Whether a scenario is one of connections' lifecycles, under a coordinator: its parameters say so. */
export function isLifecycle({ parameters }: Scenario): boolean {
  const { coordinator, connections, delays } = parameters
  return typeof coordinator === 'string' && typeof connections === 'number' && typeof delays === 'object'
}

/**
 * The same scenario, with an eye on every move of a connection. Where it claims that only legal transitions happen,
 * the eye sits on that claim, whose state is what there is to know, and the search is the same with it as without.
 */
export function withMoves(scenario: Scenario): { scenario: Scenario; moves: () => readonly Move[] } {
  const seen = new Set<string>()
  const watched = watching(legalTransitionsOnly, seen)
  const isClaimed = scenario.properties.some(({ name }) => name === watched.name)
  const properties: Property[] = isClaimed
    ? scenario.properties.map((property) => (property.name === watched.name ? watched : property))
    : [...scenario.properties, lastState(seen)]
  return {
    scenario: { ...scenario, properties },
    moves: () => inOrder([...seen].map((move) => move.split(' ') as unknown as Move)),
  }
}

type Last = { state: LifecycleState }

function watching(claim: Monitor<Last>, seen: Set<string>): Monitor<Last> {
  return {
    ...claim,
    observe(state, observation: Observed<'moved'>, moment) {
      seen.add(`${state.state} ${observation.to}`)
      return claim.observe(state, observation, moment)
    },
  }
}

/** A claim that nothing breaks. */
function lastState(seen: Set<string>): Monitor<Last> {
  const follow = monitor<Last, Observed<'moved'>>({
    name: 'moves of the lifecycle',
    on: ['moved'],
    each: ({ connection }) => connection,
    initial: { state: 'CONNECTING' },
    observe(state, { to }) {
      state.state = to
    },
  })
  return watching(follow, seen)
}

/** The moves of several checks, beside the table. */
export function movesOf(all: readonly (readonly Move[])[]): Moves {
  const taken = inOrder([...new Map(all.flat().map((move) => [move.join(' '), move])).values()])
  const isTaken = new Set(taken.map((move) => move.join(' ')))
  const table = STATES.flatMap((from) => TRANSITIONS[from].map((to): Move => [from, to]))
  return {
    taken: taken.filter(([from, to]) => isLegal(from, to)),
    neverTaken: table.filter((move) => !isTaken.has(move.join(' '))),
    illegal: taken.filter(([from, to]) => !isLegal(from, to)),
  }
}

function inOrder(moves: readonly Move[]): readonly Move[] {
  const place = (state: LifecycleState) => STATES.indexOf(state)
  return moves.toSorted((a, b) => place(a[0]) - place(b[0]) || place(a[1]) - place(b[1]))
}
