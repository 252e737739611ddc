import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { on } from './property.ts'
import type { Scenario } from './scenario.ts'
import { NO_EXCEPTION, type Run, runAll } from './scheduler.ts'
import { seeded } from './source.ts'
import { fifo } from './strategies/fifo.ts'
import { random } from './strategies/random.ts'
import { type World, world } from './world.ts'

/** One run for each seed. */
function hunt(scenario: Scenario, seeds: readonly number[], all = runAll): Promise<Run[]> {
  return all(seeds.length, (index) => [
    scenario,
    {
      source: ({ budgets }) =>
        seeded({ seed: seeds[index] as number, strategy: random, timing: 'sampled', budgets }),
    },
  ])
}

/** One run in the order in which nothing races. */
async function once(body: (world: World) => void | Promise<void>, options = {}): Promise<Run> {
  const scenario = world('once', body, options)
  const source = seeded({ seed: 1, strategy: fifo, timing: 'untimed', budgets: { drops: 2 } })
  return (await runAll(1, () => [scenario, { source }]))[0] as Run
}

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed)
const idsOf = (run: Run | undefined) => run?.steps.map(({ event }) => event.id)
const whatHappened = ({ steps, verdict, violations, ending }: Run) =>
  JSON.stringify({ steps, verdict, violations, ending })

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
const busy = (make = world) => make('busy', busyBody, { budgets: { drops: 1 } })

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
      ...(await original<typeof import('./host.ts')>()),
      drainSynchronously: () => false,
    }))
    const turns = { ...(await import('./world.ts')), ...(await import('./scheduler.ts')) }
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
      { numRuns: 300 },
    )
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

  test('listens to its signal no longer than it is pending', async () => {
    const signal = new AbortController().signal
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await once(async ({ task, operation }) => {
      await operation('done', { signal })
      task('tab-1', () => operation('never', { signal, fault: 'drops' }))
    })
    expect(added).toHaveBeenCalledTimes(2)
    expect(removed.mock.calls).toEqual(added.mock.calls.map((call) => call.slice(0, 2)))
  })
})

describe('what the code under test throws', () => {
  const listen = () => {
    const heard: unknown[] = []
    const names = ['unhandledRejection', 'uncaughtException', 'uncaughtExceptionMonitor', 'rejectionHandled']
    const hear = (thrown: unknown) => heard.push(thrown)
    for (const name of names) process.on(name, hear)
    const counts = () => names.map((name) => process.listenerCount(name))
    const before = { counts: counts(), emit: process.emit, nextTick: process.nextTick, queueMicrotask }
    return {
      heard,
      before,
      after: () => ({ counts: counts(), emit: process.emit, nextTick: process.nextTick, queueMicrotask }),
      stop: () => {
        for (const name of names) process.off(name, hear)
      },
    }
  }

  const failing: Record<string, (world: World) => void | Promise<void>> = {
    'a task rejects': ({ task, sleep }) => {
      task('tab-1', async () => {
        await sleep('1ms')
        throw new TypeError('no inbox')
      })
    },
    'a rejection is not handled': async ({ sleep }) => {
      await sleep('1ms')
      void Promise.reject(new TypeError('no inbox'))
    },
    'a rejection is handled too late': async ({ sleep }) => {
      await sleep('1ms')
      const late = Promise.reject(new TypeError('no inbox'))
      await sleep('1ms')
      late.catch(() => {})
    },
    'a tick throws': async ({ sleep }) => {
      await sleep('1ms')
      process.nextTick(() => {
        throw new TypeError('no inbox')
      })
    },
    'a microtask throws': async ({ sleep }) => {
      await sleep('1ms')
      queueMicrotask(() => {
        throw new TypeError('no inbox')
      })
    },
  }

  test.each(Object.entries(failing))('is a violation where %s', async (_, body) => {
    const listening = listen()
    try {
      const run = await once(body)
      expect(run).toMatchObject({
        verdict: 'violated',
        violations: [{ property: NO_EXCEPTION, message: 'TypeError: no inbox', step: 1 }],
      })
      // What Node has to say, it says within a turn of the event loop.
      await new Promise((resolve) => setTimeout(resolve, 1))
      expect(listening.heard).toEqual([])
      expect(listening.after()).toEqual(listening.before)
    } finally {
      listening.stop()
    }
  })

  test('is a violation before the first step too, whatever is thrown', async () => {
    const body = () => {
      throw undefined
    }
    const run = await once(body)
    expect(run.violations).toMatchObject([{ property: NO_EXCEPTION, message: 'undefined', step: 0 }])
  })

  test('leaves the runs after it as they are', async () => {
    const [, after] = await hunt(world('alternates', failing['a tick throws'] as never), [1, 2])
    expect(after).toMatchObject({ verdict: 'violated', violations: [{ step: 1 }] })
    const runs = await hunt(busy(), seeds(20))
    expect(runs.map(whatHappened)).toEqual((await hunt(busy(), seeds(20))).map(whatHappened))
  })

  test('does not hide from the process what is thrown outside a run', async () => {
    const listening = listen()
    try {
      await once(({ sleep }) => sleep('1ms'))
      process.emit('rejectionHandled', Promise.resolve())
      expect(listening.heard).toHaveLength(1)
    } finally {
      listening.stop()
    }
  })
})

describe('a run in which a task waits for ever', () => {
  test('is stuck, and says who waits, and at which line', async () => {
    const next = () => new Promise<void>(() => {})
    const run = await once(({ task, sleep }) => {
      task('tab-1', async () => {
        await sleep('1ms')
        await next() // the line
      })
      task('tab-2', async () => {
        await sleep('1ms')
      })
    })
    const { readFileSync } = await import('node:fs')
    const source = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
    const line = source.findIndex((text) => text.endsWith('// the line')) + 1
    expect(run.verdict).toBe('stuck')
    expect(run.waiting).toHaveLength(1)
    expect(run.waiting[0]).toMatch(
      `tab-1 waits at world.test.ts:${line} for a promise that nothing can settle, since tab-1/sleep#1`,
    )
  })

  test('is stuck where a real timer is awaited, and tells what to use instead', async () => {
    const run = await once(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
    })
    expect(run).toMatchObject({ verdict: 'stuck', steps: [] })
    expect(run.waiting[0]).toMatch(/^main waits at world\.test\.ts:\d+ .*a real timer.*use sleep\(\)/)
  })

  test('is not stuck where only tasks in the background wait', async () => {
    const run = await once(({ task }) => {
      task('server', () => new Promise(() => {}), { background: true })
    })
    expect(run).toMatchObject({ verdict: 'no violation found', waiting: [] })
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
