// What a worker thread does for the command: everything that runs code under test, or reads a replay file.
// Answers are plain data. It prints nothing and writes no file.

import { oneLine, plain, type Recorded, replayOn, type Smaller, shrinkRecord } from '../failures/index.ts'
import { type Measure, measure, scenarios } from '../model/index.ts'
import { catalogueScenario } from '../properties/index.ts'
import {
  type HuntReport,
  hunt,
  parseTrace,
  record,
  type Scenario,
  type Seeds,
  type Song,
  type Strategy,
  sing,
  strategyNamed,
  type TimingName,
} from '../sim/index.ts'
import { isLifecycle, type Move, withMoves } from './check-moves.ts'
import {
  type CheckTask,
  checkSubject,
  type Drawn,
  drawSubject,
  type GraphTask,
  type Searched,
  scenarioNameOf,
} from './check-task.ts'
import { readConfig, type Settings } from './config.ts'
import { load } from './coordinators.ts'
import { deadline } from './deadline.ts'
import { UsageError } from './exit.ts'
import { type Explained, type ExplainTask, explainBytes, type ShrinkTask } from './explaining.ts'
import {
  type ExploreTask,
  type ExploringResults,
  exploreSubject,
  type ShowTask,
  showFailures,
} from './explore-task.ts'
import { find } from './options.ts'
import { ownScenario, scenariosIn } from './own.ts'
import { performReplaying, type ReplayingResults, type ReplayingTask } from './replaying.ts'
import type { OwnScenario, Subject } from './subjects.ts'
import { forgetUserFile, lateError, nameOfFile, userFileInPlay } from './user-file.ts'

/** How its schedules are made. */
export interface Manner {
  /** Its name, see {@link strategyNamed}. */
  readonly strategy: string
  readonly timing: TimingName
}

/** Loads a file of the user's own, by its absolute path: a coordinator, a configuration, or scenarios. */
export type LoadTask = {
  readonly [Kind in 'coordinator' | 'config' | 'scenarios']: { readonly kind: Kind; readonly file: string }
}['coordinator' | 'config' | 'scenarios']

export type HuntTask = Subject & HuntManner & { readonly kind: 'hunt' }

export interface HuntManner extends Manner {
  readonly seeds: Seeds
  /** Whether every seed is run twice, and not just a share of them. */
  readonly checkDeterminism: boolean
  /** Whether to say what was covered. */
  readonly coverage: boolean
  /** Whether to measure each run, which takes as much room as there are runs. */
  readonly measures: boolean
  /** When to end with the seeds that were run by then, in milliseconds of `nowMs`; never unless given. */
  readonly untilMs?: number
}

/** What a hunt found in some seeds. */
export interface HuntedSeeds {
  readonly report: HuntReport<Measure>
  /** The moves of connections' lifecycles, where it was asked for coverage, and the scenario has connections. */
  readonly moves: readonly Move[] | null
}

/** Whether what must be found is still found. */
export interface CanariesTask {
  readonly kind: 'canaries'
}

/** Records a seed, and replays the record at once. Without a property, the run goes on to its end. */
export type RecordTask = Subject &
  Manner & { readonly kind: 'record'; readonly seed: number; readonly property: string | null }

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
  | ShowTask
  | GraphTask

/** What each kind of task gives. */
export interface TaskResults extends ReplayingResults, ExploringResults {
  coordinator: null
  config: Settings
  scenarios: readonly Pick<OwnScenario, 'scenario' | 'kind'>[]
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
  forgetUserFile()
  try {
    const value = await work(task)
    const late = userFileInPlay() === undefined ? undefined : await lateError(goesOn(value))
    if (late !== undefined) throw new Located(whereOf(task), late.error)
    return { ok: true, value }
  } catch (error) {
    return answerTo(error)
  }
}

/** Whether a turn of an exploration has left something for another one. */
function goesOn(value: TaskResults[Task['kind']]): boolean {
  return value !== null && typeof value === 'object' && 'rest' in value && value.rest !== undefined
}

