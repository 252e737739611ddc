// What a worker thread does for `heddle check`: searches one scenario at its size, and replays every
// counterexample at once, through the ordinary scheduler. It prints nothing and writes no file.

import { getHeapStatistics } from 'node:v8'
import { plain, quoted, type Recorded, replayOn } from '../failures/index.ts'
import { type Exhaustible, exhaustibleScenario, exhaustibles } from '../properties/index.ts'
import {
  type CheckOptions,
  type CheckReport,
  type Counterexample,
  check,
  parseTrace,
  type Scenario,
  stateGraph,
} from '../sim/index.ts'
import { CheckLink, type Shared } from './check-link.ts'
import { isLifecycle, type Move, withMoves } from './check-moves.ts'
import { type CoordinatorRef, load, nameOf } from './coordinators.ts'
import { UsageError } from './exit.ts'
import { draw, GRAPH_STATES_MAX, type GraphFormat } from './graph.ts'
import { ownScenario } from './own.ts'
import type { OwnSubject } from './subjects.ts'
import { Threads } from './threads.ts'

/** How far a search may go; each bound is one of its own. */
export interface Bounds {
  readonly statesMax?: number
  readonly depthMax?: number
  /** Of the heap of one thread, and of what it stores beside it. */
  readonly memoryMaxBytes: number
  readonly timeMaxMs?: number
}

/** How a scenario is searched. */
export interface CheckManner extends Bounds {
  /** False for raw counts. */
  readonly isReduced: boolean
  readonly order: NonNullable<CheckOptions['order']>
}

/** What is searched: one of the exhaustibles under a coordinator, or a scenario of the user's own. */
export type CheckSubject = ExhaustibleSubject | OwnSubject

export interface ExhaustibleSubject {
  /** Its place among the exhaustibles. */
  readonly index: number
  readonly coordinator: CoordinatorRef
  readonly file?: undefined
}

export type CheckTask = CheckSubject &
  CheckManner & {
    readonly kind: 'check'
    readonly everyProperty: NonNullable<CheckOptions['everyProperty']>
    readonly shared: Shared
  }

/** Draws all states of what is searched. */
export type GraphTask = CheckSubject & { readonly kind: 'graph'; readonly format: GraphFormat }

export interface Drawn {
  readonly text: string
  readonly states: number
  readonly events: number
}

/** A counterexample, and what came of its replay. */
export interface Shown extends Omit<Counterexample, 'trace'> {
  readonly recorded: Recorded
}

/** What a search came to. */
export interface Searched {
  /** Without its counterexamples, which stand beside it with what shows them. */
  readonly report: Omit<CheckReport, 'counterexamples'>
  readonly counterexamples: readonly Shown[]
  /** The moves of connections' lifecycles that were taken; null of a scenario without connections. */
  readonly moves: readonly Move[] | null
  /** How long the search took. */
  readonly elapsedMs: number
}

export function exhaustible(index: number): Exhaustible {
  const entry = exhaustibles[index]
  if (entry === undefined) throw new RangeError(`No exhaustible ${index}.`)
  return entry
}

export async function checkSubject(task: CheckTask): Promise<Searched> {
  const scenario = await scenarioOf(task)
  const { scenario: observed, moves } = isLifecycle(scenario)
    ? withMoves(scenario)
    : { scenario, moves: () => null }
  const began = performance.now()
  const { counterexamples, ...report } = await checkWith(observed, task)
  const elapsedMs = performance.now() - began
  const shown: Shown[] = []
  for (const { trace: text, ...rest } of counterexamples) {
    shown.push({ ...rest, recorded: { text, ...(await replayOn(parseTrace(text), scenario)) } })
  }
  return { report, counterexamples: shown, moves: moves(), elapsedMs }
}

async function checkWith(scenario: Scenario, task: CheckTask): Promise<CheckReport> {
  const link = new CheckLink(task.shared)
  const pool = new Threads(() => link.threads)
  try {
    return await check(scenario, { ...optionsOf(task, link), pool })
  } finally {
    await pool.close()
  }
}

export async function drawSubject(task: GraphTask): Promise<Drawn> {
  const graph = await stateGraph(await scenarioOf(task), { statesMax: GRAPH_STATES_MAX })
  const text = await draw(graph, titleOfTask(task), task.format)
  return { text, states: graph.nodes.length, events: graph.edges.length }
}

export function scenarioNameOf(subject: CheckSubject): string {
  return subject.file === undefined ? exhaustible(subject.index).scenario : subject.scenario
}

function titleOfTask(subject: CheckSubject): string {
  if (subject.file !== undefined) return subject.scenario
  const { scenario, size } = exhaustible(subject.index)
  return `${scenario} · ${nameOf(subject.coordinator)}, ${size}`
}

/** Throws a UsageError where it is code and no model, which nothing can exhaust. */
async function scenarioOf(subject: CheckSubject): Promise<Scenario> {
  if (subject.file !== undefined) {
    const own = await ownScenario(subject)
    if (own.system === undefined) throw notOfActors([own.name])
    return own
  }
  const { index, coordinator } = subject
  const loaded = await load(coordinator)
  if (loaded.asynchronous !== undefined) throw notAModel(nameOf(coordinator))
  return exhaustibleScenario(exhaustible(index), loaded)
}

export function notOfActors(names: readonly string[]): UsageError {
  const words = names.map((name) => plain(name, 60))
  return new UsageError(
    `Expected a scenario that is made of actors, found ${words.join(', ')}, which ${words.length === 1 ? 'runs' : 'run'} as asynchronous code: its states cannot be stored. Run each of its schedules: heddle explore ${quoted(words[0] ?? '')}.`,
  )
}

export function notAModel(coordinator: string): UsageError {
  return new UsageError(
    `Expected a coordinator that is made of machines, found ${coordinator}, which runs as asynchronous code: its states cannot be stored. Sample its schedules: heddle hunt --coordinator ${coordinator}.`,
  )
}

function optionsOf({ isReduced, order, everyProperty, ...bounds }: CheckTask, link: CheckLink): CheckOptions {
  const { statesMax, depthMax, memoryMaxBytes, timeMaxMs } = bounds
  return {
    ...(isReduced ? {} : { reductions: [] }),
    order,
    everyProperty,
    ...(statesMax === undefined ? {} : { statesMax }),
    ...(depthMax === undefined ? {} : { depthMax }),
    ...(timeMaxMs === undefined ? {} : { timeMaxMs }),
    memoryMaxBytes,
    host: { nowMs: () => performance.now(), memoryBytes },
    signal: link,
    onProgress: (progress) => link.tell(progress),
  }
}

/** Of this thread alone, so that a bound means the same for any number of workers. */
function memoryBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}
