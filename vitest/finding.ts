// What becomes of a failing run: made small, written to a replay file that is whole or not there, and told as the error
// that the test fails with.

import { relative } from 'node:path'
import {
  type Failure,
  failureDetail,
  pasteOf,
  type Recorded,
  replayOn,
  type Smaller,
  scenarioOf,
  shrinkRecord,
  Witness,
  writeWhole,
} from '../failures/index.ts'
import {
  type Decision,
  explain,
  HeddleError,
  hunt,
  parseTrace,
  recorded,
  run,
  type Scenario,
  type Trace,
} from '../sim/index.ts'
import { replayCommand, replayPath } from './command.ts'
import { inTime, isTimeout, type Job } from './job.ts'
import { type Told, violation } from './violation.ts'

export interface Finding {
  /** The text of the trace as it was found. */
  readonly text: string
  /** Which schedule it is. */
  readonly which: string
  /** Whether it is the shortest there is, and is shown as it is. */
  readonly isShortest?: boolean
}

/** The error that a test fails with: a violation, or that the run is not the same again. */
export async function failureOf(job: Job, { text, which, isShortest }: Finding): Promise<Error> {
  const smaller = isShortest ? undefined : await shrunk(job, text)
  const found = smaller?.recorded ?? { text, ...(await replayOn(parseTrace(text), job.scenario)) }
  if (found.divergence !== null) throw await notDeterministic(job, text, found.divergence.message)
  const trace = parseTrace(found.text)
  const scenario = scenarioOf(trace, job.scenario)
  const decides = smaller === undefined ? await decisionOf(job, trace, scenario) : undefined
  const failure = await described(job, { trace, scenario, found, smaller, decides, which })
  const detail = failureDetail(failure)
  return violation({ ...(await told(job, trace, scenario)), detail })
}

interface Recording {
  readonly trace: Trace
  readonly scenario: Scenario
  readonly found: Recorded
  readonly smaller: Smaller | undefined
  readonly decides: Decision | undefined
  readonly which: string
}

/** The failure in its file; where that cannot be written, the failure is told all the same. */
async function described(job: Job, recording: Recording): Promise<Failure> {
  const { trace, scenario, found, smaller, decides, which } = recording
  const token = await pasteOf(trace, scenario)
  const cwd = process.cwd()
  const path = replayPath({ out: job.settings.out, property: trace.outcome.property ?? '' }, job.test, cwd)
  const file = relative(cwd, path) || path
  const complaint = await writeWhole(path, found.text).catch((error: Error) => error.message)
  const record = complaint === undefined ? file : token
  return {
    scenario: found.scenario,
    coordinator: found.coordinator,
    property: trace.outcome.property ?? '',
    which,
    message: found.found.message ?? '',
    step: found.found.step,
    timeUs: found.found.at,
    timeline: found.timeline,
    smaller,
    decides,
    file: complaint === undefined ? file : `nothing. ${complaint}`,
    command: record === undefined ? 'There is nothing to replay.' : replayCommand(record, job.test, cwd),
    token,
  }
}

/**
 * What the record's run violates, with the error that was thrown and the line that claims it: from one more run, as a
 * record has neither.
 */
export async function told(
  { claims, site }: Job,
  trace: Trace,
  scenario: Scenario,
): Promise<Omit<Told, 'detail'>> {
  const { property, ending } = trace.outcome
  const witness = new Witness(scenario)
  claims.isNoting = true
  try {
    const stopAt = ending === 'violation' && property !== null ? { stopAt: property } : {}
    await run(witness.scenario, { source: recorded(trace, scenario.timeMaxUs), ...stopAt })
  } finally {
    claims.isNoting = false
  }
  const named = property ?? ''
  const message = trace.outcome.message ?? ''
  return {
    property: named,
    message,
    thrown: witness.thrownFor(named, message),
    claim: claims.of(named),
    site,
  }
}

/** The failure made small; undefined where that takes too long, so that it is shown as it was found. */
async function shrunk(job: Job, text: string): Promise<Smaller | undefined> {
  const { simpler: _, ...whole } = job.scenario
  // What it was shrunk to could not be made again.
  const scenario = job.scenario.withParameters === undefined ? whole : job.scenario
  try {
    return await inTime(job, scenario, (checked) => shrinkRecord(text, checked))
  } catch (error) {
    if (isTimeout(error)) return undefined
    if (error instanceof HeddleError) throw await notDeterministic(job, text, error.message)
    throw error
  }
}

/** What decides a failure; undefined where finding it out takes too long. */
export async function decisionOf(job: Job, trace: Trace, scenario: Scenario): Promise<Decision | undefined> {
  try {
    const { decides } = await inTime(job, scenario, (checked) => explain(trace, checked))
    return decides
  } catch (error) {
    if (isTimeout(error)) return undefined
    throw error
  }
}

/** Where one seed, run twice, first differs; else what was noticed. */
export async function notDeterministic(
  job: Job,
  text: string | number,
  noticed: string,
): Promise<HeddleError> {
  const seed = typeof text === 'number' ? text : parseTrace(text).header.seed
  const { strategy, timing } = job.settings
  const again =
    seed === null
      ? undefined
      : await hunt(job.scenario, { seeds: { first: seed, count: 1 }, strategy, timing, selfCheckEvery: 1 })
  return new HeddleError(
    'HEDDLE_NOT_DETERMINISTIC',
    `"${job.scenario.name}" is not deterministic. ${again?.nonDeterminism?.message ?? noticed}`,
  )
}
