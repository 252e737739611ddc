// What a worker thread does for the command: everything that runs code under test, or reads a replay file.
// Answers are plain data. It prints nothing and writes no file.

import { type Measure, measure, scenarios } from '../model/index.ts'
import { catalogueScenario, rebuild } from '../properties/index.ts'
import {
  type Divergence,
  fifo,
  type HuntReport,
  hunt,
  type Outcome,
  parseTrace,
  random,
  record,
  replay,
  type Scenario,
  type Seeds,
  type Strategy,
  type TimingName,
  type Trace,
} from '../sim/index.ts'
import { BUILT_IN, type CoordinatorRef, load, nameOf, oneLine } from './coordinators.ts'
import { UsageError } from './exit.ts'
import { find, type StrategyName } from './options.ts'
import { plain } from './terminal.ts'
import { type Timeline, watched } from './timeline.ts'

/** What is run: a scenario of the catalogue, and its coordinator. */
export interface Subject {
  readonly scenario: string
  readonly coordinator: CoordinatorRef
}

/** How its schedules are made. */
export interface Manner {
  readonly strategy: StrategyName
  readonly timing: TimingName
}

export interface LoadTask {
  readonly kind: 'load'
  readonly coordinator: CoordinatorRef
}

export interface HuntTask extends Subject, Manner {
  readonly kind: 'hunt'
  readonly seeds: Seeds
}

/** Records a seed, and replays the record at once. Without a property, the run goes on to its end. */
export interface RecordTask extends Subject, Manner {
  readonly kind: 'record'
  readonly seed: number
  readonly property: string | null
}

export interface ReplayTask {
  readonly kind: 'replay'
  readonly bytes: Uint8Array
  /** Left out, the one that the file names, which must be one of heddle's own. */
  readonly coordinator: CoordinatorRef | undefined
}

export type Task = LoadTask | HuntTask | RecordTask | ReplayTask

export interface Replayed {
  readonly scenario: string
  readonly coordinator: string
  readonly seed: number | null
  readonly recorded: Outcome
  readonly found: Outcome
  readonly outcome: 'exact' | 'fixed' | 'diverged'
  readonly divergence: Divergence | null
  readonly timeline: Timeline
}

export interface Recorded extends Replayed {
  readonly text: string
}

/** What each kind of task gives. */
export interface TaskResults {
  load: null
  hunt: HuntReport<Measure>
  /** A sentence, where the seed did not do again what the hunt found. */
  record: Recorded | string
  replay: Replayed
}

export type Answer =
  | { readonly ok: true; readonly value: TaskResults[Task['kind']] }
  | {
      readonly ok: false
      readonly fault: 'user' | 'heddle'
      readonly message: string
      readonly stack: string
    }

/** The selfCheck of a hunt runs one seed in so many twice. */
const SELF_CHECK_EVERY = 50
const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = { fifo, random }

export async function perform(task: Task): Promise<Answer> {
  try {
    return { ok: true, value: await work(task) }
  } catch (error) {
    return answerTo(error, 'coordinator' in task ? task.coordinator : undefined)
  }
}

async function work(task: Task): Promise<TaskResults[Task['kind']]> {
  switch (task.kind) {
    case 'load':
      await load(task.coordinator)
      return null
    case 'hunt':
      return huntSeeds(task)
    case 'record':
      return recordSeed(task)
    case 'replay':
      return replayBytes(task)
  }
}

async function scenarioOf({ scenario, coordinator }: Subject): Promise<Scenario> {
  return catalogueScenario(find('scenario', scenario, scenarios), await load(coordinator))
}

async function huntSeeds(task: HuntTask): Promise<HuntReport<Measure>> {
  const { seeds, strategy, timing } = task
  return hunt(await scenarioOf(task), {
    seeds,
    strategy: STRATEGIES[strategy],
    timing,
    selfCheckEvery: SELF_CHECK_EVERY,
    measure,
  })
}

async function recordSeed(task: RecordTask): Promise<Recorded | string> {
  const { seed, strategy, timing, property } = task
  const scenario = await scenarioOf(task)
  const options = { seed, strategy: STRATEGIES[strategy], timing }
  let text: string
  try {
    text = await record(scenario, property === null ? options : { ...options, property })
  } catch (error) {
    if (codeOf(error) === 'HEDDLE_RECORD') return oneLine(error)
    throw error
  }
  return { text, ...(await replayOn(parseTrace(text), scenario)) }
}

async function replayBytes({ bytes, coordinator }: ReplayTask): Promise<Replayed> {
  const trace = parseTrace(bytes)
  const { scenario, parameters } = trace.header
  const ref = coordinator ?? namedIn(parameters.coordinator)
  return replayOn(trace, rebuild(scenario, parameters, await load(ref)))
}

/** The name in a replay file is looked up, and never loaded. */
function namedIn(name: unknown): CoordinatorRef {
  const known = BUILT_IN.find((one) => one.name === name)
  if (known !== undefined) return { kind: 'built-in', name: known.name }
  throw new UsageError(
    `The replay file was recorded with the coordinator "${plain(String(name), 60)}", which is none of heddle's own. Give its file with --coordinator.`,
  )
}

async function replayOn(trace: Trace, scenario: Scenario): Promise<Replayed> {
  const watch = watched(scenario)
  const replayed = await replay(trace, watch.scenario)
  return {
    scenario: scenario.name,
    coordinator: String(scenario.parameters.coordinator),
    seed: trace.header.seed,
    recorded: trace.outcome,
    found: replayed.found,
    outcome: replayed.outcome,
    divergence: replayed.outcome === 'exact' ? null : replayed.divergence,
    timeline: watch.timeline(replayed.run),
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Whose fault it is: a mistake that heddle names is the user's, and so is what their own file threw. */
function answerTo(error: unknown, coordinator: CoordinatorRef | undefined): Answer {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const code = codeOf(error)
  const named = error instanceof UsageError || (code.startsWith('HEDDLE_') && code !== 'HEDDLE_INTERNAL')
  if (named) return { ok: false, fault: 'user', message: plain((error as Error).message, 1_000), stack }
  if (coordinator?.kind === 'file' && !(error instanceof Error && !stack.includes(coordinator.path))) {
    return { ok: false, fault: 'user', message: `${nameOf(coordinator)} threw ${oneLine(error)}`, stack }
  }
  return { ok: false, fault: 'heddle', message: oneLine(error), stack }
}
