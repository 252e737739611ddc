// Runs a recorded schedule again, through the ordinary scheduler, and compares it with the trace. What is
// followed are the ids and times in the trace, never its seed. The first difference is the result.

import { canonicalJson } from './canonical.ts'
import type { Clock, TimingName } from './clock.ts'
import { cycleText } from './cycle.ts'
import { digestOfEnabled } from './digest.ts'
import {
  BEFORE_THE_FIRST_STEP,
  type Divergence,
  diverged,
  enabledList,
  observedOtherwise,
  type Place,
} from './divergence.ts'
import type { Window } from './duration.ts'
import { HeddleError } from './error.ts'
import type { Event } from './event.ts'
import { checkScenario } from './options.ts'
import { printable } from './printable.ts'
import type { Scenario } from './scenario.ts'
import { type Run, run } from './scheduler.ts'
import type { ChoiceSource } from './source.ts'
import { formatTrace, type Outcome, outcomeOf, type Trace, type TraceStep, traceUnder } from './trace.ts'

/**
 * *exact*: the same bytes. *fixed*: the schedule could be followed to its end, and the violated property now
 * holds. *diverged*: anything else.
 */
export type Replay = { readonly run: Run; readonly found: Outcome } & (
  | { readonly outcome: 'exact' }
  | { readonly outcome: 'fixed' | 'diverged'; readonly divergence: Divergence }
)

/**
 * Follows a trace on a scenario. Throws HEDDLE_REPLAY_SCENARIO when it was recorded on another one, or with
 * other parameters.
 */
export async function replay(trace: Trace, scenario: Scenario): Promise<Replay> {
  checkScenario(scenario)
  checkTrace(trace)
  checkSame(trace, scenario)
  const source = recorded(trace, scenario.timeMaxUs)
  const { ending, property } = trace.outcome
  const stopAt = ending === 'violation' && property !== null ? { stopAt: property } : {}
  const finished = await run(scenario, { source, ...stopAt })
  const found = outcomeOf(finished, property)
  const again = traceUnder(trace.header, finished, found)
  const divergence = firstDivergence(trace, again, source.divergence)
  if (divergence === undefined && formatTrace(again) === formatTrace(trace)) {
    return { outcome: 'exact', run: finished, found }
  }
  const outcome = isFixed(trace, finished) ? 'fixed' : 'diverged'
  return { outcome, run: finished, found, divergence: divergence ?? outcomeDiffers(trace, again) }
}

/** A source that follows a trace, and notes where the run first leaves it. */
export interface Recorded extends ChoiceSource {
  /** The first difference seen so far in what is enabled, or in what may happen when. */
  readonly divergence: Divergence | undefined
}

/**
 * Choices from a trace. Ends the run where an event of the trace is not enabled, or not at its time; and where
 * its steps end, in the way that the trace says only if that is possible within `timeMaxUs`.
 */
export function recorded(trace: Trace, timeMaxUs: number): Recorded {
  const { steps, header, outcome } = trace
  let next = 0
  let divergence: Divergence | undefined
  const leaves = (step: TraceStep, enabled: readonly Event[], clock: Clock) => {
    const blocked = blockedAt(step, enabled, clock, header.timing)
    divergence ??= blocked ?? enabledDiffers(step, enabled)
    return blocked !== undefined
  }
  return {
    get divergence() {
      return divergence
    },
    untimed: header.timing === 'untimed',
    cycleFrom: outcome.cycleFrom,
    choose(enabled, clock) {
      const step = steps[next]
      if (step === undefined) {
        const isLate = outcome.ending === 'time' && lateUs(header.timing, enabled, clock) > timeMaxUs
        return isLate ? { event: enabled[0] as Event, timeUs: Number.POSITIVE_INFINITY } : undefined
      }
      if (leaves(step, enabled, clock)) return undefined
      next++
      return { event: enabled.find(({ id }) => id === step.event) as Event, timeUs: step.at }
    },
  }
}

/**
 * The latest at which the next event may have been due. A run whose ending is `time` was asked for one more
 * event and got one past its bound; otherwise the file was cut short, and its digest computed again. The other
 * endings need no such look: the scheduler itself finds rest and the bound of steps, and whether a cycle is one,
 * and `source` claims nothing about what comes after the last step.
 */
function lateUs(timing: TimingName, enabled: readonly Event[], clock: Clock): number {
  const times = enabled.map((event) => possibleTimes(timing, event, enabled, clock).maxUs)
  return Math.max(...times)
}

function checkTrace(trace: unknown): void {
  if (typeof trace === 'object' && trace !== null && 'header' in trace) return
  const found = trace === null ? 'null' : typeof trace === 'string' ? 'a string' : typeof trace
  throw new HeddleError(
    'HEDDLE_OPTIONS',
    `Expected a trace, as parseTrace() reads one, found ${found}. Parse the text first.`,
  )
}

