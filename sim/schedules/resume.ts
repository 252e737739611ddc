// The state of an exploration as plain JSON, to go on from later: which events were chosen, what sleeps, what is still
// to be run. It may come from a file that anybody wrote: it is data, is checked in full before anything is made of it,
// and cannot do worse than have other schedules run than those that were left.

import * as v from 'valibot'
import { canonicalJson } from '../canonical.ts'
import { HeddleError } from '../error.ts'
import type { Json, Scenario } from '../scenario.ts'
import type { Explorer } from './explorer.ts'
import type { ExploreFailure, ExploreOptions } from './report.ts'
import type { Tally } from './tally.ts'
import type { Names, Touch } from './touch.ts'
import type { Branch, Node } from './wakeup.ts'

const FORMAT = 1

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const names = v.array(v.string())
const touch = v.strictObject({
  event: v.string(),
  reads: names,
  writes: names,
  cancels: names,
  fault: v.nullable(v.string()),
  isLast: v.boolean(),
  isWhole: v.boolean(),
})
const SHAPE = v.strictObject({
  explore: v.literal(FORMAT),
  scenario: v.string(),
  parameters: v.string(),
  preemptionsMax: v.nullable(count),
  counts: v.strictObject({ executions: count, blocked: count, probes: count, steps: count, failing: count }),
  leftOut: v.nullable(v.picklist(['preemptions', 'length'])),
  reached: names,
  goals: names,
  finalStates: v.nullable(names),
  failures: v.array(
    v.strictObject({ property: v.string(), message: v.string(), execution: count, trace: v.string() }),
  ),
  looked: v.array(v.strictObject({ event: v.string(), names })),
  /** For each step of the next schedule that is known, and for the state behind them: what sleeps. */
  sleep: v.pipe(v.array(v.array(touch)), v.minLength(1)),
  /** The wakeup tree of the initial state, from the root on, each branch before its children. */
  tree: v.pipe(v.array(v.strictObject({ depth: count, touch })), v.minLength(1)),
})
type State = v.InferOutput<typeof SHAPE>
type TouchState = v.InferOutput<typeof touch>

interface Parts {
  readonly explorer: Explorer
  readonly tally: Tally
  readonly options: ExploreOptions
}

/** The state between two schedules. */
export function resumption(
  scenario: Scenario,
  { explorer, tally, failures, options }: Parts & { failures: readonly ExploreFailure[] },
): Json {
  const { names, wakeup, looked } = explorer
  const state: State = {
    explore: FORMAT,
    scenario: scenario.name,
    parameters: canonicalJson(scenario.parameters, 'parameters'),
    preemptionsMax: options.preemptionsMax ?? null,
    counts: { ...tally.counts },
    leftOut: tally.leftOut,
    reached: [...tally.reached],
    goals: [...tally.goals],
    finalStates: options.finalState === undefined ? null : [...tally.finalStates],
    failures: [...failures],
    looked: [...looked].map(([event, resources]) => ({
      event: names.idOf(event),
      names: [...resources].map((resource) => names.nameOf(resource)),
    })),
    sleep: wakeup.nodes.map(({ sleep }) => sleep.map((one) => plain(one, names))),
    tree: flat(wakeup.nodes[0]?.tree ?? [], names),
  }
  return state as Json
}

/** Puts an explorer and a tally where the state says. Throws HEDDLE_RESUME where it is none, or does not fit. */
export function resumed(value: unknown, scenario: Scenario, { explorer, tally, options }: Parts): void {
  const { issues, output } = v.safeParse(SHAPE, value, { abortEarly: true })
  if (issues !== undefined) {
    const where = v.getDotPath(issues[0]) ?? 'the whole'
    throw refused(`a state that explore() gave, found something else at ${where.slice(0, 100)}`)
  }
  const state = output as State
  const parameters = canonicalJson(scenario.parameters, 'parameters')
  if (state.scenario !== scenario.name)
    throw refused(`a state of ${scenario.name}, found one of another scenario`)
  if (state.parameters !== parameters) throw refused(`a state of ${scenario.name} with the same parameters`)
  if (state.preemptionsMax !== (options.preemptionsMax ?? null)) {
    throw refused(`the same bound of preemptions, found ${state.preemptionsMax ?? 'none'} in the state`)
  }
  if ((state.finalStates === null) !== (options.finalState === undefined)) {
    throw refused('final states to be asked for as before')
  }
  tally.counts = { ...state.counts }
  tally.leftOut = state.leftOut
  tally.failures = [...state.failures]
  for (const name of state.reached) tally.reached.add(name)
  for (const name of state.goals) tally.goals.add(name)
  for (const text of state.finalStates ?? []) tally.finalStates.add(text)
  for (const { event, names: read } of state.looked) {
    explorer.looked.set(explorer.names.event(event), new Set(explorer.names.resources(read)))
  }
  restore(state, explorer)
}

function restore({ sleep, tree }: State, explorer: Explorer): void {
  const { names, wakeup } = explorer
  let branches: Branch[] = grown(tree, names)
  wakeup.nodes.length = 0
  for (const sleeping of sleep) {
    const node: Node = { sleep: sleeping.map((one) => read(one, names)), tree: branches }
    wakeup.nodes.push(node)
    const [first] = branches
    if (first === undefined) throw refused('a state with something left to run')
    branches = first.children
  }
  explorer.goOn(sleep.length - 1)
}

function plain({ event, reads, writes, cancels, fault, ...rest }: Touch, names: Names): TouchState {
  const named = (resources: readonly number[]) => resources.map((resource) => names.nameOf(resource))
  return {
    event: names.idOf(event),
    reads: named(reads),
    writes: named(writes),
    cancels: cancels.map((other) => names.idOf(other)),
    fault: fault ?? null,
    ...rest,
  }
}

function read({ event, reads, writes, cancels, fault, isLast, isWhole }: TouchState, names: Names): Touch {
  return {
    event: names.event(event),
    reads: names.resources(reads),
    writes: names.resources(writes),
    cancels: cancels.map((other) => names.event(other)),
    fault: fault ?? undefined,
    isLast,
    isWhole,
  }
}

function flat(tree: readonly Branch[], names: Names): State['tree'] {
  const branches: { depth: number; touch: TouchState }[] = []
  const work = tree.map((branch) => ({ branch, depth: 0 })).reverse()
  for (let one = work.pop(); one !== undefined; one = work.pop()) {
    const { branch, depth } = one
    branches.push({ depth, touch: plain(branch.touch, names) })
    for (const child of branch.children.toReversed()) work.push({ branch: child, depth: depth + 1 })
  }
  return branches
}

function grown(branches: State['tree'], names: Names): Branch[] {
  const root: Branch[] = []
  const way: Branch[][] = [root]
  for (const { depth, touch } of branches) {
    const siblings = way[depth]
    if (siblings === undefined) throw refused('a tree whose branches follow their parents')
    const branch: Branch = { touch: read(touch, names), children: [] }
    siblings.push(branch)
    way.length = depth + 1
    way.push(branch.children)
  }
  return root
}

function refused(expected: string): HeddleError {
  return new HeddleError(
    'HEDDLE_RESUME',
    `Expected ${expected}. Hand in the "resume" of an earlier report, and the scenario and bounds that it came from.`,
  )
}
