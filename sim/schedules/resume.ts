// The state of an exploration as plain JSON, to go on from later: the forks, the pieces that wait, and what was found. It
// may come from a file that anybody wrote: it is data, is checked in full before anything is made of it, and cannot do
// worse than have other schedules run than those that were left.

import * as v from 'valibot'
import type { Json } from '../scenario.ts'
import { type Bounds, Exploration, type Fork, type Piece, wayTo } from './exploration.ts'
import { count, plain, read, refused, TOUCH, TREE, texts } from './plain.ts'
import type { ExploreFailure } from './report.ts'
import type { Tally } from './tally.ts'

const FORMAT = 2

const SHAPE = v.strictObject({
  explore: v.literal(FORMAT),
  scenario: v.string(),
  parameters: v.string(),
  preemptionsMax: v.nullable(count),
  counts: v.strictObject({ executions: count, blocked: count, probes: count, steps: count, failing: count }),
  leftOut: v.nullable(v.picklist(['preemptions', 'length'])),
  reached: texts,
  goals: texts,
  finalStates: v.nullable(texts),
  failures: v.array(
    v.strictObject({ property: v.string(), message: v.string(), execution: count, trace: v.string() }),
  ),
  budgets: v.record(v.string(), count),
  /** Each behind its parent, which is a place in this list; `way` is a place among the parent's ways. */
  forks: v.array(
    v.strictObject({
      parent: v.nullable(count),
      way: count,
      /** Whether the way leads here for all that look for it. */
      isOpen: v.boolean(),
      sleep: v.array(TOUCH),
      ways: v.pipe(v.array(TOUCH), v.minLength(1)),
    }),
  ),
  queue: v.pipe(
    v.array(
      v.strictObject({
        at: v.nullable(count),
        way: count,
        sleep: v.pipe(v.array(v.array(TOUCH)), v.minLength(1)),
        tree: TREE,
        looked: v.array(v.strictObject({ event: v.string(), names: texts })),
        known: count,
        left: v.pipe(count, v.minValue(1)),
      }),
    ),
    v.minLength(1),
  ),
})
type State = v.InferOutput<typeof SHAPE>

/** The state between two turns; null where nothing was run, or nothing is left. */
export function resumption(
  { tally, names, queue, about, budgets }: Exploration,
  failures: readonly ExploreFailure[],
  { preemptionsMax = null }: { readonly preemptionsMax?: number | null | undefined },
): Json | null {
  if (queue.length === 0) return null
  const forks = allForks(queue)
  const places = new Map(forks.map((fork, place) => [fork, place]))
  const { finalStates, ...tallied } = tally.plain()
  const state: State = {
    explore: FORMAT,
    scenario: about?.scenario ?? '',
    parameters: about?.parameters ?? '',
    preemptionsMax,
    ...tallied,
    finalStates: finalStates === null ? null : [...finalStates],
    reached: [...tallied.reached],
    goals: [...tallied.goals],
    failures: [...failures],
    budgets: { ...budgets },
    forks: forks.map(({ parent, via, sleep, ways }) => ({
      parent: parent === undefined ? null : (places.get(parent) as number),
      way: via === undefined ? 0 : (parent?.ways.indexOf(via) as number),
      isOpen: via?.next !== undefined,
      sleep: sleep.map((touch) => plain(touch, names)),
      ways: ways.map(({ touch }) => plain(touch, names)),
    })),
    queue: queue.map(({ at, way, ...piece }) => ({
      ...(structuredClone(piece) as Omit<State['queue'][number], 'at' | 'way'>),
      at: at === undefined ? null : (places.get(at) as number),
      way: way === undefined ? 0 : (at?.ways.indexOf(way) as number),
    })),
  }
  return state as Json
}

/** The exploration that a state is of. Throws HEDDLE_RESUME where it is none, or was made under other bounds. */
export function resumed(value: unknown, tally: Tally, bounds: Bounds): Exploration {
  const { issues, output } = v.safeParse(SHAPE, value, { abortEarly: true })
  if (issues !== undefined) {
    const where = v.getDotPath(issues[0]) ?? 'the whole'
    throw refused(`a state that explore() gave, found something else at ${where.slice(0, 100)}`)
  }
  const state = output as State
  if (state.preemptionsMax !== (bounds.preemptionsMax ?? null)) {
    throw refused(`the same bound of preemptions, found ${state.preemptionsMax ?? 'none'} in the state`)
  }
  if ((state.finalStates === null) !== !tally.hasFinalStates) {
    throw refused('final states to be asked for as before')
  }
  tally.merge(state)
  const exploration = new Exploration(tally, bounds)
  const { names } = exploration
  exploration.budgets = state.budgets
  if (state.scenario !== '') exploration.about = { scenario: state.scenario, parameters: state.parameters }
  const forks: Fork[] = []
  for (const { parent: place, way, isOpen, sleep, ways } of state.forks) {
    const parent = place === null ? undefined : forks[place]
    const via = parent?.ways[way]
    if (place !== null && via === undefined) throw refused('forks that follow their parents')
    const fork: Fork = {
      parent,
      via,
      sleep: sleep.map((touch) => read(touch, names)),
      ways: ways.map((touch) => ({ touch: read(touch, names), next: undefined })),
    }
    if (via !== undefined && isOpen) via.next = fork
    forks.push(fork)
  }
  exploration.queue = state.queue.map(({ at: place, way: which, ...piece }) => {
    const at = place === null ? undefined : forks[place]
    const way = at?.ways[which]
    if (place === null ? state.queue.length > 1 : way === undefined) {
      throw refused('pieces of which each begins behind a fork')
    }
    return { ...piece, at, way }
  })
  return exploration
}

/** Those on the way to pieces, and those that are open from there; each behind its parent. */
function allForks(queue: readonly Piece[]): readonly Fork[] {
  const forks = new Set<Fork>()
  for (const { at, way } of queue) for (const { fork } of wayTo(at, way)) forks.add(fork)
  for (const { ways } of forks) for (const { next } of ways) if (next !== undefined) forks.add(next)
  return [...forks]
}