/** An error, and where it came up: in which scenario, under which seed. */
class Located extends Error {
  readonly where: string

  constructor(where: string, error: unknown) {
    super('', { cause: error })
    this.where = where
  }
}

/** The engine's own errors say where they were. */
function located(task: Task, error: unknown): unknown {
  return codeOf(error).startsWith('HEDDLE_') ? error : new Located(whereOf(task), error)
}

function whereOf(task: Task): string {
  if (task.kind === 'hunt') return `${task.scenario}, ${seedsText(task.seeds)}`
  if (task.kind === 'check' || task.kind === 'graph') return scenarioNameOf(task)
  return task.kind === 'record' ? `${task.scenario}, seed ${task.seed}` : ''
}

async function work(task: Task): Promise<TaskResults[Task['kind']]> {
  if (task.kind === 'explore') return exploreSubject(task)
  if (task.kind === 'show') return showFailures(task)
  switch (task.kind) {
    case 'coordinator':
      await load({ kind: 'file', path: task.file })
      return null
    case 'config':
      return readConfig(task.file)
    case 'scenarios':
      return scenariosIn(task.file)
    case 'hunt':
      return huntSeeds(task)
    case 'canaries':
      return sing()
    case 'record':
      return recordSeed(task)
    case 'shrink':
      return shrinkRecord(task.text, replayable(await scenarioOf(task)), deadline(task.untilMs))
    case 'replay':
    case 'token':
      return performReplaying(task)
    case 'explain':
      return explainBytes(task)
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

async function scenarioOf(subject: Subject): Promise<Scenario> {
  if (subject.file !== undefined) return ownScenario(subject)
  return catalogueScenario(find('scenario', subject.scenario, scenarios), await load(subject.coordinator))
}

/** Without simpler ones that could not be made again from a file: what is written must be replayed. */
function replayable({ simpler, ...scenario }: Scenario): Scenario {
  return simpler === undefined || scenario.withParameters === undefined ? scenario : { ...scenario, simpler }
}

async function huntSeeds(task: HuntTask): Promise<HuntedSeeds> {
  const { seeds, timing, coverage, measures } = task
  const plain = await scenarioOf(task)
  const { scenario, moves } =
    coverage && isLifecycle(plain) ? withMoves(plain) : { scenario: plain, moves: () => null }
  const selfCheckEvery = task.checkDeterminism ? 1 : SELF_CHECK_EVERY
  const signal = deadline(task.untilMs)
  const options = { strategy: strategyOf(task), timing, selfCheckEvery, coverage, signal }
  const report = await locating(task, () =>
    hunt(scenario, { ...options, seeds, ...(measures ? { measure } : {}) }),
  )
  return { report, moves: moves() }
}

function strategyOf({ strategy }: Manner): Strategy {
  const found = strategyNamed(strategy)
  if (typeof found === 'string')
    throw new UsageError(`Unknown strategy ${JSON.stringify(strategy)}. ${found}`)
  return found
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
function answerTo(thrown: unknown): Answer {
  const error = thrown instanceof Located ? thrown.cause : thrown
  const where = thrown instanceof Located && thrown.where !== '' ? `In ${thrown.where}: ` : ''
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const code = codeOf(error)
  const named = error instanceof UsageError || (code.startsWith('HEDDLE_') && code !== 'HEDDLE_INTERNAL')
  const message = named ? plain((error as Error).message, 1_000) : oneLine(error)
  const file = userFileInPlay()
  if (file === undefined)
    return { ok: false, fault: named ? 'user' : 'heddle', message: where + message, stack }
  const own = nameOfFile(file)
  const said = message.includes(own) ? message : `${own}: ${message}`
  const hint = named ? '' : ' HEDDLE_DEBUG=1 shows where.'
  return { ok: false, fault: 'user', message: `${where}${said}${hint}`, stack }
}
