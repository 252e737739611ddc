// As a user writes it who has @fast-check/vitest: values of ours through `test.prop`.

import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { lifecycle, single } from '../model/index.ts'
import { always, run } from '../sim/index.ts'
import { faultPlans, policies, schedules, workloads } from './index.ts'

const everyMachineHasAName = always('every machine has a name', ({ held }) =>
  held.every(({ machine }: { machine: string }) => machine !== ''),
)

describe('test.prop', () => {
  test.prop([workloads(), policies(), schedules()])(
    'takes ours in order',
    async (workload, policy, schedule) => {
      const coordinator = single(policy)
      const scenario = lifecycle('any', { ...workload, coordinator, properties: [everyMachineHasAName] })
      const { violations, ending } = await run(scenario, { source: schedule })
      expect([violations, ending]).toEqual([[], 'rest'])
    },
  )

  test.prop(
    { faults: faultPlans({ drops: { max: 2 } }), schedule: schedules({ maxLength: 5 }), seed: fc.nat() },
    { numRuns: 20 },
  )('takes ours by name, beside those of fast-check', ({ faults, schedule, seed }) => {
    expect(faults.drops ?? 0).toBeLessThanOrEqual(2)
    expect(schedule.picks.length).toBeLessThanOrEqual(5)
    expect(seed).toBeGreaterThanOrEqual(0)
  })
})
