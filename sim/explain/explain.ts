// Why a run fails: the two events whose order decides, or the few that decide together, found by changing orders and
// running again, and what led to the violation. Every change is run on the same scenario, within bounds; nothing is shown
// here.

import type { Observation } from '../event.ts'
import { checkOptions, checkScenario } from '../options.ts'
import type { Property } from '../property.ts'
import type { Deviation } from '../replay/deviations.ts'
import { outcomeOf, type Trace } from '../replay/trace.ts'
import type { Step } from '../run.ts'
import type { Scenario } from '../scenario.ts'
import { fewerDeviations, notFailing, passedBy } from '../shrink/shrink.ts'
import { type Trial, Trials } from '../shrink/trials.ts'
import { type Past, pastOf } from './past.ts'
import { inCommon, type Pair } from './reversal.ts'
import { OrderSearch } from './search.ts'

export interface ExplainOptions {
  /** How many schedules are run at the most; 300 unless given. */
  readonly runsMax?: number
  /** Ends it early, as a budget that is spent would; an AbortSignal fits. */
  readonly signal?: { readonly aborted: boolean }
}

export interface ExplainedStep {
  readonly step: number
  /** Virtual time in microseconds. */
  readonly at: number
  readonly event: string
  readonly seen: readonly Observation[]
}

/**
 * What decides between a run that fails and one that holds. *race*: the event `first` comes before `second`, and the
 * other way round it holds. *races*: with all of these pairs the other way round it holds, and with one less it does not.
 * *fault*: without it, it holds. *every*: it fails in every order that is possible; of all orders that causes allow, so
 * many differ in more than independent steps, and each was run; those of them that hold are `impossible`, as no times fit
 * them. *nothing*: it fails in each of so many other orders that were tried, `tried` with one pair the other way round and
 * `together` with several; with `bounded`, there were more to try. *cycle*: it never comes to rest, and no order was
 * changed.
 */
export type Decision =
  | { readonly kind: 'race'; readonly first: string; readonly second: string }
  | { readonly kind: 'races'; readonly pairs: readonly (readonly [first: string, second: string])[] }
  | { readonly kind: 'fault'; readonly fault: string }
  | { readonly kind: 'every'; readonly orders: number; readonly impossible: number }
  | {
      readonly kind: 'nothing'
      readonly tried: number
      readonly together: number
      readonly bounded: boolean
    }
  | { readonly kind: 'cycle' }

/** Plain data, fit for structured clone. */
export interface Explanation {
  readonly property: string
  readonly message: string
  readonly decides: Decision
  /** The faults without each of which it holds. */
  readonly faults: readonly string[]
  /** The run that is explained: that of the trace, or one that fails the same property with fewer deviations. */
  readonly failing: readonly ExplainedStep[]
  readonly isTheTraces: boolean
  /** A run that holds, with what decides the other way round, or without the fault. */
  readonly passing: readonly ExplainedStep[] | null
  /** How many steps the two have in common before they part. */
  readonly common: number
  /** The numbers of the steps of the failing run that led to the violation, itself included. */
  readonly chain: readonly number[]
  /** How many schedules were run. */
  readonly runs: number
}

const RUNS_MAX = 300
/** Steps of all schedules together, for scenarios that run long. */
const STEPS_MAX = 60_000
/** How many places are tried for one event. */
const PLACES_MAX = 24
/** Among how many steps another pair is looked for. */
const STEPS_SEARCHED = 256

/**
 * Explains a failing run of a scenario. Throws HEDDLE_EXPLAIN where the trace violates nothing, or does not do so again
 * on the scenario; HEDDLE_OPTIONS and HEDDLE_SCENARIO for what is handed in.
 */
export async function explain(
  trace: Trace,
  scenario: Scenario,
  options: ExplainOptions = {},
): Promise<Explanation> {
  checkScenario(scenario)
  checkOptions('explain', options)
  const { timing } = trace.header
  const { property, ending } = trace.outcome
  if (property === null) throw notFailing('HEDDLE_EXPLAIN', trace, 'a trace in which nothing is violated')
  const budget = { runsMax: options.runsMax ?? RUNS_MAX, stepsMax: STEPS_MAX, signal: options.signal }
  const trials = new Trials({ property, timing }, budget)
  const found = await trials.reproduce(trace, scenario)
  if (found === undefined) throw notFailing('HEDDLE_EXPLAIN', trace, 'a run in which it holds')
  if (ending === 'cycle') return explanation(trace, trials, found, { decides: { kind: 'cycle' } })
  const failing = trials.canDeviate ? await fewerDeviations(trials, found) : found
  return explanation(trace, trials, failing, await decision(trials, failing))
}

interface Found {
  readonly decides: Decision
  readonly passing?: Trial
  readonly faults?: readonly string[]
}

async function decision(trials: Trials, failing: Trial): Promise<Found> {
  const faults: string[] = []
  let unstruck: Trial | undefined
  for (const one of failing.deviations) {
    if (one.kind === 'hold') continue
    const without = await holding(
      trials,
      failing,
      failing.deviations.filter((other) => other !== one),
    )
    if (without === undefined) continue
    faults.push(one.fault)
    unstruck ??= without
  }
  const held = await heldRace(trials, failing)
  if (held !== undefined) return { ...held, faults }
  if (unstruck !== undefined) {
    return { decides: { kind: 'fault', fault: faults[0] as string }, passing: unstruck, faults }
  }
  return reversedRace(trials, failing)
}

async function holding(
  trials: Trials,
  { scenario }: Trial,
  deviations: readonly Deviation[],
): Promise<Trial | undefined> {
  const trial = await trials.whole(scenario, deviations)
  return trial?.fails ? undefined : trial
}

