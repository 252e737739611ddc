import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pastOf } from '../explain/past.ts'
import { generatedScenario, REPEATABLE, schedule } from '../generated.fixture.ts'
import type { Step } from '../run.ts'
import type { Scenario } from '../scenario.ts'
import { run, runSync } from '../scheduler.ts'
import { type ChoiceSource, listed, seeded } from '../source.ts'
import { random } from '../strategies/random.ts'
import { world } from '../world/world.ts'
import { deviating, deviationsOf, type Made, recording } from './deviations.ts'
import { feasibleTimes, following, type Pace } from './feasible.ts'
import { parseTrace } from './parse.ts'
import { replay } from './replay.ts'
import { encodeTrace } from './trace.ts'

function orderOf(scenario: Scenario, source: ChoiceSource) {
  const recorder = recording(source)
  const { steps } = runSync(scenario, { source: recorder })
  return { order: recorder.made.slice(0, steps.length), timesUs: steps.map(({ timeUs }) => timeUs) }
}

/**
 * The greatest times that fit an order, or undefined, found as plainly as can be: each time is lowered, a millisecond
 * being the smallest difference between windows here, until every rule of the replay is kept.
 */
function plainly(order: readonly Made[]): readonly number[] | undefined {
  const times = [0, ...order.map(() => 1_000)]
  const at = (step: number) => times[step] as number
  for (let changed = true; changed; ) {
    changed = false
    const lower = (step: number, to: number) => {
      if (to >= at(step)) return
      times[step] = to
      changed = true
    }
    for (const [index, { event, enabled }] of order.entries()) {
      const step = index + 1
      const { createdAtStep, window, fault } = event
      lower(index, at(step))
      lower(createdAtStep, at(step) - window.minUs / 1_000)
      if (fault !== undefined) lower(step, at(createdAtStep) + window.maxUs / 1_000)
      for (const other of enabled) {
        if (other.fault !== undefined) continue
        lower(step, Math.max(at(index), at(other.createdAtStep) + other.window.maxUs / 1_000))
      }
    }
    if (at(0) < 0) return undefined
  }
  return times.slice(1).map((time) => time * 1_000)
}

async function replaysToTheByte(scenario: Scenario, order: readonly Made[], timesUs: readonly number[]) {
  const finished = await run(scenario, { source: following(order, timesUs) })
  expect(finished.steps.map(({ event }) => event.id)).toEqual(order.map(({ event }) => event.id))
  expect(finished.steps.map(({ timeUs }) => timeUs)).toEqual(timesUs)
  const text = encodeTrace(finished, { seed: null, strategy: null, timing: 'sampled' })
  expect((await replay(parseTrace(text), scenario)).outcome).toBe('exact')
}

/** The ids of the same steps, of which always the last comes that depends on none of those that are left. */
function backwards(steps: readonly Step[]): readonly string[] {
  const { isBefore } = pastOf(steps, undefined)
  let left = steps
  const ids: string[] = []
  while (left.length > 0) {
    const next = left.findLast((step) => !left.some((other) => isBefore(other, step))) as Step
    ids.push(next.event.id)
    left = left.filter((step) => step !== next)
  }
  return ids
}

function taking(ids: readonly string[]): ChoiceSource {
  let next = 0
  return {
    untimed: true,
    choose(enabled, { nowUs }) {
      const event = enabled.find(({ id }) => id === ids[next])
      next++
      return event && { event, timeUs: nowUs }
    },
  }
}

/** Workers who wait for a gate that opens and shuts, some behind each other, and one who may break it. */
const guarded: fc.Arbitrary<Scenario> = fc
  .array(fc.tuple(fc.nat(4), fc.nat(4), fc.boolean()), { minLength: 1, maxLength: 4 })
  .map((workers) =>
    world(
      'guarded',
      ({ task }) => {
        let isOpen = false
        task('gate', async (self) => {
          for (let turn = 0; turn < 5; turn++) {
            await self.sleep(['1ms', '4ms'])
            isOpen = !isOpen
          }
        })
        for (const [index, [min, more, queues]] of workers.entries()) {
          task(`worker-${index}`, async (self) => {
            const window = [`${min}ms`, `${min + more}ms`] as const
            await self.operation('enter', {
              window,
              when: () => isOpen,
              ...(queues ? { channel: 'door' } : {}),
            })
            await self.operation('work', { window, channel: 'desk' })
          })
        }
        task(
          'vandal',
          (self) => self.operation('break', { fault: 'breaks', window: '3ms', when: () => isOpen }),
          {
            background: true,
          },
        )
      },
      { budgets: { breaks: 1 } },
    ),
  )

