import { expect, it, vi } from 'vitest'
import { exhaustibles } from '../properties/index.ts'
import { CheckLink } from './check-link.ts'
import { checkSubject, type Searched } from './check-task.ts'
import { SPAWNS } from './heddle.fixture.ts'
import { Threads } from './threads.ts'

/** Half a million states without reductions, which take a second. */
const INDEX = exhaustibles.findIndex(
  ({ scenario, coordinator, size }) =>
    scenario === 'owner-drops' && coordinator === 'single:takeover' && !size.includes('instances'),
)

/** Without what may differ: the time, and the memory that threads share. */
async function searched(threads: number): Promise<Searched> {
  const link = new CheckLink()
  link.threads = threads
  const result = await checkSubject({
    kind: 'check',
    index: INDEX,
    coordinator: { kind: 'built-in', name: 'single:takeover' },
    isReduced: false,
    order: 'breadth first',
    everyProperty: false,
    memoryMaxBytes: 2e9,
    shared: link.shared,
  })
  return { ...result, elapsedMs: 0, report: { ...result.report, bytesPerState: 0 } }
}

it('finds the same with several threads as with one', SPAWNS, async () => {
  const run = vi.spyOn(Threads.prototype, 'run')
  const alone = await searched(1)
  expect(run).not.toHaveBeenCalled()
  expect(await searched(2)).toEqual(alone)
  expect(alone.report).toMatchObject({ verdict: 'holds', states: 505_469 })
  expect(run.mock.calls.length).toBeGreaterThan(10)
})
