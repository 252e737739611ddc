// What a worker thread does for the command: everything that runs code under test, or reads a replay file.
// Answers are plain data. It prints nothing and writes no file.

import {
  oneLine,
  plain,
  type Recorded,
  replayOn,
  type Smaller,
  shrinkRecord,
  thousands,
} from '../failures/index.ts'
import { type Measure, measure as measureOf, scenarios } from '../model/index.ts'
import { catalogueScenario } from '../properties/index.ts'
import {
  formatUs,
  type HuntReport,
  hunt,
  parseTrace,
  type Run,
  record,
  type Scenario,
  type Seeds,
  type Song,
  type Strategy,
  sing,
  strategyNamed,
  type TimingName,
} from '../sim/index.ts'
import { type Move, withMoves } from './check-moves.ts'
import {
  type CheckTask,
  checkSubject,
  type Drawn,
  drawSubject,
  exhaustible,
  type GraphTask,
  type Searched,
} from './check-task.ts'
import { type CoordinatorRef, load, nameOf } from './coordinators.ts'
import { UsageError } from './exit.ts'
import { type Explained, type ExplainTask, explainBytes, type ShrinkTask } from './explaining.ts'
import { type ExploreTask, type ExploringResults, exploreSubject } from './explore-task.ts'
import { find } from './options.ts'
import { performReplaying, type ReplayingResults, type ReplayingTask } from './replaying.ts'

/** What is run: a scenario of the catalogue, and its coordinator. */
export interface Subject {
  readonly scenario: string
  readonly coordinator: CoordinatorRef
}

/** How its schedules are made. */
export interface Manner {
  /** Its name, see {@link strategyNamed}. */
  readonly strategy: string
  readonly timing: TimingName
}

export interface LoadTask {
  readonly kind: 'load'
  readonly coordinator: CoordinatorRef
}

export interface HuntTask extends Subject, Manner {
  readonly kind: 'hunt'
  readonly seeds: Seeds
  /** Whether every seed is run twice, and not just a share of them. */
  readonly checkDeterminism: boolean
  /** Whether to say what was covered. */
  readonly coverage: boolean
}

/** What a hunt found in some seeds, and which moves of connections its runs took, where it was asked for coverage. */
export interface HuntedSeeds {
  readonly report: HuntReport<Taken>
  readonly moves: readonly Move[]
}

/** Whether what must be found is still found. */
export interface CanariesTask {
  readonly kind: 'canaries'
  readonly coordinator?: undefined
}

/** Records a seed, and replays the record at once. Without a property, the run goes on to its end. */
export interface RecordTask extends Subject, Manner {
  readonly kind: 'record'
  readonly seed: number
  readonly property: string | null
}

export type Task =
  | LoadTask
  | CanariesTask
  | HuntTask
  | RecordTask
  | ShrinkTask
  | ReplayingTask
  | ExplainTask
  | CheckTask
  | ExploreTask
  | GraphTask

/** What is taken of each run of a hunt. */
export interface Taken extends Measure {
  /** The bound that the run came to before it came to rest, as a person says it. */
  readonly bound?: string
}

/** What each kind of task gives. */
export interface TaskResults extends ReplayingResults, ExploringResults {
  load: null
  hunt: HuntedSeeds
  canaries: readonly Song[]
  /** A sentence, where the seed did not do again what the hunt found. */
  record: Recorded | string
  shrink: Smaller
  explain: Explained
  check: Searched
  graph: Drawn
}

export type Answer =
  | { readonly ok: true; readonly value: TaskResults[Task['kind']] }
  | {
      readonly ok: false
      readonly fault: 'user' | 'heddle'
      readonly message: string
      readonly stack: string
    }

/** The self-check of a hunt runs the first four seeds twice, and then one in so many. */
const SELF_CHECK_EVERY = 50

export async function perform(task: Task): Promise<Answer> {
  const { coordinator } = task
  if (coordinator?.kind === 'file') listen()
  try {
    const value = await work(task)
    if (coordinator?.kind === 'file') await noLateError(task)
    return { ok: true, value }
  } catch (error) {
    return answerTo(error, coordinator)
  }
}

/** An error, and where it came up: in which scenario, under which seed. */
class Located extends Error {
  readonly where: string

  constructor(where: string, error: unknown) {
    super('', { cause: error })
    this.where = where
  }
}

/** What a user's file threw after everything that called it was over; in an object, as it may be undefined. */
let late: { readonly error: unknown } | undefined
let listening = false

function listen(): void {
  if (listening) return
  listening = true
  // Without a listener, the thread would end before anybody could say why.
  for (const name of ['uncaughtException', 'unhandledRejection']) {
    process.on(name, (error: unknown) => {
      late ??= { error }
    })
  }
}

