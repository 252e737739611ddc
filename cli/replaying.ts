// Follows a recorded schedule, in a worker thread: what is replayed, on which scenario, and what came of it, with a
// timeline to show. It reads no file; the bytes are handed in and are never trusted.

import {
  isWithin,
  plain,
  type Replayed,
  readToken,
  replayOn,
  scenarioOf,
  shownOn,
  tokenOfTrace,
} from '../failures/index.ts'
import { scenarios } from '../model/index.ts'
import { rebuild } from '../properties/index.ts'
import { formatTrace, HeddleError, parseTrace, replayToken, type Scenario, type Trace } from '../sim/index.ts'
import { BUILT_IN, type CoordinatorRef, load } from './coordinators.ts'
import { UsageError } from './exit.ts'
import { nearest } from './options.ts'
import { ownScenario } from './own.ts'
import type { OwnSubject } from './subjects.ts'

/** What the names in a record may mean. */
export interface Known {
  /** Left out, the one that the record names, which must be one of heddle's own. */
  readonly coordinator: CoordinatorRef | undefined
  /** The scenarios of the project; a record of any other is of the catalogue. */
  readonly own?: readonly OwnSubject[] | undefined
}

export interface ReplayTask extends Known {
  readonly kind: 'replay'
  /** A replay file, or the text of a token. */
  readonly record: Uint8Array | string
  /** What a person calls the file. */
  readonly file?: string
}

/** Makes the token of a replay file. */
export interface TokenTask extends Known {
  readonly kind: 'token'
  readonly bytes: Uint8Array
  readonly file?: string
}

export type ReplayingTask = ReplayTask | TokenTask

/** What each of them gives. */
export interface ReplayingResults {
  /** With the text of the file that a token was made of, where it is exact. */
  replay: Replayed & { readonly text?: string }
  token: string
}

export function performReplaying(task: ReplayingTask): Promise<ReplayingResults[ReplayingTask['kind']]> {
  return task.kind === 'token' ? tokenOfFile(task) : replayRecord(task)
}

async function replayRecord({ record, file, ...known }: ReplayTask): Promise<ReplayingResults['replay']> {
  if (typeof record === 'string') return replayWord(record, known)
  const trace = parsed(record, file)
  return replayOn(trace, await madeAgain(trace, known))
}

async function replayWord(word: string, known: Known) {
  const token = readToken(word)
  const scenario = await madeAgain(token, known)
  const { trace, ...replayed } = await replayToken(token, scenario)
  const shown = await shownOn(trace, scenario, replayed)
  return replayed.outcome === 'exact' ? { ...shown, text: formatTrace(trace) } : { ...shown, recorded: null }
}

/** The token of a replay file. Throws where the file does not come out to the byte. */
async function tokenOfFile({ bytes, file, ...known }: TokenTask): Promise<string> {
  const trace = parsed(bytes, file)
  return tokenOfTrace(trace, await madeAgain(trace, known))
}

/** The trace in a replay file. Throws as `parseTrace` does, and says which file it is, where it has a name. */
export function parsed(bytes: Uint8Array, file: string | undefined): Trace {
  try {
    return parseTrace(bytes)
  } catch (error) {
    if (file === undefined || !(error instanceof HeddleError)) throw error
    throw new UsageError(`${plain(file)}: ${error.message}`)
  }
}

type Header = Pick<Trace, 'header'>

/**
 * The scenario that a trace was recorded on. Its name is looked up among those of the project and of the catalogue, and
 * never loaded.
 */
export function madeAgain(record: Header, known: Known): Promise<Scenario> {
  const { scenario } = record.header
  const own = known.own?.find((one) => one.scenario === scenario)
  if (own !== undefined) return ownAgain(record, own, known)
  if (scenarios.some(({ name }) => name === scenario)) return catalogueAgain(record, known)
  throw unknown(scenario, known)
}

async function ownAgain(record: Header, own: OwnSubject, { coordinator }: Known): Promise<Scenario> {
  if (coordinator !== undefined)
    throw new UsageError(`${COORDINATED} "${plain(own.scenario, 60)}" is one of the project's own.`)
  return scenarioOf(record, await ownScenario(own))
}

const COORDINATED = 'Expected no --coordinator: it is for scenarios of the catalogue, and'

function unknown(scenario: string, { own = [] }: Known): UsageError {
  const names = [...own.map((one) => one.scenario), ...scenarios.map(({ name }) => name)]
  const near = nearest(scenario, names).map((name) => plain(name, 60))
  const hint = near.length > 0 ? ` Is it ${near.join(' or ')} by now?` : ''
  return new UsageError(
    `No scenario is named "${plain(scenario, 60)}", which the replay file says that it is of.${hint} Replay it in the folder of the project that has it, or name that project's configuration with --config.`,
  )
}

/** Under the coordinator that the record names, or one that goes by its name. */
async function catalogueAgain(
  { header: { scenario, parameters } }: Header,
  { coordinator }: Known,
): Promise<Scenario> {
  const loaded = await load(coordinator ?? namedIn(parameters.coordinator))
  if (loaded.name !== parameters.coordinator) {
    const recorded = plain(String(parameters.coordinator), 60)
    throw new UsageError(
      `The replay file was recorded with the coordinator "${recorded}", and "${plain(loaded.name, 60)}" is given. A schedule can only be followed on the one that it was recorded with.`,
    )
  }
  const rebuilt = rebuild(scenario, parameters, loaded)
  checkParameters(parameters, rebuilt.parameters)
  // As they are recorded: options that came later have their defaults, and are no part of the record.
  return { ...rebuilt, parameters }
}

/** Whoever wrote the record knew all that it says; options that came later it does not name. */
function checkParameters(recorded: Scenario['parameters'], now: Scenario['parameters']): void {
  const differing = Object.keys(recorded).filter((name) => !isWithin(recorded[name], now[name]))
  if (differing.length === 0) return
  throw new UsageError(
    `The replay file's scenario differs from what it would be now in ${plain(differing.join(', '), 200)}. Was it recorded by another version of heddle?`,
  )
}

/** The name in a replay file is looked up, and never loaded. */
function namedIn(name: unknown): CoordinatorRef {
  const known = BUILT_IN.find((one) => one.name === name)
  if (known !== undefined) return { kind: 'built-in', name: known.name }
  throw new UsageError(
    `The replay file was recorded with the coordinator "${plain(String(name), 60)}", which is none of heddle's own. Give its file with --coordinator.`,
  )
}