/** An event that was held back, and the one that must not come before it. */
async function heldRace(trials: Trials, failing: Trial): Promise<Found | undefined> {
  const { deviations, order } = failing
  for (const hold of deviations) {
    if (hold.kind === 'strike') continue
    const others = deviations.filter((other) => other !== hold)
    const without = await holding(trials, failing, others)
    if (without === undefined) continue
    const passing = passedBy(order, hold)
    // As late as it still holds: what comes next then is the other event of the race.
    for (let place = passing.length - 2; place >= Math.max(0, passing.length - PLACES_MAX); place--) {
      const until = passing[place] as string
      const later = await holding(trials, failing, [...others, { ...hold, until }])
      if (later !== undefined) return race(trials, failing, later, [passing[place + 1] as string, hold.event])
    }
    return race(trials, failing, without, [passing[0] ?? hold.until, hold.event])
  }
  return undefined
}

/** Events that depend on each other, and come the other way round if some wait for others. */
async function reversedRace(trials: Trials, failing: Trial): Promise<Found> {
  if (!trials.canDeviate) return { decides: { kind: 'nothing', tried: 0, together: 0, bounded: true } }
  const search = new OrderSearch(trials, failing, claimOf(trials, failing))
  const { turned, orders, tried, together, bounded } = await search.search()
  if (orders !== undefined) {
    return { decides: { kind: 'every', orders: orders.run, impossible: orders.impossible } }
  }
  if (turned === undefined) return { decides: { kind: 'nothing', tried, together, bounded } }
  const { pairs, passing } = turned
  if (pairs.length > 1) return { decides: { kind: 'races', pairs }, passing }
  return race(trials, failing, passing, pairs[0] as Pair)
}

function claimOf({ property }: Trials, { scenario }: Trial): Property | undefined {
  return scenario.properties.find(({ name }) => name === property)
}

function race(trials: Trials, failing: Trial, passing: Trial, meant: readonly [string, string]): Found {
  const [first, second] = turnedPair(failing, passing, { meant, claim: claimOf(trials, failing) })
  return { decides: { kind: 'race', first, second }, passing }
}

/**
 * The pair that was meant to be turned round, if it was; but where its events do not touch each other, the first two
 * turned round that do. Where it was not, those with which the two runs part.
 */
function turnedPair(
  { run: { steps } }: Trial,
  passing: Trial,
  { meant, claim }: { meant: readonly [string, string]; claim: Property | undefined },
): readonly [string, string] {
  const { areDependent } = pastOf([], claim)
  const byId = new Map(steps.map((step) => [step.event.id, step]))
  const places = new Map(passing.run.steps.map(({ event }, index) => [event.id, index]))
  const placeOf = (id: string) => places.get(id) ?? Number.POSITIVE_INFINITY
  const isTurned = (a: string, b: string) => placeOf(b) < placeOf(a)
  const [first, second] = meant.map((id) => byId.get(id))
  // Where one of them has not happened, nothing is known of what it touches.
  const isTelling = first === undefined || second === undefined || areDependent(first, second)
  const wasTurned = isTurned(...meant)
  if (isTelling && wasTurned) return meant
  for (const [index, b] of steps.slice(0, STEPS_SEARCHED).entries()) {
    const turned = (a: Step) => isTurned(a.event.id, b.event.id) && areDependent(a, b)
    const a = steps.slice(0, index).findLast(turned)
    if (a !== undefined) return [a.event.id, b.event.id]
  }
  if (wasTurned) return meant
  const parting = inCommon(steps, passing.run.steps)
  return [steps[parting]?.event.id ?? meant[0], passing.run.steps[parting]?.event.id ?? meant[1]]
}

function explanation(trace: Trace, trials: Trials, failing: Trial, found: Found): Explanation {
  const { property } = trials
  const { steps } = failing.run
  const isTheTraces =
    steps.length === trace.steps.length &&
    steps.every(({ event }, index) => event.id === trace.steps[index]?.event)
  const outcome = outcomeOf(failing.run, property)
  const passing = found.passing?.run.steps
  return {
    property,
    message: outcome.message ?? '',
    decides: found.decides,
    faults: found.faults ?? [],
    failing: isTheTraces
      ? trace.steps.map(({ step, at, event, seen }) => ({ step, at, event, seen }))
      : steps.map(shown),
    isTheTraces,
    passing: passing?.map(shown) ?? null,
    common: passing === undefined ? 0 : inCommon(steps, passing),
    chain: chainTo(failing, found.decides, pastOf(steps, claimOf(trials, failing)), outcome.step),
    runs: trials.runs,
  }
}

function shown({ number, timeUs, event, observations }: Step): ExplainedStep {
  return { step: number, at: timeUs, event: event.id, seen: observations }
}

/**
 * The causal past of the violating step. What is found at rest is nobody's step in particular: then it is that of the
 * events that decide, and of the last step where nothing does.
 */
function chainTo({ run }: Trial, decides: Decision, past: Past, violatedAt: number): readonly number[] {
  const numberOf = (id: string) => run.steps.find(({ event }) => event.id === id)?.number
  const deciding = decidingIn(decides)
  const atRest = run.ending === 'rest' ? deciding.map(numberOf) : []
  const targets = atRest.length > 0 ? atRest.filter((number) => number !== undefined) : [violatedAt]
  const chain = new Set(targets.flatMap((target) => [...past.before(target), target]))
  chain.delete(0)
  return [...chain].sort((a, b) => a - b)
}

/** The events that decide. */
function decidingIn(decides: Decision): readonly string[] {
  switch (decides.kind) {
    case 'race':
      return [decides.first, decides.second]
    case 'races':
      return decides.pairs.flat()
    case 'fault':
      return [decides.fault]
    default:
      return []
  }
}
