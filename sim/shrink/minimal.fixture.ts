// For tests only: whether a schedule is 1-minimal, found out without the code that made it so.

import { type Deviation, deviating, type Made, recording } from '../deviations.ts'
import { feasibleTimes, following } from '../feasible.ts'
import type { Scenario } from '../scenario.ts'
import { type Run, run } from '../scheduler.ts'
import { outcomeOf, type Trace } from '../trace.ts'

/** The deviations without each of which the property still fails; none where a schedule is 1-minimal. */
export async function superfluous(
  scenario: Scenario,
  deviations: readonly Deviation[],
  { header, outcome: { property } }: Trace,
): Promise<readonly Deviation[]> {
  const found: Deviation[] = []
  for (const one of deviations) {
    const others = deviations.filter((other) => other !== one)
    const { order, violated } = await ran(scenario, others, property)
    const fails = header.timing === 'untimed' ? violated : await failsInTime(scenario, order, property)
    if (fails) found.push(one)
  }
  return found
}

async function ran(scenario: Scenario, deviations: readonly Deviation[], property: string | null) {
  const recorder = recording(deviating(deviations))
  const finished = await run(scenario, { source: recorder, stopAt: property ?? true })
  const order = recorder.made.slice(0, finished.steps.length)
  return { order, violated: violates(finished, property) }
}

async function failsInTime(scenario: Scenario, order: readonly Made[], property: string | null) {
  const timesUs = feasibleTimes(order)
  if (timesUs === undefined) return false
  return violates(
    await run(scenario, { source: following(order, timesUs), stopAt: property ?? true }),
    property,
  )
}

const violates = (finished: Run, property: string | null) =>
  outcomeOf(finished, property).property === property
