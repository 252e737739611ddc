// Whether a failure comes of every order: all of them are run, each trace once, as an exploration does. Changes nothing of
// what decides otherwise; where it does not come to an end within its budget, it says nothing.

import { HeddleError } from '../error.ts'
import { isTimed, type Property } from '../property.ts'
import { outcomeOf } from '../replay/trace.ts'
import type { Run } from '../run.ts'
import type { Scenario } from '../scenario.ts'
import { explore } from '../schedules/explore.ts'
import type { Trials } from '../shrink/trials.ts'

/** Of all runs together: where they are long, they are many. */
const STEPS_MAX = 5_000

/**
 * How many orders there are that differ in more than independent steps, where the property is violated in each; undefined
 * where one holds, or where there are more than `runsMax`. Orders that no times fit are among them, and so are those
 * with other faults.
 */
export async function everyOrder(
  trials: Trials,
  scenario: Scenario,
  claim: Property | undefined,
  runsMax: number,
): Promise<number | undefined> {
  if (runsMax < 1 || (claim !== undefined && isTimed(claim))) return undefined
  const { property, left } = trials
  const properties = scenario.properties.filter(({ name }) => name === property)
  const spent = { runs: 0, steps: 0, holds: false }
  const finalState = (_: unknown, run: Run) => {
    spent.runs++
    spent.steps += run.stepCount
    if (outcomeOf(run, property).property !== property) spent.holds = true
    return ''
  }
  const signal = {
    get aborted() {
      return spent.holds || spent.steps >= Math.min(STEPS_MAX, left.steps) || trials.isCalledOff
    },
  }
  const options = { executionsMax: runsMax, failuresMax: Number.POSITIVE_INFINITY, finalState, signal }
  const report = await explore({ ...scenario, properties }, options).catch(refused)
  trials.spend(spent)
  const isEvery = report?.bound === null && !spent.holds && report.executions === spent.runs
  return isEvery ? spent.runs : undefined
}

/** What cannot be explored is not known; what is heddle's own fault is not to be passed over. */
function refused(error: unknown): undefined {
  if (error instanceof HeddleError && error.code !== 'HEDDLE_INTERNAL') return undefined
  throw error
}
