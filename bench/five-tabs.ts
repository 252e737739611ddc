// Five connections of one user on the actor model: how much the properties, the class of a real server in the
// machines' place, and writing the trace as text each cost.

import { encodeTrace, type Property, type Run, random, runAll, seeded } from 'heddle'
import {
  type Coordinator,
  competing,
  connectionCoordinator,
  lifecycle,
  scenarios,
  single,
} from 'heddle/model'
import { untimedProperties } from 'heddle/properties'
import type { Contender } from './rounds.ts'

const RUNS_PER_ROUND = 100

interface Variant {
  readonly name: string
  readonly coordinator: Coordinator
  readonly properties: readonly Property[]
  readonly encode?: boolean
}

const variants: readonly Variant[] = [
  { name: 'single, every property', coordinator: single(), properties: untimedProperties },
  { name: 'single, no property', coordinator: single(), properties: [] },
  {
    name: 'single, every property, trace as text',
    coordinator: single(),
    properties: untimedProperties,
    encode: true,
  },
  { name: 'competing, every property', coordinator: competing, properties: untimedProperties },
  {
    name: 'class under a world, every property',
    coordinator: connectionCoordinator(),
    properties: untimedProperties,
  },
]

function contender({ name, coordinator, properties, encode = false }: Variant): Contender {
  const entry = scenarios.find((other) => other.name === 'five-tabs')
  const scenario = lifecycle('five-tabs', { ...entry?.options, coordinator, properties })
  return {
    name,
    async round(index) {
      let steps = 0
      let bytes = 0
      const each = (run: Run) => {
        steps += run.stepCount
        if (encode) bytes += encodeTrace(run, { seed: 0, strategy: 'random', timing: 'sampled' }).length
      }
      await runAll(
        RUNS_PER_ROUND,
        (run) => {
          const seed = index * RUNS_PER_ROUND + run
          return [
            scenario,
            { source: ({ budgets }) => seeded({ seed, strategy: random, timing: 'sampled', budgets }) },
          ]
        },
        each,
      )
      if (encode && bytes === 0) throw new Error('Expected traces, found none.')
      return { runs: RUNS_PER_ROUND, steps }
    },
  }
}

export const fiveTabsContenders: readonly Contender[] = variants.map(contender)
