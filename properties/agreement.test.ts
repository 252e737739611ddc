// The class of a real server and the model are the same: every schedule of the model fits the class, event
// for event, with the same events enabled and the same things observed at each step.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policies, workloads } from '../arbitraries/index.ts'
import {
  connectionCoordinator,
  type LifecycleView,
  lifecycle,
  type Policy,
  scenarios,
  single,
} from '../model/index.ts'
import {
  always,
  type ChoiceSource,
  type Event,
  eventually,
  hunt,
  leadsTo,
  type Observation,
  type Property,
  type Run,
  random,
  run,
  runAll,
  type Scenario,
  type Step,
  seeded,
  sometimes,
} from '../sim/index.ts'
import { untimedProperties } from './index.ts'

const SEEDS = 8

const bySeed = (seed: number) => ({
  source: ({ budgets }: { budgets: Readonly<Record<string, number>> }) =>
    seeded({ seed, strategy: random, timing: 'sampled', budgets }),
})

/** Chooses what another run chose. */
function following({ steps }: Run): ChoiceSource {
  let next = 0
  return {
    untimed: false,
    choose(enabled) {
      const step = steps[next++]
      const event = enabled.find(({ id }) => id === step?.event.id)
      return step === undefined || event === undefined
        ? undefined
        : { event: event as Event, timeUs: step.timeUs }
    },
  }
}

/** What each connection saw of a step, in order; between connections of one step there is no order. */
function seenBy(observations: readonly Observation[]) {
  const seen = new Map<unknown, Observation[]>()
  for (const observation of observations) {
    const connection = observation.connection
    seen.set(connection, [...(seen.get(connection) ?? []), observation])
  }
  return new Map([...seen].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}

const shape = ({ event, timeUs, enabled, observations }: Step) => ({
  id: event.id,
  timeUs,
  enabled,
  seen: seenBy(observations),
})

describe.each(scenarios.filter(({ name }) => name !== 'fifty-connections'))('$name', ({ name, options }) => {
  it.each<Policy>(['standby', 'takeover', 'reject'])('goes the same way in both under %s', async (policy) => {
    const model = lifecycle(name, { ...options, coordinator: single(policy), properties: untimedProperties })
    const real = lifecycle(name, {
      ...options,
      coordinator: connectionCoordinator(policy),
      properties: untimedProperties,
    })
    const modelled = await runAll(SEEDS, (index) => [model, bySeed(index)])
    const followed = await runAll(SEEDS, (index) => [real, { source: following(modelled[index] as Run) }])
    for (const [index, run] of modelled.entries()) {
      const other = followed[index] as Run
      expect(other.steps.map(shape)).toEqual(run.steps.map(shape))
      expect(other.verdict).toBe(run.verdict)
      expect(other.ending).toBe('rest')
    }
  })

  it('holds with the class under schedules of its own', async () => {
    const real = lifecycle(name, {
      ...options,
      coordinator: connectionCoordinator(),
      properties: untimedProperties,
    })
    const runs = await runAll(SEEDS, (index) => [real, bySeed(index)])
    expect(runs.flatMap(({ violations }) => violations)).toEqual([])
  })
})

describe('a claim about states', () => {
  const both = (property: Property): readonly Scenario[] =>
    [single(), connectionCoordinator()].map((coordinator) =>
      lifecycle('claimed', { connections: 2, stagger: '1ms', coordinator, properties: [property] }),
    )
  const holding = ({ held }: LifecycleView) => held.length > 0

  it.each([
    always('nobody holds anything', (view: LifecycleView) => !holding(view)),
    eventually('somebody holds something at once', holding, { within: '1us' }),
    eventually('somebody holds something', () => false),
    leadsTo('who holds something lets go', holding, () => false),
  ])('of the kind $kind is broken in both', async (property) => {
    for (const scenario of both(property)) {
      const { violations } = await run(scenario, bySeed(1))
      expect(violations.map((one) => one.property)).toEqual([property.name])
    }
  })

  it.each([
    always('what is held is held by a machine', ({ held }: LifecycleView) =>
      held.every(({ machine }) => machine !== ''),
    ),
    eventually('somebody holds something', holding, { within: '1s' }),
    leadsTo('who holds something holds it', holding, holding),
  ])('of the kind $kind holds in both', async (property) => {
    for (const scenario of both(property)) expect((await run(scenario, bySeed(1))).violations).toEqual([])
  })

  it('that it is so sometimes is reached in both', async () => {
    for (const scenario of both(sometimes('somebody holds something', holding))) {
      expect((await hunt(scenario, { seeds: { first: 1, count: 3 } })).sometimes).toMatchObject([
        { property: 'somebody holds something', reached: 3 },
      ])
    }
  })
})

describe('any workload', () => {
  it('goes the same way in both, with all faults and several instances', async () => {
    await fc.assert(
      fc.asyncProperty(workloads(), policies(), fc.nat({ max: 1_000_000 }), async (options, policy, seed) => {
        const both = [single(policy), connectionCoordinator(policy)].map((coordinator) =>
          lifecycle('any', { ...options, coordinator, properties: untimedProperties }),
        ) as [Scenario, Scenario]
        const model = await run(both[0], bySeed(seed))
        const real = await run(both[1], { source: following(model) })
        expect(real.steps.map(shape)).toEqual(model.steps.map(shape))
        expect(real.verdict).toBe(model.verdict)
      }),
      { numRuns: 150 },
    )
  })
})
