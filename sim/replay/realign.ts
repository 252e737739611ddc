// Finds out what a recorded schedule comes to on code that was changed since. As an edit does not say where what it
// added belongs, or how much time it takes, several ways of following the record are tried, and the first that shows
// the failure again is taken; which event stands for which recorded one is decided in realigning.ts.

import type { Schedulable } from '../event.ts'
import type { Property } from '../property.ts'
import type { Scenario } from '../scenario.ts'
import { NO_EXCEPTION, NOT_STUCK, type Run, run } from '../scheduler.ts'
import type { ChoiceSource } from '../source.ts'
import { recording } from './deviations.ts'
import { feasibleTimes, following } from './feasible.ts'
import { type Alignment, isFollowed, type Realigned, realigning } from './realigning.ts'
import type { Trace } from './trace.ts'

/** One way of following a record, and what came of it. */
export interface Attempt {
  readonly run: Run
  readonly alignment: Alignment
  /** Whether the property that the record is about is violated, under the name `property`. */
  readonly fails: boolean
  /** The name of that property now; null where the record is about none. */
  readonly property: string | null
  /** Whether the scenario still claims it. */
  readonly isClaimed: boolean
}

/** How far a run goes on behind what is recorded, so that one that never rests is soon over. */
const BEYOND_MAX = 2_000
/** The same, times the number of actors, as a step takes longer the more of them there are. */
const WORK_BEYOND_MAX = 120_000
/** Orders of more steps than this are not given other times. */
export const TIMED_STEPS_MAX = 2_000

/** Throws what a run throws. */
export async function realign(trace: Trace, scenario: Scenario): Promise<Attempt> {
  const attempts = new Attempts(trace, scenario)
  let best = await attempts.asRecorded(MANNERS[0])
  for (const manner of MANNERS) {
    // What is there under its own name was not renamed.
    if (manner.renames && best.alignment.missing.length === 0) break
    for (const inAnyTime of [false, true]) {
      if (best.fails || isPlain(best.alignment) || attempts.areEnough) return best
      if (manner === MANNERS[0] && !inAnyTime) continue
      const made = inAnyTime ? await attempts.inAnyTime(manner) : await attempts.asRecorded(manner)
      if (made !== undefined && isBetter(made, best)) best = made
    }
  }
  return best
}

type Manner = Pick<Realigned, 'unknown' | 'renames'>

/** In the order in which they are tried. */
const MANNERS = [
  { unknown: 'first', renames: false },
  { unknown: 'when due', renames: false },
  { unknown: 'first', renames: true },
] as const satisfies readonly Manner[]

/** Whether nothing was left open that could have been done otherwise. */
function isPlain(alignment: Alignment): boolean {
  return [alignment.inserted, alignment.missing, alignment.moved].every((ids) => ids.length === 0)
}

function isBetter(one: Attempt, other: Attempt): boolean {
  return one.fails || (isFollowed(one.alignment) && !isFollowed(other.alignment))
}

/** How far a run of this scenario goes on behind what is recorded. */
function beyondMax({ system }: Scenario): number {
  return Math.min(BEYOND_MAX, Math.ceil(WORK_BEYOND_MAX / Math.max(1, system?.members.length ?? 1)))
}

class Attempts {
  // How many steps all of them took.
  #steps = 0
  readonly #trace: Trace
  readonly #scenario: Scenario
  readonly #options: Omit<Realigned, keyof Manner | 'timing'>

  constructor(trace: Trace, scenario: Scenario) {
    this.#trace = trace
    this.#scenario = scenario
    const { ending } = trace.outcome
    this.#options = { steps: trace.steps, endsThere: ending === 'cycle' || ending === 'source' }
  }

  /** Whether they took so many steps that no further way is tried. */
  get areEnough(): boolean {
    return this.#steps > beyondMax(this.#scenario)
  }

  /** The recorded order, at the recorded times where they can be. */
  async asRecorded(manner: Manner): Promise<Attempt> {
    const { header, outcome } = this.#trace
    const options = { ...this.#options, timing: header.timing, ...manner }
    const source = realigning(options)
    const first = await this.#run(source, () => source.alignment())
    if (outcome.cycleFrom === undefined) return first
    // Where the cycle begins now is known only when all of it was followed once.
    const cycling = realigning({ ...options, cycleFrom: source.stepsAfter(outcome.cycleFrom) })
    return this.#run(cycling, () => cycling.alignment())
  }

  /** The recorded order, at times of its own; undefined where that cannot be, and where time does not rule. */
  async inAnyTime(manner: Manner): Promise<Attempt | undefined> {
    if (this.#trace.header.timing === 'untimed') return undefined
    const source = realigning({ ...this.#options, timing: 'untimed', ...manner })
    const recorder = recording(source)
    const untimed = await this.#run(recorder, () => source.alignment())
    const order = recorder.made.slice(0, untimed.run.steps.length)
    let last: Attempt | undefined
    for (const pace of ['earliest', 'latest'] as const) {
      const timesUs = order.length > TIMED_STEPS_MAX ? undefined : feasibleTimes(order, pace)
      if (timesUs === undefined) return undefined
      last = await this.#run(following(order, timesUs), () => source.alignment())
      if (last.fails) return last
    }
    return last
  }

  async #run(source: ChoiceSource, alignment: () => Alignment): Promise<Attempt> {
    const made = await attempted(this.#trace, this.#scenario, { source, alignment })
    this.#steps += made.run.stepCount
    return made
  }
}

/** Follows a source to the violation of what a record is about, or to its end. `alignment` is asked for behind it. */
export async function attempted(
  trace: Trace,
  scenario: Scenario,
  { source, alignment }: { source: ChoiceSource; alignment: (run: Run) => Alignment },
): Promise<Attempt> {
  let begun: Schedulable | undefined
  const begin = () => {
    begun = scenario.begin()
    return begun
  }
  const wanted = subjectOf(trace)
  const stepsMax = Math.min(scenario.stepsMax, trace.steps.length + beyondMax(scenario))
  const finished = await run(
    { ...scenario, begin, stepsMax },
    wanted === null ? { source } : { source, stopAt: wanted },
  )
  const claims = [...scenario.properties, ...(begun?.properties ?? [])]
  const found = alignment(finished)
  return { run: finished, alignment: found, ...judged(trace, finished, claims, found) }
}

/** What a record is about: the property that it violates, or that it is to hold. */
export function subjectOf({ header, outcome }: Trace): string | null {
  return outcome.property ?? header.expect.property
}

function judged(
  trace: Trace,
  { violations, waiting, steps }: Run,
  claims: readonly Property[],
  alignment: Alignment,
): Pick<Attempt, 'fails' | 'property' | 'isClaimed'> {
  const property = subjectOf(trace)
  if (property === null) return { property, fails: false, isClaimed: true }
  const isStuck = property === NOT_STUCK && waiting.length > 0
  if (isStuck || violations.some((one) => one.property === property)) {
    return { property, fails: true, isClaimed: true }
  }
  const isClaimed = [NOT_STUCK, NO_EXCEPTION, ...claims.map(({ name }) => name)].includes(property)
  if (isClaimed || alignment.missing.length > 0) return { property, fails: false, isClaimed }
  // A property that nobody claims any more has another name, if one says the same of the same step.
  const { message, step } = trace.outcome
  const event = trace.steps[step - 1]?.event
  const same = violations.find(
    (one) => one.message === message && event !== undefined && steps[one.step - 1]?.event.id === event,
  )
  return same === undefined
    ? { property, fails: false, isClaimed }
    : { property: same.property, fails: true, isClaimed: true }
}
