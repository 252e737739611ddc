// fast-check's scheduler as what decides the order of a scenario's events: each enabled event is scheduled as a
// promise that is already resolved, and fires when fast-check lets it go on. Decides nothing itself.

import fc from 'fast-check'
import { type Event, listed, run, type Scenario, type Schedulable } from '../sim/index.ts'

/**
 * How many runs fast-check takes to violate the property, of `max` at the most; undefined where it does not. How
 * many faults strike in a run is drawn by fast-check, too.
 */
export async function executionsOfFastCheck(
  scenario: Scenario,
  { property, seed, max }: { readonly property: string; readonly seed: number; readonly max: number },
): Promise<number | undefined> {
  const { budgets } = scenario.begin()
  const strikes = fc.record(
    Object.fromEntries(Object.entries(budgets).map(([fault, max]) => [fault, fc.integer({ min: 0, max })])),
  )
  const holds = fc.asyncProperty(fc.scheduler(), strikes, async (scheduler, drawn) => {
    const driven = { ...scenario, begin: () => drive(scenario.begin(), scheduler, drawn) }
    const { violations } = await run(driven, { source: listed([]), stopAt: property })
    return violations.every((violation) => violation.property !== property)
  })
  const { failed, numRuns } = await fc.check(holds, { seed, numRuns: max, endOnFailure: true })
  return failed ? numRuns : undefined
}

/** One turn of the scheduler's; which event happens in it, fast-check says. */
const TURN: Event = {
  id: 'fast-check/turn#1',
  hash: 0,
  place: 'fast-check',
  sequence: 1,
  createdAtStep: 0,
  window: { minUs: 0, maxUs: 0 },
  footprint: { reads: [], writes: [] },
  fault: undefined,
}

function drive(
  inner: Schedulable,
  scheduler: fc.Scheduler,
  strikes: Readonly<Record<string, number>>,
): Schedulable {
  const left = new Map(Object.entries(strikes))
  const scheduled = new Set<string>()
  let isTaken = false
  const enabled = () =>
    inner.enabled().filter(({ fault }) => fault === undefined || (left.get(fault) ?? 0) > 0)
  const take = (id: string) => {
    // A timer that was cancelled since, or a fault that has struck often enough, makes no turn.
    const event = enabled().find((other) => other.id === id)
    if (event === undefined) return
    if (event.fault !== undefined) left.set(event.fault, (left.get(event.fault) ?? 0) - 1)
    isTaken = true
    inner.fire(event)
  }
  return new Proxy(inner, {
    get(target, key) {
      if (key === 'enabled') return () => (enabled().length > 0 ? [TURN] : [])
      if (key === 'fire') return fire
      const value = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  async function fire(): Promise<void> {
    for (const { id } of enabled()) {
      if (scheduled.has(id)) continue
      scheduled.add(id)
      scheduler.schedule(Promise.resolve(), id).then(() => take(id))
    }
    for (isTaken = false; !isTaken; ) await scheduler.waitNext(1)
  }
}
