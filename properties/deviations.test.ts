// Schedules of the catalogue as deviations: the same order of events comes of them, for the machines and for the class.

import { describe, expect, it } from 'vitest'
import { type Coordinator, competing, connectionCoordinator, scenarios, single } from '../model/index.ts'
import { random, run, type Schedulable, seeded, type TimingName } from '../sim/index.ts'
import { deviating, deviationsOf, recording } from '../sim/replay/deviations.ts'
import { feasibleTimes } from '../sim/replay/feasible.ts'
import { catalogueScenario } from './index.ts'

const coordinators: readonly (readonly [string, Coordinator])[] = [
  ['single', single()],
  ['competing', competing],
  ['class', connectionCoordinator()],
]

describe.each(coordinators)('a schedule of %s as its deviations', (_, coordinator) => {
  it.each(scenarios.map((entry) => [entry.name, entry] as const))(
    'makes its order again: %s',
    async (_, entry) => {
      const scenario = catalogueScenario(entry, coordinator)
      const seedsOf: readonly TimingName[] = ['sampled', 'untimed']
      for (const [index, timing] of seedsOf.entries()) {
        const made: ReturnType<typeof recording>[] = []
        const source = ({ budgets }: Schedulable) => {
          made.push(recording(seeded({ seed: index + 7, strategy: random, timing, budgets })))
          return made[0] as ReturnType<typeof recording>
        }
        const { steps } = await run(scenario, { source })
        const order = (made[0]?.made ?? []).slice(0, steps.length)
        const again = await run(scenario, {
          source: deviating(deviationsOf(order), { steps: steps.length }),
        })
        expect(again.steps.map(({ event }) => event.id)).toEqual(steps.map(({ event }) => event.id))
        if (timing === 'sampled') expect(feasibleTimes(order)).toHaveLength(steps.length)
      }
    },
    60_000,
  )
})