describe('the times of an order', () => {
  it('are found for every order that was drawn with times, none before the earliest and none after the latest', () =>
    fc.assert(
      fc.asyncProperty(generatedScenario, fc.nat(1_000), async (scenario, seed) => {
        const { budgets } = scenario.begin()
        const { order, timesUs } = orderOf(
          scenario,
          seeded({ seed, strategy: random, timing: 'sampled', budgets }),
        )
        const at = (pace: Pace) => feasibleTimes(order, pace) as readonly number[]
        for (const [index, earliest] of at('earliest').entries()) {
          expect(earliest).toBeLessThanOrEqual(timesUs[index] as number)
        }
        await replaysToTheByte(scenario, order, at('earliest'))
        await replaysToTheByte(scenario, order, at('latest'))
      }),
      REPEATABLE,
    ))

  it('are found for exactly those orders of any kind that some times fit', async () => {
    const seen = { possible: 0, impossible: 0 }
    await fc.assert(
      fc.asyncProperty(generatedScenario, schedule, async (scenario, numbers) => {
        const { order } = orderOf(scenario, listed(numbers))
        const prefix = order.slice(0, 1 + (numbers[0] ?? 0) / 2)
        const found = feasibleTimes(prefix)
        expect(found !== undefined).toBe(plainly(prefix) !== undefined)
        seen[found === undefined ? 'impossible' : 'possible']++
        if (found !== undefined) await replaysToTheByte(scenario, prefix, found)
      }),
      REPEATABLE,
    )
    expect(seen.possible).toBeGreaterThan(20)
    expect(seen.impossible).toBeGreaterThan(20)
  })

  it('are found for runs in which operations wait for their turn, for a guard, or both', () =>
    fc.assert(
      fc.asyncProperty(guarded, fc.nat(1_000), async (scenario, seed) => {
        const { budgets } = scenario.begin()
        const recorder = recording(seeded({ seed, strategy: random, timing: 'sampled', budgets }))
        const { steps } = await run(scenario, { source: recorder })
        const order = recorder.made.slice(0, steps.length)
        for (const pace of ['earliest', 'latest'] as const) {
          const timesUs = feasibleTimes(order, pace) as readonly number[]
          await replaysToTheByte(scenario, order, timesUs)
        }
      }),
      REPEATABLE,
    ))

  it('are found for an order of which independent steps come otherwise, where only the others are to keep theirs', async () => {
    const seen = { otherwise: 0, impossible: 0 }
    await fc.assert(
      fc.asyncProperty(generatedScenario, fc.nat(1_000), async (scenario, seed) => {
        const { budgets } = scenario.begin()
        const source = seeded({ seed, strategy: random, timing: 'sampled', budgets })
        const { steps } = runSync(scenario, { source })
        const ids = backwards(steps)
        const { order } = orderOf(scenario, taking(ids))
        // Messages of one channel keep their order, which no footprint says.
        fc.pre(order.length === ids.length)
        const places = new Map(ids.map((id, index) => [id, index + 1]))
        const place = ({ event }: Step) => places.get(event.id) as number
        const edges = pastOf(steps, undefined).races.map(([a, b]) => [place(a), place(b)] as const)
        expect(feasibleTimes(order, 'earliest', edges)).toBeDefined()
        if (ids.some((id, index) => id !== steps[index]?.event.id)) seen.otherwise++
        if (feasibleTimes(order) === undefined) seen.impossible++
      }),
      REPEATABLE,
    )
    expect(seen.otherwise).toBeGreaterThan(20)
    expect(seen.impossible).toBeGreaterThan(20)
  })

  it('are found where nothing deviates', () =>
    fc.assert(
      fc.property(generatedScenario, (scenario) => {
        const { order } = orderOf(scenario, deviating([]))
        expect(deviationsOf(order)).toEqual([])
        expect(feasibleTimes(order)).toBeDefined()
      }),
      REPEATABLE,
    ))
})
