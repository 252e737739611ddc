// Explores the schedules of a scenario by running it again and again, until every one is covered or a bound comes.
// Counts, collects and reports; which schedule comes next is the explorer's to say.

import type { Clock } from '../clock.ts'
import { HeddleError } from '../error.ts'
import type { Event, Schedulable } from '../event.ts'
import { checkOptions, checkScenario } from '../options.ts'
import { encodeTrace, outcomeOf } from '../replay/trace.ts'
import type { Step } from '../run.ts'
import type { Scenario } from '../scenario.ts'
import { type RunOptions, run, runAll } from '../scheduler.ts'
import type { ChoiceSource } from '../source.ts'
import { Explorer } from './explorer.ts'
import type { ExploreFailure, ExploreOptions, ExploreReport } from './report.ts'
import { resumed, resumption } from './resume.ts'
import { Tally } from './tally.ts'

/** Runs between two looks at the signal and the clock. */
const RUNS_PER_ROUND = 64

/**
 * Runs every schedule of a scenario, in untimed order: every order that causes allow, whatever the windows say; claims
 * about virtual time are not judged. Of schedules that differ only in the order of independent steps, one is run. Two
 * steps are independent where their footprints are, neither enables or disables the other, and no property can tell
 * their order. Throws HEDDLE_SCHEDULE where an event is not enabled behind the causes that it had, as when a footprint
 * leaves something out; HEDDLE_RESUME for a state to resume from that is none, or is another scenario's;
 * HEDDLE_SCENARIO and HEDDLE_OPTIONS for what is no scenario or no option.
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
  const explorer = new Explorer(scenario, { preemptionsMax: options.preemptionsMax })
  const tally = new Tally(scenario, options)
  if (options.resume !== undefined) resumed(options.resume, scenario, { explorer, tally, options })
  const untilMs = timeMaxMs === undefined ? undefined : (host?.nowMs() ?? 0) + timeMaxMs
  const stop = (): ExploreReport['bound'] => {
    if (tally.executions >= (options.executionsMax ?? Number.POSITIVE_INFINITY)) return 'executions'
    if (tally.failing >= (options.failuresMax ?? 1)) return 'failures'
    return null
  }
  let bound = stop()
  while (!explorer.isOver && bound === null) {
    if (options.signal?.aborted === true) bound = 'interrupted'
    else if (untilMs !== undefined && (host?.nowMs() ?? 0) >= untilMs) bound = 'time'
    else {
      await round(scenario, { explorer, tally, isStopped: () => stop() !== null })
      bound = stop()
      options.onProgress?.(tally.progress)
    }
  }
  const failures = await Promise.all(tally.failures.map((failure) => traced(scenario, failure)))
  const isComplete = explorer.isOver
  return tally.report({
    failures,
    bound: isComplete ? null : bound,
    resume: isComplete ? null : resumption(scenario, { explorer, tally, failures, options }),
  })
}

/** Some runs, and all the probes that they call for. */
async function round(
  scenario: Scenario,
  { explorer, tally, isStopped }: { explorer: Explorer; tally: Tally; isStopped: () => boolean },
): Promise<void> {
  let begun: Schedulable | undefined
  let runs = 0
  const onStep = (step: Step) => explorer.onStep(step)
  const runOptions: RunOptions = {
    source: (schedulable) => {
      begun = schedulable
      return explorer.begin(schedulable)
    },
    // A step that is the same as in the run before is not even put together.
    get onStep() {
      return explorer.isWatching ? onStep : undefined
    },
  }
  // Where every order is tried, whatever the windows say, time bounds nothing.
  const attempt = [{ ...scenario, timeMaxUs: Number.POSITIVE_INFINITY }, runOptions] as const
  const next = () => {
    if (explorer.isProbing) return attempt
    if (explorer.isOver || runs >= RUNS_PER_ROUND || isStopped()) return undefined
    runs++
    return attempt
  }
  await runAll(Number.POSITIVE_INFINITY, next, (finished) => {
    const schedulable = begun as Schedulable
    tally.add(explorer.finish(finished), finished, schedulable)
    if (explorer.leavesOut) tally.leftOut = 'preemptions'
  })
}

/** The failure with the text of its replay file, from a run that follows its schedule. */
async function traced(
  scenario: Scenario,
  failure: ExploreFailure & { readonly schedule?: readonly string[] },
): Promise<ExploreFailure> {
  const { schedule, ...rest } = failure
  if (schedule === undefined) return rest
  const { property } = failure
  const again = await run(scenario, { source: following(schedule), stopAt: property })
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

function following(schedule: readonly string[]): ChoiceSource {
  let next = 0
  return {
    untimed: true,
    choose(enabled: readonly Event[], clock: Clock) {
      const id = schedule[next++]
      const event = enabled.find((one) => one.id === id)
      if (event === undefined) return undefined
      return { event, timeUs: Math.max(clock.nowUs, clock.createdAtUs(event) + event.window.minUs) }
    },
  }
}
