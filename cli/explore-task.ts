// What a worker thread does for `heddle explore`: runs the traces of one explorable, and replays what it found. Prints
// nothing and writes no file.

import { type Recorded, replayOn } from '../failures/index.ts'
import { type Explorable, explorableScenario, explorables } from '../properties/index.ts'
import { type ExploreReport, explore, type Json, parseTrace, type Scenario } from '../sim/index.ts'
import { CheckLink, type Shared } from './check-link.ts'
import { type CoordinatorRef, load } from './coordinators.ts'
import { ownScenario } from './own.ts'
import type { OwnSubject } from './subjects.ts'

export interface ExploreManner {
  readonly executionsMax: number | undefined
  readonly preemptionsMax: number | undefined
  readonly timeMaxMs: number | undefined
}

/** What is explored: one of the explorables under a coordinator, or a scenario of the user's own. */
export type ExploringSubject = ExplorableSubject | OwnSubject

export interface ExplorableSubject {
  /** Its place among the explorables. */
  readonly index: number
  readonly coordinator: CoordinatorRef
  readonly file?: undefined
}

export type ExploreTask = ExploringSubject & ExploringManner & { readonly kind: 'explore' }

export interface ExploringManner extends ExploreManner {
  /** What an earlier exploration left to be run. */
  readonly resume: Json | undefined
  /** Whether it goes on until one of the claims is broken that must be. */
  readonly mustBreak: boolean
  readonly shared: Shared
}

export interface Explored {
  readonly report: Omit<ExploreReport, 'failures'>
  readonly failures: readonly {
    readonly property: string
    readonly execution: number
    readonly recorded: Recorded
  }[]
  readonly elapsedMs: number
}

/** What the task gives, by its kind. */
export interface ExploringResults {
  explore: Explored
}

/** Failing executions until a claim is broken that must be. */
const FAILURES_MAX = 50

export function explorable(index: number): Explorable {
  const entry = explorables[index]
  if (entry === undefined) throw new RangeError(`No explorable ${index}.`)
  return entry
}

export async function exploreSubject(task: ExploreTask): Promise<Explored> {
  const { executionsMax, preemptionsMax, timeMaxMs, resume, mustBreak } = task
  const { scenario, broken } = await subjectOf(task)
  const link = new CheckLink(task.shared)
  const began = performance.now()
  const { failures, ...report } = await explore(scenario, {
    ...(executionsMax === undefined ? {} : { executionsMax }),
    ...(preemptionsMax === undefined ? {} : { preemptionsMax }),
    ...(timeMaxMs === undefined ? {} : { timeMaxMs }),
    ...(resume === undefined ? {} : { resume }),
    failuresMax: mustBreak ? FAILURES_MAX : 1,
    host: { nowMs: () => performance.now() },
    signal: link,
    // In the words of a check: a trace is a state that was looked into, and a step a transition.
    onProgress: ({ executions, steps }) =>
      link.tell({ states: executions, transitions: steps, frontier: 0, depth: 0, storedBytes: 0 }),
  })
  const elapsedMs = performance.now() - began
  const told = failures.filter(({ property }) => !mustBreak || broken.includes(property))
  const recorded: Explored['failures'][number][] = []
  for (const { property, execution, trace: text } of told) {
    const replayed = await replayOn(parseTrace(new TextEncoder().encode(text)), scenario)
    recorded.push({ property, execution, recorded: { text, ...replayed } })
  }
  return { report, failures: recorded, elapsedMs }
}

/** The scenario, and the claims of which one must break, where one must. */
async function subjectOf(
  task: ExploringSubject,
): Promise<{ readonly scenario: Scenario; readonly broken: readonly string[] }> {
  if (task.file !== undefined) return { scenario: await ownScenario(task), broken: [] }
  const entry = explorable(task.index)
  return { scenario: explorableScenario(entry, await load(task.coordinator)), broken: entry.broken }
}
