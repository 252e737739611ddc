// The single coordinator under workloads that fast-check makes up: users, connections, offsets, messages, tokens and
// faults, in orders that the windows allow, and in every order that a list of numbers can name.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policies, schedules, workloads } from '../arbitraries/index.ts'
import { type Coordinator, type LifecycleOptions, lifecycle, mutants, single } from '../model/index.ts'
import { listed, type Run, random, runSync, type Scenario, seeded, TIMINGS } from '../sim/index.ts'
import { untimedProperties } from './index.ts'

const seeds = fc.nat({ max: 1_000_000 })

const scenarioOf = (options: LifecycleOptions, coordinator: Coordinator): Scenario =>
  lifecycle('generated', { ...options, coordinator, properties: untimedProperties })

const failures = ({ violations, waiting, ending }: Run) => ({ violations, waiting, ending })
const none = { violations: [], waiting: [], ending: 'rest' }

describe('the single coordinator', () => {
  it.each(TIMINGS)('keeps every property in %s time', (timing) => {
    fc.assert(
      fc.property(workloads(), policies(), seeds, (options, policy, seed) => {
        const source = ({ budgets }: { budgets: Readonly<Record<string, number>> }) =>
          seeded({ seed, strategy: random, timing, budgets })
        expect(failures(runSync(scenarioOf(options, single(policy)), { source }))).toEqual(none)
      }),
      { numRuns: 150 },
    )
  })

  it.each(TIMINGS)('keeps every property under schedules of %s time', (timing) => {
    fc.assert(
      fc.property(workloads(), policies(), schedules({ timing }), (options, policy, source) => {
        expect(failures(runSync(scenarioOf(options, single(policy)), { source }))).toEqual(none)
      }),
      { numRuns: 150 },
    )
  })

  it('keeps every property in whatever order the events come', () => {
    const numbers = fc.array(fc.nat({ max: 50 }), { maxLength: 200, size: 'max' })
    fc.assert(
      fc.property(workloads(), policies(), numbers, (options, policy, list) => {
        const run = runSync(scenarioOf(options, single(policy)), { source: listed(list) })
        expect(failures(run)).toEqual(none)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a failure', () => {
  it('of a mutant shrinks to one message and no fault', () => {
    const forgets = mutants.find(({ name }) => name === 'forgets the messages that came early')
      ?.coordinator as Coordinator
    const holds = fc.property(workloads(), schedules(), (options, source) =>
      runSync(scenarioOf(options, forgets), { source }).violations.every(
        ({ property }) => property !== 'no message lost, duplicated or reordered',
      ),
    )
    const { counterexample } = fc.check(holds, { seed: 1 })
    // One user, connection and message are the defaults, and so left out.
    expect(fc.stringify(counterexample)).toBe('[{},schedule([])]')
  })
})
