import { describe, expect, test, vi } from 'vitest'
import { on } from '../property.ts'
import { run } from '../scheduler.ts'
import { listed } from '../source.ts'
import { hunt, idsOf, once, seeds } from './world.fixture.ts'
import { world } from './world.ts'

describe('an operation', () => {
  test('resolves to its value', async () => {
    const values: unknown[] = []
    await once(async ({ operation }) => {
      values.push(await operation('token', { value: 'secret' }), await operation('none'))
    })
    expect(values).toEqual(['secret', undefined])
  })

  test('that is a fault happens within its budget, and need not happen', async () => {
    const dropping = world(
      'dropping',
      ({ task, operation, check }) => {
        let drops = 0
        for (const name of ['tab-1', 'tab-2', 'tab-3']) {
          task(name, async () => {
            await operation('drop', { fault: 'drops' })
            drops++
          })
        }
        check.always('within budget', () => drops <= 2)
        check.sometimes('the budget is used', () => drops === 2)
        check.sometimes('one drop', () => drops === 1)
      },
      { budgets: { drops: 2 } },
    )
    const runs = await hunt(dropping, seeds(60))
    expect(runs.filter(({ verdict }) => verdict !== 'no violation found')).toEqual([])
    expect(new Set(runs.map(({ steps }) => steps.length))).toEqual(new Set([0, 1, 2]))
  })

  test('without a budget for its fault never happens', async () => {
    const run = await once(({ operation }) => operation('drop', { fault: 'drops' }))
    expect(run).toMatchObject({ steps: [], verdict: 'no violation found', ending: 'rest' })
  })

  test.each(['constructor', '__proto__', 'toString'])(
    'may have any name for its fault, and without a budget does not happen: %s',
    async (fault) => {
      const strikes = async (budgets: Readonly<Record<string, number>>) => {
        const striking = world('striking', ({ operation }) => operation('strike', { fault }), { budgets })
        return (await run(striking, { source: listed([1]) })).steps.length
      }
      expect(await strikes({})).toBe(0)
      expect(await strikes(Object.fromEntries([[fault, 1]]))).toBe(1)
    },
  )

  test('is refused with both a fault and a channel, as a fault might block the channel', async () => {
    const both = once(({ operation }) => operation('lost', { fault: 'drops', channel: 'wire' }))
    await expect(both).rejects.toThrowError(expect.objectContaining({ code: 'HEDDLE_OPERATION' }))
  })

  test('is taken back by its signal, and rejects with the reason', async () => {
    const seen: unknown[] = []
    const timingOut = world('times out', async ({ task, operation, sleep }) => {
      const controller = new AbortController()
      const { signal } = controller
      task('timeout', async () => {
        await sleep('1ms')
        controller.abort('too late')
      })
      seen.push(await operation('reply', { window: '1s', signal }).catch(String))
      seen.push(await operation('again', { signal }).catch(String))
      await operation('goes on')
    })
    const [run] = await hunt(timingOut, [1])
    expect(seen).toEqual(['too late', 'too late'])
    expect(idsOf(run)).toEqual(['timeout/sleep#1', 'main/goes on#1'])
  })

  test('listens to its signal no longer than its run takes', async () => {
    const signal = new AbortController().signal
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await once(async ({ task, operation }) => {
      await operation('done', { signal })
      task('tab-1', () => operation('never', { signal, fault: 'drops' }))
    })
    expect(added).toHaveBeenCalledTimes(1)
    expect(removed.mock.calls).toEqual(added.mock.calls.map((call) => call.slice(0, 2)))
  })
})

describe('a check', () => {
  test('of each kind is judged, wherever it is made', async () => {
    const run = await once(async ({ operation, observe, check }) => {
      let count = 0
      check.sometimes('counts', on('counted', { count: 2 }))
      await operation('first')
      check.always('is small', () => count < 2 || `it is ${count}`)
      check.eventually('is three', () => count === 3, { within: '1s' })
      check.monitor({
        name: 'counts in order',
        on: ['counted'],
        initial: { last: 0 },
        observe(state, { count: next }: { type: string; count: number }) {
          if (next !== state.last + 1) return `${next} after ${state.last}`
          state.last = next
        },
      })
      for (count = 1; count <= 2; count++) {
        observe({ type: 'counted', count })
        await operation('next')
      }
      observe({ type: 'counted', count: 9 })
    })
    expect([...run.reached]).toEqual(['counts'])
    expect(run.violations.map(({ property, message }) => `${property}: ${message}`)).toEqual([
      'is small: it is 2',
      'counts in order: 9 after 2',
    ])
  })

  test('that throws is violated by what it throws', async () => {
    const run = await once(({ check }) => {
      check.always('compares', () => {
        throw new RangeError('expected 1')
      })
    })
    expect(run.violations).toMatchObject([{ property: 'compares', message: 'RangeError: expected 1' }])
  })
})

describe('a guard', () => {
  const locked = (release: boolean) =>
    once(({ task, shared, observe }) => {
      const lock = shared('lock', { isHeld: true })
      task('waiter', async (self) => {
        await self.operation('lock', { reads: [], when: () => !lock.isHeld })
        observe({ type: 'locked' })
      })
      task('holder', async (self) => {
        await self.operation('unlock', { reads: [] })
        lock.isHeld = !release
      })
    })

  test('keeps an operation from happening until it holds', async () => {
    const run = await locked(true)
    expect(idsOf(run)).toEqual(['holder/unlock#1', 'waiter/lock#1'])
    expect(run.verdict).toBe('no violation found')
  })

  test('reads what it looks at', async () => {
    const { steps } = await locked(true)
    expect(steps[1]?.footprint.reads).toContain('lock.isHeld')
  })

  test('that never holds again leaves its task stuck', async () => {
    const run = await locked(false)
    expect(run.verdict).toBe('stuck')
    expect(run.waiting).toEqual([
      'waiter waits for waiter/lock#1, which can happen only while its guard holds',
    ])
  })

  test('gives true or false', async () => {
    const guarded = (when: any) => once(({ task }) => void task('a', (self) => self.operation('b', { when })))
    await expect(guarded(() => 1)).rejects.toThrow('guard of a/b#1 to give true or false, found number')
    const throws = () => {
      throw new Error('no')
    }
    await expect(guarded(throws)).rejects.toThrow('found Error: no')
  })
})