function checkSame({ header }: Trace, scenario: Scenario): void {
  const pairs = [
    ['scenario', header.scenario, scenario.name],
    [
      'parameters',
      canonicalJson(header.parameters, 'parameters'),
      canonicalJson(scenario.parameters, 'parameters'),
    ],
  ] as const
  for (const [what, recordedOn, given] of pairs) {
    if (recordedOn === given) continue
    throw new HeddleError(
      'HEDDLE_REPLAY_SCENARIO',
      `Expected the ${what} of the replay file, ${printable(recordedOn, 200)}, found ${printable(given, 200)}. Replay it on the scenario it was recorded on.`,
    )
  }
}

const CAUSES: Readonly<Record<Exclude<Divergence['what'], 'draw'>, string>> = {
  opening: 'Was the scenario changed?',
  enabled: 'Was the code changed, or does it read a real clock?',
  event: 'Did the code read a real clock?',
  time: 'Was a window changed, or the file edited?',
  observations: 'Did the code read a real clock, or a random number of its own?',
  outcome: 'Was a property or a bound of the scenario changed?',
}

function differs(
  what: keyof typeof CAUSES,
  place: Place,
  difference: { expected: string; found: string },
): Divergence {
  return diverged('Replay', CAUSES[what], { what, place, ...difference })
}

function blockedAt(
  step: TraceStep,
  enabled: readonly Event[],
  clock: Clock,
  timing: TimingName,
): Divergence | undefined {
  const event = enabled.find(({ id }) => id === step.event)
  if (event === undefined) {
    return differs('event', step, { expected: step.event, found: enabledList(enabled) })
  }
  const { minUs, maxUs } = possibleTimes(timing, event, enabled, clock)
  if (step.at >= minUs && step.at <= maxUs) return undefined
  const possible = minUs === maxUs ? exactly(minUs) : `${exactly(minUs)} to ${exactly(maxUs)}`
  return differs('time', step, {
    expected: `${step.event} at ${exactly(step.at)}`,
    found: minUs > maxUs ? 'which another event must precede' : `possible: ${possible}`,
  })
}

/** Unrounded, as a microsecond may be what differs. */
function exactly(us: number): string {
  return `${us / 1_000}ms`
}

/** When an enabled event can fire next: within its window, and where time rules, before any other must. */
function possibleTimes(timing: TimingName, event: Event, enabled: readonly Event[], clock: Clock): Window {
  const minUs = Math.max(clock.nowUs, clock.createdAtUs(event) + event.window.minUs)
  if (timing === 'untimed') return { minUs, maxUs: minUs }
  const latest = (other: Event) => Math.max(clock.nowUs, clock.createdAtUs(other) + other.window.maxUs)
  const mustFire = enabled.filter((other) => other === event || other.fault === undefined)
  return { minUs, maxUs: Math.min(...mustFire.map(latest)) }
}

function enabledDiffers(step: TraceStep, enabled: readonly Event[]): Divergence | undefined {
  const digest = digestOfEnabled(enabled).toString(16).padStart(8, '0')
  if (digest === step.enabled) return undefined
  return differs('enabled', step, {
    expected: `other events beside ${step.event} (digest ${step.enabled})`,
    found: enabledList(enabled),
  })
}

/** The first of what the source noted, and what was observed otherwise. */
function firstDivergence(trace: Trace, again: Trace, noted: Divergence | undefined): Divergence | undefined {
  const opening = observedOtherwise(trace.opening, again.opening, 0)
  if (opening !== undefined) return differs('opening', BEFORE_THE_FIRST_STEP, opening)
  for (const step of trace.steps) {
    if (step.step === noted?.step) return noted
    const other = again.steps[step.step - 1]
    if (other === undefined) return undefined
    const observed = observedOtherwise(step.seen, other.seen, step.step)
    if (observed !== undefined) return differs('observations', step, observed)
  }
  return undefined
}

function outcomeDiffers(trace: Trace, again: Trace): Divergence {
  return differs('outcome', again.steps.at(-1) ?? BEFORE_THE_FIRST_STEP, {
    expected: describe(trace),
    found: `found: ${describe(again)}`,
  })
}

const ENDINGS: Readonly<Record<Exclude<Outcome['ending'], 'cycle'>, string>> = {
  rest: 'at rest',
  steps: 'at the bound of its steps',
  time: 'at the bound of its time',
  source: 'where its schedule ends',
  violation: 'there',
}

function describe({ outcome, steps }: Trace): string {
  const { verdict, property, message, ending, cycleFrom = 0, step } = outcome
  const what = property === null ? verdict : `${verdict} ("${property}": ${message})`
  const end = ending === 'cycle' ? `where ${cycleText({ cycleFrom, steps: steps.length })}` : ENDINGS[ending]
  return `${what} at step ${step}, ending ${end}`
}

/** Whether all of the schedule was followed, to rest or into a cycle where it ended so, and nothing is violated now. */
function isFixed({ steps, outcome }: Trace, finished: Run): boolean {
  const followed = finished.steps.length === steps.length
  const isJudged = outcome.ending === 'rest' || outcome.ending === 'cycle'
  const ended = !isJudged || finished.ending === outcome.ending
  const nowHolds = outcome.property !== null && finished.verdict === 'no violation found'
  return followed && ended && nowHolds
}
