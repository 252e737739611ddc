import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generatedScenario, REPEATABLE, schedule } from '../generated.fixture.ts'
import type { Scenario } from '../scenario.ts'
import { run, runSync } from '../scheduler.ts'
import { type ChoiceSource, listed, seeded } from '../source.ts'
import { random } from '../strategies/random.ts'
import { world } from '../world/world.ts'
import { type Deviation, deviating, deviationsOf, recording } from './deviations.ts'

const idsOf = ({ steps }: { steps: readonly { event: { id: string } }[] }) =>
  steps.map(({ event }) => event.id)

/** A run, and the one that its deviations make. */
async function twice(scenario: Scenario, source: ChoiceSource) {
  const recorder = recording(source)
  const first = await run(scenario, { source: recorder })
  const deviations = deviationsOf(recorder.made.slice(0, first.steps.length))
  const again = await run(scenario, { source: deviating(deviations, { steps: first.steps.length }) })
  return { first, deviations, again }
}

const bySeed = (seed: number, timing: 'sampled' | 'untimed', budgets: Readonly<Record<string, number>>) =>
  seeded({ seed, strategy: random, timing, budgets })

/** Tasks with channels, faults, aborts and waking, whose number and windows are given. */
function tasks(delays: readonly number[]): Scenario {
  return world(
    'tasks',
    ({ task, observe }) => {
      for (const [index, delay] of delays.entries()) {
        task(`task-${index}`, async (self) => {
          const controller = new AbortController()
          const lost = self.operation('fault', { fault: 'loss', signal: controller.signal })
          const outcome = await Promise.race([
            self.sleep([`${delay}ms`, `${2 * delay}ms`]).then(() => 'slept'),
            lost.then(() => 'lost').catch(() => 'aborted'),
          ])
          controller.abort()
          await self.operation('write', { channel: 'disk', window: ['0ms', `${delay}ms`] })
          observe({ type: 'done', index, outcome })
        })
      }
    },
    { budgets: { loss: 1 } },
  )
}

describe('deviations', () => {
  it('make the order of any run of actors again', () =>
    fc.assert(
      fc.asyncProperty(generatedScenario, schedule, async (scenario, numbers) => {
        const { first, again } = await twice(scenario, listed(numbers))
        expect(idsOf(again)).toEqual(idsOf(first))
        expect(again.ending).toBe(first.ending)
      }),
      REPEATABLE,
    ))

  it.each(['sampled', 'untimed'] as const)('make the order of any %s run of tasks again', (timing) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
        fc.nat(1_000),
        async (delays, seed) => {
          const { first, again } = await twice(tasks(delays), bySeed(seed, timing, { loss: 1 }))
          expect(idsOf(again)).toEqual(idsOf(first))
        },
      ),
      REPEATABLE,
    ),
  )

  it('are at most one for each event, and none where nothing deviates', () =>
    fc.assert(
      fc.property(generatedScenario, schedule, (scenario, numbers) => {
        const recorder = recording(listed(numbers))
        runSync(scenario, { source: recorder })
        const events = deviationsOf(recorder.made).map((one) => (one.kind === 'hold' ? one.event : one.fault))
        expect(new Set(events).size).toBe(events.length)
        const straight = recording(deviating([]))
        runSync(scenario, { source: straight })
        expect(deviationsOf(straight.made)).toEqual([])
      }),
      REPEATABLE,
    ))

  it('hold back what would come first, until what was chosen in its place has happened', async () => {
    const { deviations, first } = await twice(tasks([1, 1]), listed([1]))
    expect(idsOf(first)[0]).toBe('task-1/sleep#1')
    expect(deviations).toContainEqual({ kind: 'hold', event: 'task-0/sleep#1', until: 'task-1/sleep#1' })
  })

  it('lapse where nothing else must happen, and where they name what never comes', async () => {
    const inVain: Deviation[] = [
      { kind: 'hold', event: 'task-0/sleep#1', until: 'nobody/nothing#1' },
      { kind: 'strike', fault: 'nobody/fault#1', after: null },
    ]
    const order = async (deviations: readonly Deviation[]) =>
      idsOf(await run(tasks([1]), { source: deviating(deviations) }))
    expect(await order(inVain)).toEqual(['task-0/sleep#1', 'task-0/write#1'])
    expect(await order([])).toEqual(['task-0/sleep#1', 'task-0/write#1'])
  })
})
