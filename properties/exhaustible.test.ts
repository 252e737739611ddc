// What `heddle check` exhausts by default: the whole catalogue, said in words, and a few of the smallest run here;
// the command runs them all.

import { describe, expect, it } from 'vitest'
import { competing, scenarios, single } from '../model/index.ts'
import { check, parseTrace, replay } from '../sim/index.ts'
import { type Exhaustible, exhaustibleScenario, exhaustibles, rebuild } from './index.ts'

const of = (scenario: string, coordinator: Exhaustible['coordinator'] = 'single') =>
  exhaustibles.filter((entry) => entry.scenario === scenario && entry.coordinator === coordinator)

describe.each(scenarios)('$name', ({ name, broken, reaches }) => {
  it.each(['single', 'single:takeover', 'single:reject'] as const)('is there under %s', (coordinator) => {
    const instances = of(name, coordinator).map(({ options }) => options.instances)
    expect(new Set(instances)).toEqual(new Set([1, 2]))
  })

  it('is there under the competing machines once for each claim that they must break', () => {
    expect(of(name, 'competing').flatMap((entry) => entry.broken)).toEqual(broken)
  })

  it('reaches all that it is there to show, at one size or another', () => {
    const reached = exhaustibles.filter((entry) => entry.scenario === name).flatMap((entry) => entry.reaches)
    expect(new Set(reached)).toEqual(new Set(reaches))
  })
})

describe('a size', () => {
  it('is said in words, and is what the options are', () => {
    const [one, two] = of('owner-drops')
    expect(one?.size).toBe('2 connections, 1 message, 1 drop')
    expect(two?.size).toBe('2 connections, 1 drop, 2 instances')
    expect(two?.options).toMatchObject({ connections: 2, messages: 0, faults: { drops: 1 }, instances: 2 })
  })

  it('has at most two faults', () => {
    for (const { options } of exhaustibles) {
      const strikes = Object.values(options.faults ?? {}).reduce<number>((sum, count = 0) => sum + count, 0)
      expect(strikes).toBeLessThanOrEqual(2)
    }
  })
})

describe('an exhaustible', () => {
  it.each(['phase-overlap', 'ordered-progress', 'stripped-header', 'skip-states'])(
    'holds under each policy: %s',
    async (scenario) => {
      for (const coordinator of ['single', 'single:takeover', 'single:reject'] as const) {
        const [entry] = of(scenario, coordinator)
        expect((await check(exhaustibleScenario(entry as Exhaustible))).verdict).toBe('holds')
      }
    },
  )

  it('that must break something is asked for that alone, and its counterexample replays to the byte', async () => {
    const entry = of('get-or-create', 'competing')[0] as Exhaustible
    const scenario = exhaustibleScenario(entry)
    const [counterexample] = (await check(scenario)).counterexamples
    expect(counterexample).toMatchObject({ property: 'one machine per user', steps: 4 })
    const trace = parseTrace(new TextEncoder().encode(counterexample?.trace))
    const used = rebuild(trace.header.scenario, trace.header.parameters, competing)
    expect((await replay(trace, used)).outcome).toBe('exact')
  })

  it('asks another coordinator for everything', () => {
    const entry = of('get-or-create', 'competing')[0] as Exhaustible
    expect(exhaustibleScenario(entry).properties).toHaveLength(1)
    expect(exhaustibleScenario(entry, single()).properties.length).toBeGreaterThan(1)
  })
})
