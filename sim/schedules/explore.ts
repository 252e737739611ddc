// Explores the schedules of a scenario by running it again and again, until every one is covered or a bound comes: all
// pieces of the exploration one after the other, in this thread. Which schedule comes next is the explorer's to say.

import { HeddleError } from '../error.ts'
import { checkOptions, checkScenario } from '../options.ts'
import { encodeTrace, outcomeOf } from '../replay/trace.ts'
import type { Scenario } from '../scenario.ts'
import { run } from '../scheduler.ts'
import { inOrder } from '../source.ts'
import { Exploration } from './exploration.ts'
import { explorePiece } from './piece.ts'
import type { ExploreFailure, ExploreOptions, ExploreProgress, ExploreReport } from './report.ts'
import { resumed, resumption } from './resume.ts'
import { type Failing, Tally } from './tally.ts'

/**
 * Runs every schedule of a scenario, in untimed order: every order that causes allow, whatever the windows say; claims
 * about virtual time are not judged. Of schedules that differ only in the order of independent steps, one is run. Two
 * steps are independent where their footprints are, neither enables or disables the other, and no property can tell
 * their order. Throws HEDDLE_SCHEDULE where an event is not enabled behind the causes that it had, as when a footprint
 * leaves something out; HEDDLE_NON_DETERMINISTIC where one order, run twice, leads to two things; HEDDLE_RESUME for a
 * state to resume from that is none, or is another scenario's; HEDDLE_SCENARIO and HEDDLE_OPTIONS for what is no scenario
 * or no option.
 */
export async function explore(scenario: Scenario, options: ExploreOptions = {}): Promise<ExploreReport> {
  checkScenario(scenario)
  checkOptions('explore', options)
  const { host, timeMaxMs } = options
  if (timeMaxMs !== undefined && host === undefined) {
    throw new HeddleError(
      'HEDDLE_OPTIONS',
      'Expected a host beside "timeMaxMs" of explore(), found none. Hand in { nowMs }.',
    )
  }
  const untilMs = timeMaxMs === undefined ? undefined : (host?.nowMs() ?? 0) + timeMaxMs
  const ending = () => {
    if (options.signal?.aborted === true) return 'interrupted'
    return untilMs !== undefined && (host?.nowMs() ?? 0) >= untilMs ? 'time' : null
  }
  const tally = new Tally(scenario.properties, options.finalState)
  const exploration =
    options.resume === undefined ? new Exploration(tally, options) : resumed(options.resume, tally, options)
  const watch = {
    isEnding: () => ending() !== null,
    finalState: options.finalState,
    onProgress: (progress: ExploreProgress) => options.onProgress?.(sumOf(tally.progress, progress)),
  }
  const bound = await exploration.drive((task) => explorePiece(scenario, task, watch), {
    atOnce: () => 1,
    ending,
  })
  const failures = await Promise.all(tally.failures.map((failure) => traced(scenario, failure)))
  return tally.report(scenario.name, { failures, bound, resume: resumption(exploration, failures, options) })
}

/** The failure with the text of its replay file, from a run that follows its schedule. */
export async function traced(scenario: Scenario, failure: Failing): Promise<ExploreFailure> {
  const { schedule, ...rest } = failure
  if (schedule === undefined) return rest
  const { property } = failure
  const again = await run(scenario, { source: inOrder(schedule), stopAt: property })
  const outcome = outcomeOf(again, property)
  if (outcome.property !== property) {
    throw new HeddleError(
      'HEDDLE_SCHEDULE',
      `Expected the schedule that violated "${property}" to do so again, found ${again.verdict}. Is the code non-deterministic?`,
    )
  }
  const trace = encodeTrace(again, { seed: null, strategy: null, timing: 'untimed', property })
  return { ...rest, message: outcome.message ?? rest.message, trace }
}

export function sumOf(one: ExploreProgress, other: ExploreProgress): ExploreProgress {
  return {
    executions: one.executions + other.executions,
    steps: one.steps + other.steps,
    probes: one.probes + other.probes,
    failing: one.failing + other.failing,
  }
}
