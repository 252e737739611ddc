// Makes a failure small before anyone looks at it: first the scenario, then what the schedule does otherwise than it
// would if nothing raced, and with it its length. Every candidate is run, and must fail the same property. The result is
// a function of the failing trace and the scenario alone, unless a signal ends it.

import { HeddleError } from '../error.ts'
import { checkOptions, checkScenario } from '../options.ts'
import { type Deviation, deviationsOf, type Hold, type Made } from '../replay/deviations.ts'
import { encodeTrace, type Trace } from '../replay/trace.ts'
import type { Scenario } from '../scenario.ts'
import { ddmin } from './ddmin.ts'
import { type Trial, Trials } from './trials.ts'

export interface ShrinkOptions {
  /** How many candidates are run at the most; 1,000 unless given. */
  readonly runsMax?: number
  /** Ends it early, with what was made small by then; an AbortSignal fits. */
  readonly signal?: { readonly aborted: boolean }
}

/** How large a failure is. */
export interface FailureSize {
  readonly steps: number
  /** What its schedule does otherwise than it would if nothing raced, its faults included. */
  readonly deviations: number
  readonly faults: number
  /** Undefined where the scenario is not made of actors. */
  readonly actors: number | undefined
}

export interface Shrunk {
  /** The scenario that is left; it has the name of the one that it was made from, and parameters of its own. */
  readonly scenario: Scenario
  /** The text of the trace of the run that is left, which fails the same property. */
  readonly trace: string
  readonly property: string
  readonly deviations: readonly Deviation[]
  readonly before: FailureSize
  readonly after: FailureSize
  /** How many candidates were run. */
  readonly runs: number
  /**
   * Whether no single deviation can be left out. Otherwise `why` says what kept it from being found out: the budget of
   * runs or the signal, a run that never comes to rest, or a violation that only the times make which the run was found with.
   */
  readonly minimal: boolean
  readonly why: 'runs' | 'cycle' | 'times' | undefined
}

const RUNS_MAX = 1_000
/** Steps of all candidates together, for those that run long. */
const STEPS_MAX = 200_000
/** Seeds that are tried on a smaller scenario where the schedule does not carry over. */
const SEEDS = 12
/** Places that are tried for the end of a hold. */
const PLACES_MAX = 24

/**
 * Shrinks a failing run of a scenario. A failure that was found in sampled time stays possible within the windows. Throws
 * HEDDLE_SHRINK where the trace violates nothing, or does not do so again on the scenario; HEDDLE_OPTIONS and
 * HEDDLE_SCENARIO for what is handed in.
 */
export async function shrink(trace: Trace, scenario: Scenario, options: ShrinkOptions = {}): Promise<Shrunk> {
  checkScenario(scenario)
  checkOptions('shrink', options)
  const { property, ending } = trace.outcome
  if (property === null) throw notFailing('HEDDLE_SHRINK', trace, 'a trace in which nothing is violated')
  const { timing } = trace.header
  const trials = new Trials(
    { property, timing },
    { runsMax: options.runsMax ?? RUNS_MAX, stepsMax: STEPS_MAX, signal: options.signal },
  )
  const found = await trials.reproduce(trace, scenario)
  if (found === undefined) throw notFailing('HEDDLE_SHRINK', trace, 'a run in which it holds')
  const before = sizeOf(found)
  if (ending === 'cycle') return result(trials, before, found, 'cycle')
  const smaller = await smallerScenario(trials, found)
  if (!trials.canDeviate) return result(trials, before, smaller, 'times')
  const least = await fewerDeviations(trials, smaller)
  return result(trials, before, least, trials.isSpent ? 'runs' : undefined)
}

/** What is wrong with a trace that is to be made small, or explained, and does not fail. */
export function notFailing(
  code: HeddleError['code'],
  { header, outcome }: Trace,
  found: string,
): HeddleError {
  const expected =
    outcome.property === null ? 'a trace that violates something' : `"${outcome.property}" to be violated`
  return new HeddleError(
    code,
    `Expected ${expected} on ${header.scenario}, found ${found}. Replay the trace to see what it does now.`,
  )
}

