import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { busy, hunt, idsOf, once, seeds, whatHappened } from './world.fixture.ts'
import { type World, world } from './world.ts'

/** The code of the first example: a server that opens its inbox once its services are up. */
class Inbox {
  readonly processed: string[] = []
  readonly #early: string[] = []
  readonly #keepsEarly: boolean
  #isOpen = false

  constructor(keepsEarly: boolean) {
    this.#keepsEarly = keepsEarly
  }

  open(): void {
    this.#isOpen = true
    this.processed.push(...this.#early)
  }

  deliver(message: string): void {
    if (this.#isOpen) this.processed.push(message)
    else if (this.#keepsEarly) this.#early.push(message)
  }
}

const firstMessage = (keepsEarly: boolean) =>
  world('keeps the first message while services start', async ({ task, sleep, operation, check }) => {
    const inbox = new Inbox(keepsEarly)
    task('server', async () => {
      await operation('services.ready', { window: ['10ms', '500ms'] })
      inbox.open()
    })
    task('tab-1', async () => {
      await sleep(['1ms', '50ms'])
      inbox.deliver('hello')
    })
    check.eventually('hello is processed', () => inbox.processed.includes('hello'))
  })

/** A promise rejects that nobody handles, while a task goes on. */
const careless = (make = world) =>
  make('careless', async ({ sleep }) => {
    await sleep('1ms')
    void Promise.reject(new Error('nobody cares'))
    await sleep('1ms')
  })

describe('a world', () => {
  test('finds the message that is lost while services start', async () => {
    const runs = await hunt(firstMessage(false), seeds(100))
    const violated = runs.filter(({ verdict }) => verdict === 'violated')
    expect(violated.length).toBeGreaterThan(0)
    expect(violated.length).toBeLessThan(100)
    expect(violated[0]?.violations).toMatchObject([{ property: 'hello is processed' }])
  })

  test('finds nothing once early messages are kept', async () => {
    const runs = await hunt(firstMessage(true), seeds(100))
    expect(runs.filter(({ verdict }) => verdict !== 'no violation found')).toEqual([])
  })

  test('gives each seed the same run, in whichever order the seeds are used', async () => {
    const forwards = await hunt(busy(), seeds(200))
    const used = busy()
    const backwards = await hunt(used, seeds(200).reverse())
    const again = await hunt(used, seeds(200))
    expect(backwards.reverse().map(whatHappened)).toEqual(forwards.map(whatHappened))
    expect(again.map(whatHappened)).toEqual(forwards.map(whatHappened))
    expect(new Set(forwards.map(whatHappened)).size).toBeGreaterThan(100)
  })

  test('takes the same steps where only turns of the event loop can drain', async () => {
    vi.resetModules()
    vi.doMock('./host.ts', async (original) => ({
      ...(await original<typeof import('../host.ts')>()),
      drainSynchronously: () => false,
    }))
    const turns = { ...(await import('./world.ts')), ...(await import('../scheduler.ts')) }
    vi.doUnmock('./host.ts')

    const direct = await hunt(busy(), seeds(50))
    const inTurns = await hunt(busy(turns.world), seeds(50), turns.runAll)
    expect(inTurns.map(whatHappened)).toEqual(direct.map(whatHappened))

    const failed = await hunt(careless(), [1])
    const failedInTurns = await hunt(careless(turns.world), [1], turns.runAll)
    expect(failed[0]?.verdict).toBe('violated')
    expect(failedInTurns.map(whatHappened)).toEqual(failed.map(whatHappened))
  })

  test('starts afresh at each run, and runs longer than one turn of the run loop', async () => {
    const long = world('long', async ({ operation }) => {
      for (let i = 0; i < 6_000; i++) await operation('step')
    })
    const runs = await hunt(long, [1, 1])
    expect(runs.map(({ steps, verdict }) => [steps.length, verdict])).toEqual(
      Array(2).fill([6_000, 'no violation found']),
    )
    expect(runs[1]?.steps.at(-1)?.event.id).toBe('main/step#6000')
  })

  test('keeps nothing of the code under test alive once it is over', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const held: WeakRef<object>[] = []
    const hold = () => {
      const inbox = { letters: [] }
      held.push(new WeakRef(inbox))
      return inbox
    }
    const run = await once(({ task, operation, sleep, shared }) => {
      const inbox = shared('inbox', hold())
      for (const name of ['tab-1', 'tab-2']) {
        task(name, async () => {
          await sleep('1ms')
          await operation('drop', { fault: 'drops', value: inbox })
          inbox.letters = []
        })
      }
    })
    await new Promise((resolve) => setTimeout(resolve, 1))
    collectGarbage()
    expect(run.steps).toHaveLength(2)
    expect(held.map((reference) => reference.deref())).toEqual([undefined])
  })
})

describe('an id', () => {
  test('names the task, the operation, and how many of these the task has made', async () => {
    const run = await once(async ({ task, sleep, operation }) => {
      task('tab-1/auth', async () => {
        await operation('resolve')
        await operation('resolve')
      })
      await sleep('1ms')
      await operation('done')
      await operation('tab-9/auth.resolve')
    })
    expect(idsOf(run)?.sort()).toEqual([
      'main/done#1',
      'main/sleep#1',
      'tab-1/auth.resolve#1',
      'tab-1/auth.resolve#2',
      'tab-9/auth.resolve#1',
    ])
    expect(run.steps.find(({ event }) => event.id === 'tab-9/auth.resolve#1')?.event.place).toBe('tab-9')
    expect(run.steps.find(({ event }) => event.id === 'tab-1/auth.resolve#1')?.event.place).toBe('tab-1')
  })

  test('counts an absolute name together with the same name of a task', async () => {
    const run = await once(({ task, operation }) => {
      task('tab-1/auth', () => operation('resolve'))
      task('other', () => operation('tab-1/auth.resolve'))
    })
    expect(idsOf(run)).toEqual(['tab-1/auth.resolve#1', 'tab-1/auth.resolve#2'])
  })

  test('needs a task name of its own', async () => {
    const twice = once(({ task, sleep }) => {
      task('tab-1', () => sleep('1ms'))
      task('tab-1', () => sleep('1ms'))
    })
    await expect(twice).rejects.toMatchObject({ code: 'HEDDLE_DUPLICATE_TASK' })
  })

  test('cannot be given outside a run', () => {
    let taken: World['sleep'] | undefined
    return once(({ sleep }) => {
      taken = sleep
    }).then(() => expect(() => taken?.('1ms')).toThrow(/belong|outside/))
  })
})

describe('a step', () => {
  test('touches anything, unless its operation says what', async () => {
    const run = await once(async ({ operation }) => {
      await operation('undeclared')
      await operation('declared', { reads: ['a'], writes: ['b'] })
      await operation('nothing', { reads: [] })
    })
    expect(run.steps.map(({ footprint }) => footprint)).toEqual([
      { reads: [], writes: ['*'] },
      { reads: ['*', 'a'], writes: ['b'] },
      { reads: ['*'], writes: [] },
    ])
  })

  test('adds what was read and written of shared values, and nothing that a claim looks at', async () => {
    const run = await once(async ({ operation, shared, check }) => {
      const inbox = shared('inbox', { open: false, seen: [] as string[] })
      check.always('looks', () => inbox.seen.length < 10)
      await operation('first', { reads: [] })
      if (!inbox.open) inbox.open = true
      await operation('second', { writes: ['x'] })
      inbox.seen.push('hello')
      await operation('third', { reads: [] })
    })
    expect(run.steps.map(({ footprint }) => footprint)).toEqual([
      { reads: ['*', 'inbox.open'], writes: ['inbox.open'] },
      {
        reads: ['*', 'inbox.seen', 'inbox.seen.length'],
        writes: ['x', 'inbox.seen.*', 'inbox.seen.0', 'inbox.seen.length'],
      },
      { reads: ['*'], writes: [] },
    ])
  })
})
