import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REPEATABLE } from '../generated.fixture.ts'
import { hunt, idsOf, once } from './world.fixture.ts'
import { world } from './world.ts'

describe('attribution', () => {
  test('follows the task that was woken, not the one that woke it', async () => {
    const run = await once(({ task, operation }) => {
      let wake = () => {}
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      task('sleeper', async () => {
        await woken
        await operation('after')
      })
      task('waker', async () => {
        await operation('before')
        wake()
        await operation('after')
      })
    })
    expect(idsOf(run)).toEqual(['waker/before#1', 'waker/after#1', 'sleeper/after#1'])
    expect(run.steps[0]?.footprint.writes).toContain('sleeper')
  })

  test('follows a task that asks for its choice points itself, and one that asks the world by name', async () => {
    const run = await once((world) => {
      let wake = () => {}
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      world.task('sleeper', async () => {
        await woken
        await world.operation('after')
      })
      world.task('other', async (self) => {
        await woken
        await self.operation('after')
        await self.sleep('1ms')
      })
      world.task('waker', async (self) => {
        await self.operation('before')
        wake()
        await self.operation('after')
      })
    })
    expect(idsOf(run)?.sort()).toEqual([
      'other/after#1',
      'other/sleep#1',
      'sleeper/after#1',
      'waker/after#1',
      'waker/before#1',
    ])
  })

  test('follows the body again once a task that it began has asked the world', async () => {
    const run = await once((world) => {
      world.task('tab', async (_self) => {
        await world.operation('opens')
        await world.operation('closes')
      })
      world.operation('listens').then(() => world.operation('answers'))
    })
    expect(idsOf(run)?.sort()).toEqual(['main/answers#1', 'main/listens#1', 'tab/closes#1', 'tab/opens#1'])
  })

  test('follows an asynchronous body that somebody else wakes', async () => {
    const run = await once(async (world) => {
      let wake = () => {}
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      world.task('waker', async (self) => {
        await self.operation('before')
        wake()
        await self.operation('after')
      })
      await woken
      await world.sleep('1ms')
    })
    expect(idsOf(run)?.sort()).toEqual(['main/sleep#1', 'waker/after#1', 'waker/before#1'])
  })

  test('holds in a race with a timeout, in what floats beside a task, and in ticks and microtasks', async () => {
    const run = await once(({ task, sleep, operation }) => {
      const wakers: (() => void)[] = []
      const next = () => new Promise<void>((resolve) => wakers.push(resolve))
      task('races', async () => {
        await Promise.race([next(), sleep('1s')])
        await operation('won')
      })
      task('floats', async () => {
        const pump = async () => {
          await next()
          await operation('pumped')
        }
        void pump()
        await sleep('2s')
      })
      task('ticks', async () => {
        await next()
        await new Promise<void>((resolve) => process.nextTick(() => operation('ticked').then(resolve)))
        await new Promise<void>((resolve) => queueMicrotask(() => operation('queued').then(resolve)))
      })
      task('thenable', async () => {
        // biome-ignore lint/suspicious/noThenProperty: an object that is awaited and is no promise
        await { then: (resolve: () => void) => void next().then(resolve) }
        await operation('then')
      })
      task('waker', async () => {
        await operation('wakes')
        for (const wake of wakers) wake()
        await new Promise(() => {})
      })
    })
    expect(idsOf(run)).toEqual(
      expect.arrayContaining([
        'races/won#1',
        'floats/pumped#1',
        'ticks/ticked#1',
        'ticks/queued#1',
        'thenable/then#1',
      ]),
    )
    expect(idsOf(run)?.filter((id) => id.startsWith('waker'))).toEqual(['waker/wakes#1'])
  })

  test('agrees with AsyncLocalStorage in any program of waits and wakes', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks')
    const action = fc.oneof(
      fc.record({ do: fc.constantFrom('operation', 'tick', 'micro', 'join' as const) }),
      fc.record({ do: fc.constantFrom('wait', 'wake', 'float', 'race' as const), bell: fc.nat(2) }),
    )
    const program = fc.array(fc.array(action, { maxLength: 6 }), { minLength: 2, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(program, fc.nat(1000), async (tasks, seed) => {
        const storage = new AsyncLocalStorage<string>()
        const wrong: string[] = []
        const scenario = world('any', ({ task, operation }) => {
          const bells = [0, 1, 2].map(() => {
            let ring = () => {}
            const rung = new Promise<void>((resolve) => {
              ring = resolve
            })
            return { ring: () => ring(), rung }
          })
          const owned = async (name: string) => {
            if (storage.getStore() !== name) wrong.push(`${name} lost its storage`)
            // The name that storage knows becomes the value; the task's own becomes the id.
            await operation('step', { reads: [storage.getStore() ?? ''] })
          }
          tasks.forEach((actions, index) => {
            const name = `t${index}`
            const perform = async (step: (typeof actions)[number]): Promise<void> => {
              const bell = 'bell' in step ? bells[step.bell] : undefined
              if (step.do === 'operation') await owned(name)
              if (step.do === 'tick')
                await new Promise<void>((go) => process.nextTick(() => owned(name).then(go)))
              if (step.do === 'micro')
                await new Promise<void>((go) => queueMicrotask(() => owned(name).then(go)))
              if (step.do === 'join') await Promise.all([owned(name), owned(name)])
              if (step.do === 'wait') await bell?.rung
              if (step.do === 'wake') bell?.ring()
              if (step.do === 'race') await Promise.race([bell?.rung, owned(name)])
              if (step.do === 'float') void bell?.rung.then(() => owned(name))
            }
            storage.run(name, () => {
              task(
                name,
                async () => {
                  await owned(name)
                  for (const step of actions) await perform(step)
                },
                { background: true },
              )
            })
          })
        })
        const [run] = await hunt(scenario, [seed])
        const attributed = run?.steps.filter(({ event }) => event.footprint.reads.at(-1) !== event.place)
        return wrong.length === 0 && attributed?.length === 0
      }),
      REPEATABLE,
    )
  })
})