/** Goes on with the first of the simpler scenarios that still fails, until none of them does. */
async function smallerScenario(trials: Trials, found: Trial): Promise<Trial> {
  let current = found
  for (let next: Trial | undefined = found; next !== undefined; ) {
    current = next
    next = undefined
    for (const candidate of current.scenario.simpler?.() ?? []) {
      if (trials.isSpent) return current
      next = await failingOn(trials, candidate, current)
      if (next !== undefined) break
    }
  }
  return current
}

/**
 * A failing run of a simpler scenario, no longer than the one at hand and with no more faults, as another cause is
 * another failure: by the same deviations, by none, or by a seed.
 */
async function failingOn(trials: Trials, scenario: Scenario, current: Trial): Promise<Trial | undefined> {
  const { deviations, run } = current
  const stepsMax = run.steps.length
  const isNoWorse = (failing: Trial | undefined) =>
    failing !== undefined && faultsIn(failing.deviations) <= faultsIn(deviations)
  if (trials.canDeviate) {
    for (const schedule of deviations.length === 0 ? [deviations] : [deviations, []]) {
      const failing = await trials.failing(scenario, schedule, stepsMax)
      if (isNoWorse(failing)) return failing
    }
  }
  for (let seed = 1; seed <= SEEDS; seed++) {
    const failing = await trials.seeded(scenario, seed, stepsMax)
    if (isNoWorse(failing)) return failing
  }
  return undefined
}

/**
 * The same scenario with deviations of which none can be left out, and whose holds end as early as may be; unless the
 * budget ends before that is known.
 */
export async function fewerDeviations(trials: Trials, found: Trial): Promise<Trial> {
  let least = found
  for (
    let shorter: Trial | undefined = found;
    shorter !== undefined;
    shorter = await shorterHold(trials, least)
  ) {
    least = shorter
    await ddmin(least.deviations, async (part) => {
      const failing = await trials.failing(found.scenario, part)
      if (failing !== undefined) least = failing
      return failing?.deviations
    })
  }
  return least
}

/** With one of the holds ending earlier: before fewer of the events that it let pass. */
async function shorterHold(
  trials: Trials,
  { scenario, deviations, order }: Trial,
): Promise<Trial | undefined> {
  for (const hold of deviations) {
    if (hold.kind === 'strike') continue
    for (const until of passedBy(order, hold).slice(0, -1).slice(0, PLACES_MAX)) {
      const others = deviations.filter((other) => other !== hold)
      const failing = await trials.failing(scenario, [...others, { ...hold, until }])
      if (failing !== undefined && passes(failing) < passes({ order })) return failing
    }
  }
  return undefined
}

/** The events that came while one was held, in their order. */
export function passedBy(order: readonly Made[], { event: held, until }: Hold): readonly string[] {
  const last = order.findIndex(({ event }) => event.id === until)
  return order
    .slice(0, last + 1)
    .filter(({ event, enabled }) => event.fault === undefined && enabled.some(({ id }) => id === held))
    .map(({ event }) => event.id)
}

/** How many events all holds of an order let pass; what grows less goes on only so often. */
function passes({ order }: Pick<Trial, 'order'>): number {
  return deviationsOf(order).reduce(
    (sum, one) => sum + (one.kind === 'hold' ? passedBy(order, one).length : 0),
    0,
  )
}

function faultsIn(deviations: readonly Deviation[]): number {
  return deviations.filter(({ kind }) => kind === 'strike').length
}

function sizeOf({ scenario, run, deviations }: Trial): FailureSize {
  return {
    steps: run.steps.length,
    deviations: deviations.length,
    faults: faultsIn(deviations),
    actors: scenario.system?.members.length,
  }
}

function result(trials: Trials, before: FailureSize, trial: Trial, why: Shrunk['why']): Shrunk {
  const { property, timing } = trials
  return {
    scenario: trial.scenario,
    trace: encodeTrace(trial.run, { seed: null, strategy: null, timing, property }),
    property,
    deviations: trial.deviations,
    before,
    after: sizeOf(trial),
    runs: trials.runs,
    minimal: why === undefined,
    why,
  }
}
