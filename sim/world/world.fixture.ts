// Runs of worlds for tests, and one world that has a little of everything.

import type { Scenario } from '../scenario.ts'
import { type Run, runAll } from '../scheduler.ts'
import { seeded } from '../source.ts'
import { fifo } from '../strategies/fifo.ts'
import { random } from '../strategies/random.ts'
import { type World, world } from './world.ts'

/** One run for each seed. */
export function hunt(scenario: Scenario, seeds: readonly number[], all = runAll): Promise<Run[]> {
  return all(seeds.length, (index) => [
    scenario,
    {
      source: ({ budgets }) =>
        seeded({ seed: seeds[index] as number, strategy: random, timing: 'sampled', budgets }),
    },
  ])
}

/** One run in the order in which nothing races. */
export async function once(body: (world: World) => void | Promise<void>, options = {}): Promise<Run> {
  const scenario = world('once', body, options)
  const source = seeded({ seed: 1, strategy: fifo, timing: 'untimed', budgets: { drops: 2 } })
  return (await runAll(1, () => [scenario, { source }]))[0] as Run
}

export const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed)
export const idsOf = (run: Run | undefined) => run?.steps.map(({ event }) => event.id)
export const whatHappened = ({ steps, verdict, violations, ending }: Run) =>
  JSON.stringify({ steps, verdict, violations, ending })

/** Four tasks that wake each other through ordinary promises, ticks and events. */
const busyBody = ({ task, sleep, operation, observe }: World) => {
  let ring = () => {}
  const bell = new Promise<void>((resolve) => {
    ring = resolve
  })
  for (const name of ['tab-1', 'tab-2', 'tab-3/auth', 'tab-4']) {
    task(name, async () => {
      await sleep(['1ms', '9ms'])
      if (name === 'tab-2') ring()
      await bell
      observe({ type: 'rung', name })
      await Promise.all([operation('left', { window: ['0us', '3ms'] }), operation('right')])
      process.nextTick(() => observe({ type: 'ticked', name }))
    })
  }
  task('faults', () => operation('drop', { fault: 'drops' }), { background: true })
}
export const busy = (make = world) => make('busy', busyBody, { budgets: { drops: 1 } })
