// Runs one simulated test: its seeds, or every schedule, or one record; passes where nothing is violated and enough was
// looked at to say so. Throws what the test fails with.

import type { TestContext } from 'vitest'
import { plain, thousands } from '../failures/index.ts'
import {
  check,
  type ErrorCode,
  explore,
  HeddleError,
  type HuntReport,
  hunt,
  record,
  type Scenario,
} from '../sim/index.ts'
import { failureOf, notDeterministic } from './finding.ts'
import { type Asked, inTime, type Job, jobOf, nowMs } from './job.ts'
import { replayAsked } from './replaying.ts'
import { atSite } from './violation.ts'

export async function simulate(asked: Asked, context: TestContext): Promise<void> {
  try {
    const job = jobOf(asked, context)
    if (job.settings.replay !== undefined && (await replayAsked(job, job.settings.replay))) return
    if (job.settings.exhaustive) await exhaust(job)
    else await huntThrough(job)
  } catch (error) {
    throw atSite(error, asked.site)
  }
}

async function huntThrough(job: Job): Promise<void> {
  const { seed, runs, strategy, timing, checkDeterminism } = job.settings
  const report = await inTime(job, job.scenario, (scenario) =>
    hunt(scenario, {
      seeds: { first: seed, count: runs },
      strategy,
      timing,
      failuresMax: 1,
      ...(checkDeterminism ? { selfCheckEvery: 1 } : {}),
      measure: ({ violations }) => violations[0]?.property,
    }),
  )
  if (report.nonDeterminism !== null) {
    const { message } = report.nonDeterminism
    throw complaint('NOT_DETERMINISTIC', `"${job.scenario.name}" is not deterministic. ${message}`)
  }
  if (report.failures > 0) throw await failureOf(job, await firstFailure(job, report))
  if (report.cutShort === runs) throw neverRests(job.scenario)
  const unreached = report.sometimes.filter(({ reached }) => reached === 0).map(({ property }) => property)
  checkReached(job, unreached, runs === 1 ? 'in its one run' : `in ${thousands(runs)} runs`)
}

/** The trace of the run that ended the hunt, which is the last. */
async function firstFailure(job: Job, report: HuntReport<string | undefined>) {
  const { strategy, timing, runs } = job.settings
  const { first, count } = report.seeds
  const seed = first + count - 1
  // A run that is stuck violates nothing that was claimed.
  const stuck = report.properties.find(({ firstSeed }) => firstSeed === seed)?.property
  const property = report.measures.at(-1) ?? stuck
  const text = await record(job.scenario, {
    seed,
    strategy,
    timing,
    ...(property === undefined ? {} : { property }),
  }).catch(async (error: unknown) => {
    if (!(error instanceof HeddleError) || error.code !== 'HEDDLE_RECORD') throw error
    throw await notDeterministic(job, seed, error.message)
  })
  return { text, which: `seed ${seed}, schedule ${thousands(count)} of ${thousands(runs)}` }
}

async function exhaust(job: Job): Promise<void> {
  const { scenario } = job
  if (scenario.system === undefined) await exploreAll(job)
  else await checkAll(job)
}

const MEMORY_SHARE = 0.5

async function checkAll(job: Job): Promise<void> {
  const { scenario, settings, signal } = job
  const report = await check(scenario, {
    timeMaxMs: settings.timeoutMs,
    memoryMaxBytes: Math.round(process.availableMemory() * MEMORY_SHARE),
    host: { nowMs, memoryBytes: () => process.memoryUsage.rss() },
    signal,
  })
  const [counterexample] = report.counterexamples
  const searched = `${thousands(report.states)} states`
  if (counterexample !== undefined) {
    const { trace: text, steps, shortest: isShortest } = counterexample
    const length = `${thousands(steps)} ${steps === 1 ? 'step' : 'steps'}`
    const which = `among ${searched}; ${length}${isShortest ? ', as few as there can be' : ''}`
    throw await failureOf(job, { text, which, isShortest })
  }
  if (report.bound !== null) throw incomplete(scenario, searched, report.bound)
  const unreached = report.sometimes.filter(({ reached }) => !reached).map(({ property }) => property)
  checkReached(job, unreached, 'in any schedule')
  await job.annotate(`holds: every schedule, ${searched}`)
}

async function exploreAll(job: Job): Promise<void> {
  const { scenario, settings, signal } = job
  const report = await explore(scenario, { timeMaxMs: settings.timeoutMs, host: { nowMs }, signal })
  const [failure] = report.failures
  const run = `${thousands(report.executions)} ${report.executions === 1 ? 'schedule' : 'schedules'}`
  if (failure !== undefined) {
    throw await failureOf(job, {
      text: failure.trace,
      which: `schedule ${thousands(failure.execution)} of those that differ in more than independent steps`,
    })
  }
  if (report.bound !== null) throw incomplete(scenario, run, report.bound)
  const unreached = report.sometimes.filter(({ reached }) => !reached).map(({ property }) => property)
  checkReached(job, unreached, 'in any schedule')
  await job.annotate(`holds: every schedule, ${run} that differ in more than the order of independent steps`)
}

function checkReached({ scenario, settings }: Job, unreached: readonly string[], where: string): void {
  if (unreached.length === 0 || settings.allowUnreached) return
  const names = unreached.map((name) => `"${plain(name, 80)}"`).join(', ')
  throw complaint(
    'UNREACHED',
    `Expected "${scenario.name}" to reach sometimes ${names}, found that it never does ${where}, so that what holds may hold only for want of it. Ask for more "runs" or another scenario, or set "allowUnreached".`,
  )
}

function neverRests({ name, stepsMax, timeMaxUs }: Scenario): HeddleError {
  return complaint(
    'NEVER_RESTS',
    `Expected runs of "${name}" to come to rest, found that none does within ${thousands(stepsMax)} steps and ${thousands(timeMaxUs / 1_000_000)} s of virtual time, so that nothing was judged to its end. Let what goes on for ever end, or raise "stepsMax" or "timeMaxUs" of the scenario.`,
  )
}

function incomplete({ name }: Scenario, searched: string, bound: string): HeddleError {
  return complaint(
    'BOUNDED',
    `Expected every schedule of "${name}" to be covered, found that ${BOUNDS[bound] ?? `a bound of ${bound}`} came first. In ${searched}, nothing was violated. Make the scenario smaller, raise "timeoutMs", or leave out "exhaustive".`,
  )
}

const BOUNDS: Readonly<Record<string, string>> = {
  time: 'the end of its time',
  memory: 'the end of its memory',
  length: 'a run that is longer than "stepsMax" of the scenario',
  interrupted: 'an interruption',
}

function complaint(code: string, message: string): HeddleError {
  return new HeddleError(`HEDDLE_${code}` as ErrorCode, message)
}
