// Whether a failure comes of every order: all of them are run, each trace once, as an exploration does. Where it holds in
// some, whether any times fit them. What does not come to an end within its budget says nothing.

import { HeddleError } from '../error.ts'
import { isTimed, type Property } from '../property.ts'
import { type Edge, feasibleTimes } from '../replay/feasible.ts'
import { outcomeOf } from '../replay/trace.ts'
import type { Run } from '../run.ts'
import type { Scenario } from '../scenario.ts'
import { explore } from '../schedules/explore.ts'
import type { Trial, Trials } from '../shrink/trials.ts'
import { pastOf } from './past.ts'

/** Of all runs together: where they are long, they are many. */
const STEPS_MAX = 5_000
/** Orders that hold, and that time may rule out. */
const HOLDING_MAX = 64

/** What all orders came to, as far as they were run. */
export interface Every {
  /** Where none that times fit holds: how many differ in more than independent steps, and how many of them no times fit. */
  readonly orders?: { readonly run: number; readonly impossible: number }
  /** One that holds. */
  readonly held?: Trial
  /** Whether there are more than were run. */
  readonly isCut?: boolean
}

/**
 * Runs every order of a scenario that causes allow, also with other faults, but for those that differ in independent steps
 * alone; no more than `runsMax`, and not behind one that holds and is possible.
 */
export async function everyOrder(
  trials: Trials,
  scenario: Scenario,
  claim: Property | undefined,
  runsMax: number,
): Promise<Every> {
  if (runsMax < 1 || (claim !== undefined && isTimed(claim))) return {}
  const { property, left, timing } = trials
  const holdingMax = timing === 'untimed' ? 0 : HOLDING_MAX
  const properties = scenario.properties.filter(({ name }) => name === property)
  const spent = { runs: 0, steps: 0 }
  const holding: (readonly string[])[] = []
  const finalState = (_: unknown, run: Run) => {
    spent.runs++
    spent.steps += run.stepCount
    if (outcomeOf(run, property).property !== property) holding.push(run.steps.map(({ event }) => event.id))
    return ''
  }
  const signal = {
    get aborted() {
      const isLong = spent.steps >= Math.min(STEPS_MAX, left.steps)
      return isLong || holding.length > holdingMax || trials.isCalledOff
    },
  }
  const options = { executionsMax: runsMax, failuresMax: Number.POSITIVE_INFINITY, finalState, signal }
  const report = await explore({ ...scenario, properties }, options).catch(refused)
  trials.spend(spent)
  for (const ids of holding.slice(0, holdingMax + 1)) {
    const held = await trials.inOrder(scenario, ids)
    if (held === undefined || held.fails) return { isCut: true }
    if (timing === 'untimed' || isPossible(held)) return { held }
  }
  const isEvery = report?.bound === null && report.executions === spent.runs
  if (!isEvery) return { isCut: report !== undefined }
  return { orders: { run: spent.runs, impossible: holding.length } }
}

/** Whether some times fit the steps in any order that differs in independent steps alone. */
function isPossible({ run: { steps }, order }: Trial): boolean {
  const edges = pastOf(steps, undefined).races.map(([a, b]): Edge => [a.number, b.number])
  return feasibleTimes(order, 'earliest', edges) !== undefined
}

/** What cannot be explored is not known; what is heddle's own fault is not to be passed over. */
function refused(error: unknown): undefined {
  if (error instanceof HeddleError && error.code !== 'HEDDLE_INTERNAL') return undefined
  throw error
}
