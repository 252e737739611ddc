import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anySystem } from '../explore/random-systems.fixture.ts'
import { race } from '../race.fixture.ts'
import type { Scenario } from '../scenario.ts'
import { allOrders, finalStateOf } from './brute-force.fixture.ts'
import { exploreInPieces, type InPieces } from './pieces.fixture.ts'
import * as programs from './programs.fixture.ts'
import { program, scenarioOf } from './random-programs.fixture.ts'

const SLOW_MS = 60_000
const RUNS_MAX = 200
const ALL = { failuresMax: Number.POSITIVE_INFINITY }
const NEVER_DIVIDED: InPieces = { threads: 1, turnSteps: Number.MAX_SAFE_INTEGER, piecesMin: 0 }

const division = fc.record({
  threads: fc.integer({ min: 2, max: 4 }),
  turnSteps: fc.integer({ min: 1, max: 30 }),
  piecesMin: fc.constantFrom(1, 2, 5, 100),
})

const { readers, lastZero, indexer, filesystem, writers } = programs

describe('an exploration in pieces', () => {
  test.each<readonly [Scenario, traces: number]>([
    [readers(8), 256],
    [lastZero(7), 320],
    [indexer(13), 64],
    [filesystem(16), 8],
    [writers(3, 3), 1_680],
    [programs.storeBuffering(), 3],
    [programs.controlled(), 5],
  ])('runs each trace of $name once', async (scenario, executions) => {
    for (const piecesMin of [1, 4, 1_000]) {
      const { report, turns } = await exploreInPieces(scenario, { threads: 3, turnSteps: 20, piecesMin })
      expect(report).toMatchObject({ executions, blocked: 0, verdict: 'holds', bound: null })
      if (executions > 50) expect(turns).toBeGreaterThan(10)
    }
  })

  test.each([
    ['tasks', program.map(scenarioOf)],
    ['actors', anySystem.map((system) => ({ ...system, stepsMax: 12 }))],
  ] as const)(
    'runs every trace of any program of %s once, whatever the pieces',
    async (_, scenarios: fc.Arbitrary<Scenario>) => {
      const property = fc.asyncProperty(scenarios, division, async (scenario, pieces) => {
        const expected = await allOrders(scenario, RUNS_MAX)
        fc.pre(expected !== undefined)
        const options = { ...ALL, finalState: finalStateOf }
        const { report } = await exploreInPieces(scenario, pieces, options)
        expect(report.finalStates).toEqual([...expected.finalStates].sort((a, b) => (a < b ? -1 : 1)))
        expect(report).toMatchObject({ blocked: 0, bound: null })
        const plain = await exploreInPieces({ ...scenario, properties: [] }, pieces, options)
        expect(plain.report).toMatchObject({ executions: expected.traces.size, blocked: 0 })
        const undivided = await exploreInPieces(scenario, NEVER_DIVIDED, options)
        const { executions, steps, failing } = undivided.report
        expect(report).toMatchObject({ executions, steps, failing })
      })
      await fc.assert(property, { seed: 20_261_123, numRuns: 60 })
    },
    SLOW_MS,
  )

  test(
    'finds the same, to the schedule of each failure, on any number of threads',
    async () => {
      const bounds = fc.record(
        {
          executionsMax: fc.integer({ min: 1, max: 60 }),
          failuresMax: fc.integer({ min: 1, max: 3 }),
          preemptionsMax: fc.nat(2),
        },
        { requiredKeys: ['failuresMax'] },
      )
      const scenario = fc.oneof(program.map(scenarioOf), fc.constant(race()))
      const property = fc.asyncProperty(scenario, division, bounds, async (scenario, pieces, options) => {
        const one = await exploreInPieces(
          scenario,
          { ...pieces, threads: 1 },
          { executionsMax: 200, ...options },
        )
        const more = await exploreInPieces(scenario, pieces, { executionsMax: 200, ...options })
        expect(more.report).toEqual(one.report)
      })
      await fc.assert(property, { seed: 20_261_123, numRuns: 150 })
    },
    SLOW_MS,
  )
})
