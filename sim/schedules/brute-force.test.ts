// The explorer beside brute force over all orders, on programs that nobody thought of: the same final states, each
// trace exactly once, and no execution that is blocked.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anySystem, systemApart } from '../explore/random-systems.fixture.ts'
import type { Scenario } from '../scenario.ts'
import { allOrders, finalStateOf } from './brute-force.fixture.ts'
import { explore } from './explore.ts'
import { program, scenarioOf } from './random-programs.fixture.ts'

/** Larger ones are left to others. */
const RUNS_MAX = 300
const STEPS_MAX = 14
const SLOW_MS = 60_000

/** Claims tell some traces apart that are one without them. */
async function agrees(scenario: Scenario): Promise<void> {
  const expected = await allOrders(scenario, RUNS_MAX)
  fc.pre(expected !== undefined)
  const options = { finalState: finalStateOf, failuresMax: Number.POSITIVE_INFINITY }
  const found = await explore(scenario, options)
  expect(found.finalStates).toEqual([...expected.finalStates].sort((a, b) => (a < b ? -1 : 1)))
  expect(found).toMatchObject({ blocked: 0, bound: null })
  const plain = await explore({ ...scenario, properties: [] }, options)
  expect(plain).toMatchObject({ executions: expected.traces.size, blocked: 0, bound: null })
}

test(
  'runs every trace of a program of tasks once',
  async () => {
    const property = fc.asyncProperty(program, (made) => agrees(scenarioOf(made)))
    await fc.assert(property, { seed: 20_251_123, numRuns: 150 })
  },
  SLOW_MS,
)

test.each([
  ['actors that may all meet', anySystem],
  ['actors of which some never meet', systemApart],
])(
  'runs every trace of a system of %s once, and judges what its claims can tell apart',
  async (_, systems) => {
    const property = fc.asyncProperty(systems, (system) => agrees({ ...system, stepsMax: STEPS_MAX }))
    await fc.assert(property, { seed: 20_251_123, numRuns: 60 })
  },
  SLOW_MS,
)
