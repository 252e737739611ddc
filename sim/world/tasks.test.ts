import { describe, expect, test } from 'vitest'
import { outcomeOf } from '../replay/trace.ts'
import { NO_EXCEPTION } from '../scheduler.ts'
import { busy, hunt, once, seeds, whatHappened } from './world.fixture.ts'
import { type World, world } from './world.ts'

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
    expect(run.waitingAt).toHaveLength(1)
    expect(run.waitingAt[0]).toMatch(
      `tab-1 waits at tasks.test.ts:${line} for a promise that nothing can settle, since tab-1/sleep#1`,
    )
  })

  test('names no line in what lands in its trace, as lines differ between versions and hosts', async () => {
    const run = await once(async () => {
      await new Promise(() => {})
    })
    expect(run.waitingAt[0]).toContain('tasks.test.ts')
    expect(run.waiting[0]).toMatch(/^main waits for a promise that nothing can settle, from its start/)
    expect(outcomeOf(run).message).toBe(run.waiting[0])
  })

  test('is stuck where a real timer is awaited, and tells what to use instead', async () => {
    const run = await once(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
    })
    expect(run).toMatchObject({ verdict: 'stuck', steps: [] })
    expect(run.waitingAt[0]).toMatch(/^main waits at tasks\.test\.ts:\d+ .*a real timer.*use sleep\(\)/)
  })

  test('is not stuck where only tasks in the background wait', async () => {
    const run = await once(({ task }) => {
      task('server', () => new Promise(() => {}), { background: true })
    })
    expect(run).toMatchObject({ verdict: 'no violation found', waiting: [] })
  })
})
