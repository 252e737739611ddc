// What fast-check prints of a failure is small, and is enough to make the failure again.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Schedule, schedule, schedules, workloads } from '../arbitraries/index.ts'
import { type Coordinator, competing, type LifecycleOptions, lifecycle, mutants } from '../model/index.ts'
import { runSync, TIMINGS, type TimingName } from '../sim/index.ts'
import { allProperties } from './index.ts'

interface Broken {
  readonly coordinator: Coordinator
  readonly property: string
}

/** What is said of the property that is broken; undefined where it holds. */
function said({ coordinator, property }: Broken, workload: LifecycleOptions, source: Schedule) {
  const scenario = lifecycle('generated', { ...workload, coordinator, properties: allProperties })
  const { violations } = runSync(scenario, { source })
  return violations.find((violation) => violation.property === property)?.message
}

interface How {
  readonly seed: number
  readonly timing?: TimingName
  readonly workload?: fc.Arbitrary<LifecycleOptions>
}

/** What `fc.assert` says of it, as a user sees it. */
function report(broken: Broken, { seed, timing = 'sampled', workload = workloads() }: How): string {
  const holds = fc.property(workload, schedules({ timing }), (options, source) => {
    const message = said(broken, options, source)
    if (message !== undefined) throw new Error(message)
  })
  try {
    fc.assert(holds, { seed, numRuns: 500 })
  } catch (error) {
    return `${(error as Error).message}\n${((error as Error).cause as Error).message}`
  }
  throw new Error('Expected fast-check to find a failure.')
}

/** The values that a report prints, made again from its text alone. */
function pasted(text: string): readonly [LifecycleOptions, Schedule] {
  const [, printed] = /^Counterexample: (.*)$/m.exec(text) ?? []
  return new Function('schedule', `return ${printed}`)(schedule)
}

const mutant = (sought: string): Broken => {
  const { coordinator, breaks } = mutants.find(({ name }) => name === sought) as (typeof mutants)[number]
  return { coordinator, property: breaks }
}

describe('a counterexample', () => {
  const rivals = { coordinator: competing, property: 'one owner per user' }

  it('of the competing machines comes to two connections, no fault and the least of a schedule', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const [workload, source] = pasted(report(rivals, { seed }))
      const { users, connections, messages, faults } = workload
      expect({ users, connections, messages, faults }).toEqual({ connections: 2, messages: 0 })
      for (const { value } of schedules().shrink(source, undefined)) {
        expect(said(rivals, workload, value)).toBeUndefined()
      }
    }
  })

  it('that takes a race is shrunk to that race alone', () => {
    const races = { coordinator: competing, property: 'legal transitions only' }
    const text = report(races, {
      seed: 1,
      workload: workloads({ instances: 1, delays: false, faults: false }),
    })
    expect(text).toContain('Counterexample: [{"messages":0},schedule([1])]\n')
  })

  it('that takes a fault is shrunk to that fault alone, which strikes once', () => {
    const text = report(mutant('does not remember which messages it has seen'), { seed: 1 })
    const [{ faults }, { picks }] = pasted(text)
    expect(faults).toEqual({ duplicates: 1 })
    expect(picks.filter((pick) => pick < 0)).toEqual([-1])
  })

  it.each([
    ['the competing machines', rivals],
    ['a mutant that needs a fault', mutant('does not hear that the services have failed')],
    ['a mutant that needs messages', mutant('takes the newest message of the queue first')],
    ['a mutant that needs three connections', mutant('promotes everybody who waits when the owner goes')],
  ])('of %s, pasted back, fails in the same way', (_, broken) => {
    for (const timing of TIMINGS) {
      const text = report(broken, { seed: 7, timing })
      const message = said(broken, ...pasted(text))
      expect(message).toBeTypeOf('string')
      expect(text.endsWith(message as string)).toBe(true)
    }
  })
})