/** How long a real timer in code under test gets to show itself. */
const LATE_MS = 5

async function noLateError(task: Task): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LATE_MS))
  if (late !== undefined) throw new Located(whereOf(task), late.error)
}

/** The engine's own errors say where they were. */
function located(task: Task, error: unknown): unknown {
  return codeOf(error).startsWith('HEDDLE_') ? error : new Located(whereOf(task), error)
}

function whereOf(task: Task): string {
  if (task.kind === 'hunt') return `${task.scenario}, ${seedsText(task.seeds)}`
  if (task.kind === 'check' || task.kind === 'graph') return exhaustible(task.index).scenario
  return task.kind === 'record' ? `${task.scenario}, seed ${task.seed}` : ''
}

async function work(task: Task): Promise<TaskResults[Task['kind']]> {
  if (task.kind === 'explore') return exploreSubject(task)
  switch (task.kind) {
    case 'load':
      await load(task.coordinator)
      return null
    case 'hunt':
      return huntSeeds(task)
    case 'canaries':
      return sing()
    case 'record':
      return recordSeed(task)
    case 'shrink':
      return shrinkRecord(task.text, await scenarioOf(task))
    case 'replay':
    case 'token':
      return performReplaying(task)
    case 'explain':
      return explainBytes(task.bytes, task.coordinator)
    case 'check':
      return locating(task, () => checkSubject(task))
    case 'graph':
      return locating(task, () => drawSubject(task))
  }
}

async function locating<T>(task: Task, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw located(task, error)
  }
}

/** As a person says it. */
export function seedsText({ first, count }: Seeds): string {
  return count === 1 ? `seed ${first}` : `seeds ${first} to ${first + count - 1}`
}

async function scenarioOf({ scenario, coordinator }: Subject): Promise<Scenario> {
  return catalogueScenario(find('scenario', scenario, scenarios), await load(coordinator))
}

async function huntSeeds(task: HuntTask): Promise<HuntedSeeds> {
  const { seeds, timing, coverage } = task
  const plain = await scenarioOf(task)
  const { scenario, moves } = coverage ? withMoves(plain) : { scenario: plain, moves: () => [] }
  const selfCheckEvery = task.checkDeterminism ? 1 : SELF_CHECK_EVERY
  const options = { strategy: strategyOf(task), timing, selfCheckEvery, coverage, measure }
  const report = await locating(task, () => hunt(scenario, { ...options, seeds }))
  return { report, moves: moves() }
}

function strategyOf({ strategy }: Manner): Strategy {
  const found = strategyNamed(strategy)
  if (typeof found === 'string')
    throw new UsageError(`Unknown strategy ${JSON.stringify(strategy)}. ${found}`)
  return found
}

function measure(run: Run): Taken {
  const { stepsMax, timeMaxUs } = run.scenario
  const { ending } = run
  if (ending === 'steps') return { ...measureOf(run), bound: `${thousands(stepsMax)} steps` }
  if (ending === 'time') return { ...measureOf(run), bound: `${formatUs(timeMaxUs)} of virtual time` }
  return measureOf(run)
}

async function recordSeed(task: RecordTask): Promise<Recorded | string> {
  const { seed, timing, property } = task
  const scenario = await scenarioOf(task)
  const options = { seed, strategy: strategyOf(task), timing }
  let text: string
  try {
    text = await record(scenario, property === null ? options : { ...options, property })
  } catch (error) {
    if (codeOf(error) === 'HEDDLE_RECORD') return oneLine(error)
    throw located(task, error)
  }
  return { text, ...(await replayOn(parseTrace(text), scenario)) }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/**
 * Whose fault it is: a mistake that heddle names is the user's, and so is whatever goes wrong while a file of
 * their own is in play.
 */
function answerTo(thrown: unknown, coordinator: CoordinatorRef | undefined): Answer {
  const error = thrown instanceof Located ? thrown.cause : thrown
  const where = thrown instanceof Located && thrown.where !== '' ? `In ${thrown.where}: ` : ''
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const code = codeOf(error)
  const named = error instanceof UsageError || (code.startsWith('HEDDLE_') && code !== 'HEDDLE_INTERNAL')
  const own = coordinator?.kind === 'file' ? nameOf(coordinator) : undefined
  const message = named ? plain((error as Error).message, 1_000) : oneLine(error)
  if (own === undefined)
    return { ok: false, fault: named ? 'user' : 'heddle', message: where + message, stack }
  const said = message.includes(own) ? message : `${own}: ${message}`
  const hint = named ? '' : ' HEDDLE_DEBUG=1 shows where.'
  return { ok: false, fault: 'user', message: `${where}${said}${hint}`, stack }
}
