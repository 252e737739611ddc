// What a person reads where a simulated test fails: what is violated, how it came to it, and where in their own code.

import { beforeAll, describe, expect, it } from 'vitest'
import { project, type Ran, SPAWNS } from './project.fixture.ts'
import { IMPORTS, INBOX, tabs } from './samples.fixture.ts'

const THROWS = `${IMPORTS}
interface Door {
  isOpen: boolean
}

const door = (): Door => ({ isOpen: false })

const opened = (one: Door) => {
  expect(one).toEqual({ isOpen: true }) // helper
}

test.sim('an assertion in a task', ({ task, sleep }) => { // first test
  const one = door()
  task('server', async () => {
    await sleep(['10ms', '50ms'])
    one.isOpen = true
  })
  task('client', async () => {
    await sleep(['10ms', '50ms'])
    opened(one) // call
  })
})

test.sim('an assertion in a claim', ({ task, sleep, check }) => {
  const one = door()
  task('server', async () => {
    await sleep(['10ms', '50ms'])
  })
  check.eventually('the door is open', () => {
    expect(one).toEqual({ isOpen: true }) // claim
  })
})

test.sim('an error of its own', async ({ sleep }) => {
  await sleep('1ms')
  throw new TypeError('no such door\\nnor window') // own
})

test.sim('something that is no error', async ({ sleep }) => {
  await sleep('1ms')
  throw 'just a word'
})

test.sim('a task that is stuck', async ({ sleep }) => { // stuck
  await sleep('1ms')
  await new Promise(() => {})
})

test.sim('a monitor', async ({ observe, sleep, check }) => {
  check.monitor({ name: 'nothing is seen', on: ['seen'], initial: {}, observe: () => 'something was seen' }) // monitor
  await sleep('1ms')
  observe({ type: 'seen' })
})

test.sim('a property of its options', ({ shared, task, sleep }) => { // option
  const one = shared('door', door())
  task('server', async () => {
    await sleep(['10ms', '50ms'])
    one.isOpen = true
  })
}, { properties: [always('the door stays shut', ({ door }) => !door.isOpen)] })

test.sim('tabs under two machines', ${tabs('competing')})

test.sim('tabs with a claim more', ${tabs('competing').replace('[oneOwnerPerUser]', '[]')}, { properties: [oneOwnerPerUser] })
`

const app = project({ 'inbox.test.ts': INBOX, 'throws.test.ts': THROWS })
let ran: Ran

beforeAll(async () => {
  ran = await app.run(['--no-file-parallelism'])
}, SPAWNS.timeout)

/** What is shown of one failing test. */
const shown = (name: string) => {
  const start = ran.output.indexOf(` > ${name}\n`, ran.output.indexOf('Failed Tests'))
  return ran.output.slice(start, ran.output.indexOf('⎯⎯⎯⎯⎯', start))
}
/** The line on which a comment stands. */
const lineOf = (comment: string, text = THROWS) =>
  text.split('\n').findIndex((line) => line.includes(comment)) + 1
const frames = (name: string) => [...shown(name).matchAll(/❯ (?:\S+ )?(\S+:\d+):\d+/g)].map(([, at]) => at)

describe('a failing simulation', () => {
  it('reads as a failure of the runner, with all that helps to see it again', () => {
    expect(
      shown('keeps the first message')
        .split('\n')
        .map((line) => line.trimEnd())
        .join('\n'),
    ).toContain(` > keeps the first message
Violation: hello is processed: it does not hold

        time  tab-1                             server
         1ms  sleep → finished
        10ms                                    services.ready → finished
              ✗ hello is processed: it does not hold

  Found      seed 1, schedule 1 of 100
  Violated   it does not hold (step 2, 10ms)
  Shrunk     none of its 2 steps could be left out
  The race   tab-1/sleep#1 before server/services.ready#1. The other way round, it holds.
  Written    .heddle/inbox.test.ts/keeps-the-first-message.hello-is-processed.replay
  Replay     HEDDLE_REPLAY=.heddle/inbox.test.ts/keeps-the-first-message.hello-is-processed.replay npx vitest run inbox.test.ts -t '^keeps the first message$'
  Paste      heddle1:`)
  })

  it('points at the claim, and then at the test', () => {
    expect(frames('keeps the first message')).toEqual([
      `inbox.test.ts:${lineOf('check.eventually', INBOX)}`,
      `inbox.test.ts:${lineOf('test.sim', INBOX)}`,
    ])
    expect(shown('keeps the first message')).toContain("check.eventually('hello is processed'")
  })

  it('keeps the message and the diff of an assertion, and points at it', () => {
    const text = shown('an assertion in a task')
    expect(text).toContain('AssertionError: expected { isOpen: false } to deeply equal { isOpen: true }\n')
    expect(text).toContain('-   "isOpen": true,\n+   "isOpen": false,')
    expect(text).toContain('The race   client/sleep#1 before server/sleep#1.')
    expect(frames('an assertion in a task')).toEqual([
      `throws.test.ts:${lineOf('// helper')}`,
      `throws.test.ts:${lineOf('// call')}`,
      `throws.test.ts:${lineOf('// first test')}`,
    ])
  })

  it('keeps them of an assertion in a claim, too', () => {
    const text = shown('an assertion in a claim')
    expect(text).toContain('AssertionError: the door is open: expected { isOpen: false } to deeply equal')
    expect(text).toContain('-   "isOpen": true,\n+   "isOpen": false,')
    expect(frames('an assertion in a claim')[0]).toBe(`throws.test.ts:${lineOf('// claim')}`)
  })

  it('points at what was thrown', () => {
    expect(shown('an error of its own')).toContain('TypeError: no such door\nnor window\n')
    expect(frames('an error of its own')[0]).toBe(`throws.test.ts:${lineOf('// own')}`)
    expect(shown('something that is no error')).toContain(
      'Violation: the code under test throws nothing: just a word\n',
    )
  })

  it.each([
    ['a task that is stuck', '// stuck', 'main waits for a promise that nothing can settle'],
    ['a monitor', '// monitor', 'nothing is seen: something was seen'],
    ['a property of its options', '// option', 'the door stays shut: it does not hold'],
  ])('points at the line that is nearest: %s', (name, comment, message) => {
    expect(shown(name)).toContain(message)
    expect(frames(name)[0]).toBe(`throws.test.ts:${lineOf(comment)}`)
  })

  it.each(['tabs under two machines', 'tabs with a claim more'])('is shrunk: %s', (name) => {
    expect(shown(name)).toContain('Violation: one owner per user: ')
    expect(shown(name)).toContain('Shrunk     3 connections → 2, 3 messages → 0, ')
    expect(shown(name)).toContain('The race   tab-1/transport.accepted#1 before tab-1/auth.resolve#1.')
  })

  it('is told also where its replay file cannot be written', SPAWNS, async () => {
    const { failure, tests } = await app.run(['inbox.test.ts'], { HEDDLE_OUT: 'inbox.test.ts' })
    expect(tests).toHaveLength(1)
    const text = failure('keeps the first message')
    expect(text).toContain('Violation: hello is processed: it does not hold')
    expect(text).toContain(
      '  Written    nothing. Writing inbox.test.ts/inbox.test.ts/keeps-the-first-message.hello',
    )
    expect(text).toMatch(/ {2}Replay {5}HEDDLE_REPLAY=heddle1:\S+ npx vitest run inbox\.test\.ts -t /)
  })
})
