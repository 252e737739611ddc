// What `heddle explore` covers by default, and that it leaves out nothing that brute force over all orders finds.

import { describe, expect, it } from 'vitest'
import { lifecycle, scenarios, single } from '../model/index.ts'
import { explore, runAll, type Scenario } from '../sim/index.ts'
import { explorableScenario, explorables, untimedProperties } from './index.ts'

/** The situations at the end of every order, each choice to let a fault never strike included. */
async function everyEnd(scenario: Scenario): Promise<ReadonlySet<string>> {
  const ends = new Set<string>()
  const seen = new Set<string>()
  // Beginnings of schedules that are still to be run, by their picks among what is enabled.
  const left: number[][] = [[]]
  let picks: readonly number[] = []
  let begun: ReturnType<Scenario['begin']> | undefined
  const next = () => {
    const way = left.pop()
    if (way === undefined) return undefined
    picks = way
    let depth = 0
    const source = (schedulable: NonNullable<typeof begun>) => {
      begun = schedulable
      return {
        untimed: true,
        choose(enabled: readonly ReturnType<NonNullable<typeof begun>['enabled']>[number][]) {
          const mayEnd = enabled.every(({ fault }) => fault !== undefined)
          if (depth === picks.length) {
            const situation = `${schedulable.situation?.()}`
            if (seen.has(situation))
              return { event: enabled[0] as (typeof enabled)[number], timeUs: Number.POSITIVE_INFINITY }
            seen.add(situation)
            const choices = enabled.length + (mayEnd ? 1 : 0)
            for (let pick = 1; pick < choices; pick++) left.push([...picks, pick])
            picks = [...picks, 0]
          }
          const event = enabled[picks[depth++] as number]
          return event === undefined ? undefined : { event, timeUs: 0 }
        },
      }
    }
    return [scenario, { source }] as const
  }
  await runAll(Number.POSITIVE_INFINITY, next, ({ ending }) => {
    // What came to a situation that was seen before ends there, past all time.
    if (ending !== 'time') ends.add(`${begun?.situation?.()}`)
  })
  return ends
}

const SMALL = [
  ...['two-machines', 'n-requests', 'get-or-create', 'takeover', 'reject', 'fifty-connections'].map(
    (name) => [name, { connections: 2, messages: 0 }] as const,
  ),
  ...['phase-overlap', 'stripped-header', 'subprotocol-auth', 'services-fail', 'message-before-accept'].map(
    (name) => [name, { connections: 1, messages: 1 }] as const,
  ),
  ...['owner-drops', 'half-open'].map((name) => [name, { connections: 1, messages: 0 }] as const),
]

describe.each(SMALL)('%s with %o', (name, size) => {
  it('comes to the same final states as every order', async () => {
    const entry = scenarios.find((other) => other.name === name)
    const options = { ...entry?.options, users: 1, instances: 1, ...size, coordinator: single() }
    const scenario = lifecycle(name, { ...options, properties: untimedProperties })
    const { finalStates, verdict, blocked } = await explore(scenario, { finalState: true })
    expect({ verdict, blocked }).toEqual({ verdict: 'holds', blocked: 0 })
    expect(new Set(finalStates)).toEqual(await everyEnd({ ...scenario, properties: [] }))
  })
})

describe('an explorable', () => {
  it('is there for every scenario, and under the competing machines where they must break something', () => {
    const named = (coordinator: string) =>
      explorables.flatMap((entry) => (entry.coordinator === coordinator ? entry.scenario : []))
    expect(named('single')).toEqual(scenarios.map(({ name }) => name))
    expect(named('competing')).toEqual(
      scenarios.flatMap(({ name, broken }) => (broken.length > 0 ? name : [])),
    )
  })

  it.each(explorables.filter(({ broken }) => broken.length > 0))(
    'breaks what it must: $scenario',
    async (entry) => {
      const { failures } = await explore(explorableScenario(entry), { failuresMax: 50 })
      expect(failures.some(({ property }) => entry.broken.includes(property))).toBe(true)
    },
  )
})
