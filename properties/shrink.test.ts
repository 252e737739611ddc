// What is left of the failures of the catalogue when they are shrunk: small, still possible, and made again from the
// replay file alone.

import { describe, expect, it } from 'vitest'
import { competing, type LifecycleParameters, scenarios } from '../model/index.ts'
import { hunt, parseTrace, random, record, replay, type TimingName } from '../sim/index.ts'
import { superfluous } from '../sim/shrink/minimal.fixture.ts'
import { shrink } from '../sim/shrink/shrink.ts'
import { catalogueScenario, rebuild } from './index.ts'

const claims = scenarios.flatMap((entry) =>
  entry.broken.map((property) => [entry.name, property, entry] as const),
)

async function shrunk([, property, entry]: (typeof claims)[number], timing: TimingName) {
  const scenario = catalogueScenario(entry, competing)
  const manner = { strategy: random, timing }
  const { properties } = await hunt(scenario, {
    ...manner,
    seeds: { first: 1, count: 60 },
    selfCheckEvery: 0,
  })
  const seed = properties.find((one) => one.property === property)?.firstSeed ?? 0
  const trace = parseTrace(await record(scenario, { ...manner, seed, property }))
  return { trace, result: await shrink(trace, scenario) }
}

describe.each(['sampled', 'untimed'] as const)('a shrunk failure of the competing machines, %s', (timing) => {
  it.each(claims)(
    'is small, minimal, and replays to the byte from its own file: %s, %s',
    async (...claim) => {
      const { trace, result } = await shrunk(claim, timing)
      const left = parseTrace(result.trace)
      const { users, connections } = result.scenario.parameters as LifecycleParameters
      expect(left.header.timing).toBe(timing)
      expect(left.outcome.property).toBe(trace.outcome.property)
      expect(users * connections).toBeLessThanOrEqual(2)
      expect(result.after.faults).toBeLessThanOrEqual(result.before.faults)
      expect(result.minimal).toBe(true)
      const again = rebuild(left.header.scenario, left.header.parameters, competing)
      expect((await replay(left, again)).outcome).toBe('exact')
      expect(await superfluous(again, result.deviations, left)).toEqual([])
    },
    60_000,
  )
})
