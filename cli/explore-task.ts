// What a worker thread does for an exploration: one turn of one piece of it; and it replays what was found. Prints
// nothing and writes no file.

import { type Recorded, replayOn } from '../failures/index.ts'
import { type Explorable, explorableScenario, explorables } from '../properties/index.ts'
import {
  type ExploreFailing,
  type ExploreProgress,
  explorePiece,
  HeddleError,
  type PieceResult,
  type PieceTask,
  parseTrace,
  type Scenario,
  traced,
} from '../sim/index.ts'
import { CheckLink, type Shared } from './check-link.ts'
import { type CoordinatorRef, load } from './coordinators.ts'
import { deadline } from './deadline.ts'
import { ownScenario } from './own.ts'
import type { OwnSubject } from './subjects.ts'

/** What is explored: one of the explorables under a coordinator, or a scenario of the user's own. */
export type ExploringSubject = ExplorableSubject | OwnSubject

export interface ExplorableSubject {
  /** Its place among the explorables. */
  readonly index: number
  readonly coordinator: CoordinatorRef
  readonly file?: undefined
}

export type ExploreTask = ExploringSubject & {
  readonly kind: 'explore'
  readonly piece: PieceTask
  /** When to end, in milliseconds of `nowMs`; Infinity for never. */
  readonly untilMs: number
  readonly shared: Shared
}

/** Records the first failure of each property, and replays the record at once. */
export type ShowTask = ExploringSubject & {
  readonly kind: 'show'
  readonly failures: readonly ExploreFailing[]
}

export interface Shown {
  readonly property: string
  /** Which execution it was, from 1. */
  readonly execution: number
  readonly recorded: Recorded
}

/** That one order, run twice, led to two things. */
export interface NonDeterministic {
  readonly divergence: string
}

/** What the tasks give, by their kind. */
export interface ExploringResults {
  explore: (PieceResult & { readonly elapsedMs: number }) | NonDeterministic
  show: readonly Shown[]
}

export function explorable(index: number): Explorable {
  const entry = explorables[index]
  if (entry === undefined) throw new RangeError(`No explorable ${index}.`)
  return entry
}

export async function exploreSubject(task: ExploreTask): Promise<ExploringResults['explore']> {
  const scenario = await subjectOf(task)
  const link = new CheckLink(task.shared)
  const began = performance.now()
  const end = deadline(task.untilMs)
  const watch = {
    isEnding() {
      link.beat()
      return link.aborted || end.aborted
    },
    // In the words of a check: a trace is a state that was looked into, and a step a transition.
    onProgress: ({ executions, steps }: ExploreProgress) =>
      link.tell({ states: executions, transitions: steps, frontier: 0, depth: 0, storedBytes: 0 }),
  }
  try {
    const result = await explorePiece(scenario, task.piece, watch)
    return { ...result, elapsedMs: performance.now() - began }
  } catch (error) {
    const isDivergence = error instanceof HeddleError && error.code === 'HEDDLE_NON_DETERMINISTIC'
    if (isDivergence) return { divergence: error.message }
    throw error
  }
}

export async function showFailures(task: ShowTask): Promise<readonly Shown[]> {
  const scenario = await subjectOf(task)
  const shown: Shown[] = []
  for (const failure of task.failures) {
    const { property, execution, trace: text } = await traced(scenario, failure)
    const replayed = await replayOn(parseTrace(new TextEncoder().encode(text)), scenario)
    shown.push({ property, execution, recorded: { text, ...replayed } })
  }
  return shown
}

async function subjectOf(task: ExploringSubject): Promise<Scenario> {
  if (task.file !== undefined) return ownScenario(task)
  return explorableScenario(explorable(task.index), await load(task.coordinator))
}
