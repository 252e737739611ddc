// The single coordinator under workloads that fast-check makes up: users, connections, offsets, messages,
// tokens and faults, in every order that a list of numbers can name.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Coordinator,
  competing,
  type LifecycleOptions,
  lifecycle,
  mutants,
  single,
} from '../model/index.ts'
import { listed, type Run, random, runSync, seeded } from '../sim/index.ts'
import { untimedProperties } from './index.ts'
import { policies, workloads } from './workloads.fixture.ts'

const seeds = fc.nat({ max: 1_000_000 })

function runOf(
  options: LifecycleOptions,
  coordinator: Coordinator,
  seed: number,
  timing: 'sampled' | 'untimed',
): Run {
  const scenario = lifecycle('generated', { ...options, coordinator, properties: untimedProperties })
  return runSync(scenario, { source: ({ budgets }) => seeded({ seed, strategy: random, timing, budgets }) })
}

const failures = ({ violations, waiting, ending }: Run) => ({ violations, waiting, ending })
const none = { violations: [], waiting: [], ending: 'rest' }

describe('the single coordinator', () => {
  it.each(['sampled', 'untimed'] as const)('keeps every property in %s time', (timing) => {
    fc.assert(
      fc.property(workloads, policies, seeds, (options, policy, seed) => {
        expect(failures(runOf(options, single(policy), seed, timing))).toEqual(none)
      }),
      { numRuns: 150 },
    )
  })

  it('keeps every property in whatever order the events come', () => {
    fc.assert(
      fc.property(
        workloads,
        policies,
        fc.array(fc.nat({ max: 50 }), { maxLength: 200 }),
        (options, policy, numbers) => {
          const scenario = lifecycle('generated', {
            ...options,
            coordinator: single(policy),
            properties: untimedProperties,
          })
          expect(failures(runSync(scenario, { source: listed(numbers) }))).toEqual(none)
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('a failure', () => {
  /** The smallest workload and seed that fast-check finds for a property that breaks. */
  function shrunk(coordinator: Coordinator, property: string): LifecycleOptions {
    const result = fc.check(
      fc.property(workloads, seeds, (options, seed) =>
        runOf(options, coordinator, seed, 'sampled').violations.every(
          (violation) => violation.property !== property,
        ),
      ),
      { numRuns: 300, seed: 1 },
    )
    expect(result.failed).toBe(true)
    return (result.counterexample as [LifecycleOptions, number])[0]
  }

  it('of the competing machines shrinks to two connections of one user', () => {
    expect(shrunk(competing, 'one owner per user')).toMatchObject({ users: 1, connections: 2, instances: 1 })
  })

  it('of a mutant shrinks to one message and no fault', () => {
    const forgets = mutants.find(({ name }) => name === 'forgets the messages that came early')
      ?.coordinator as Coordinator
    const smallest = shrunk(forgets, 'no message lost, duplicated or reordered')
    expect(smallest).toMatchObject({ users: 1, connections: 1, messages: 1 })
    expect(Object.values(smallest.faults ?? {}).every((budget) => budget === 0)).toBe(true)
  })
})
