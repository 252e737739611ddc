import { expect, test } from 'vitest'
import type { Scenario } from './scenario.ts'
import { runAll } from './scheduler.ts'
import { seeded } from './source.ts'
import { random } from './strategies/random.ts'
import { world } from './world.ts'

const hunt = (scenario: Scenario, count: number) =>
  runAll(count, (seed) => [
    scenario,
    { source: ({ budgets }) => seeded({ seed, strategy: random, timing: 'sampled', budgets }) },
  ])

class Inbox {
  processed: string[] = []
  #early: string[] = []
  #isOpen = false
  readonly #keeps: boolean
  constructor(keeps: boolean) {
    this.#keeps = keeps
  }
  open() {
    this.#isOpen = true
    this.processed.push(...this.#early)
  }
  deliver(message: string) {
    if (this.#isOpen) this.processed.push(message)
    else if (this.#keeps) this.#early.push(message)
  }
}

const inboxes = (keeps: boolean) =>
  world('inbox', async ({ task, sleep, operation, check }) => {
    const inbox = new Inbox(keeps)
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

test('finds the message that is lost while services start', async () => {
  const runs = await hunt(inboxes(false), 100)
  const violated = runs.filter(({ verdict }) => verdict === 'violated')
  expect(violated.length).toBeGreaterThan(0)
  expect(violated.length).toBeLessThan(100)
  expect(violated[0]?.violations).toMatchObject([{ property: 'hello is processed' }])
})

test('finds nothing once early messages are kept', async () => {
  const runs = await hunt(inboxes(true), 100)
  expect(runs.map(({ verdict }) => verdict)).toEqual(Array(100).fill('no violation found'))
})
