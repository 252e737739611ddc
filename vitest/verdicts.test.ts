// Why a simulated test fails that violates nothing: it looked at too little, took too long, did not do the same twice,
// or was asked for something that there is not. Each is told in one line, at the line that made the test.

import { beforeAll, describe, expect, it } from 'vitest'
import { project, type Ran, SPAWNS } from './project.fixture.ts'
import { IMPORTS } from './samples.fixture.ts'

const VERDICTS = `${IMPORTS}
import { actor, scenario, System } from 'heddle'
import { vi } from 'vitest'

const tick = async ({ task, sleep }) => {
  task('a', () => sleep(['1ms', '5ms']))
  await sleep(['1ms', '5ms'])
}
const goal = ({ sleep, check }) => {
  check.sometimes('the impossible', () => false)
  return sleep('1ms')
}
const forever = async ({ sleep }) => {
  for (;;) await sleep('1ms')
}
let calls = 0
const unlike = async ({ sleep, operation }) => {
  await sleep('1ms')
  await operation(calls++ % 2 === 0 ? 'odd' : 'even')
}
// Differs only in seeds that a self-check leaves out unless it is asked for every seed.
let runs = 0
const rarelyUnlike = async ({ task, sleep, operation }) => {
  task('b', () => sleep('1ms'))
  if (runs++ === 21) await operation('once')
}
const slowly = async ({ sleep }) => {
  const until = performance.now() + 100
  while (performance.now() < until);
  await sleep('1ms')
}
const counter = (name, upTo) => {
  const counting = actor({
    initial: { count: 0 },
    start: (_, { setTimer }) => setTimer('next', ['0ms', '5ms'], { type: 'next' }),
    receive(state, _, { setTimer }) {
      state.count++
      if (state.count < upTo) setTimer('next', ['0ms', '5ms'], { type: 'next' })
    },
  })
  const system = new System({ actors: { a: counting, b: counting, c: counting } })
  return (properties) => scenario({ name, system, properties })
}
const small = counter('small', 3)
const large = lifecycle('large', { connections: 4, messages: 2, coordinator: single() })
const lock = (waits) => ({ task, shared, check }) => {
  const door = shared('door', { inside: 0, most: 0 })
  for (const name of ['ann', 'bob']) {
    task(name, async (self) => {
      await self.operation('enter', { reads: [], ...(waits ? { when: () => door.inside === 0 } : {}) })
      door.inside++
      door.most = Math.max(door.most, door.inside)
      await self.operation('leave', { reads: [] })
      door.inside--
    })
  }
  check.always('one inside', () => door.inside <= 1)
}

test.sim('reaches nothing', goal, { runs: 5 })
test.sim('reaches nothing in one', goal, { runs: 1 })
test.sim('may reach nothing', goal, { runs: 5, allowUnreached: true })
test.sim('never rests', forever, { runs: 3 })
test.sim('is not the same twice', unlike)
test.sim('is seldom not the same twice', rarelyUnlike, { runs: 30 })
test.sim('takes too long', slowly, { timeoutMs: 400 })
test.sim('takes too long under fake timers', async (world) => slowly(world), { timeoutMs: 401 })
test('fake timers are in place', () => { vi.useFakeTimers() })
test.sim('runs under fake timers', tick, { runs: 5 })
test('fake timers are gone', () => { vi.useRealTimers() })

describe('exhaustive', () => {
  test.sim('holds of actors', small([always('they count', () => true)]), { exhaustive: true })
  test.sim('is violated by actors', small([always('c stays behind', ({ a, c }) => c.count <= a.count)]), { exhaustive: true })
  test.sim('is cut short of actors', large, { exhaustive: true, timeoutMs: 150 })
  test.sim('is unreached by actors', small([sometimes('four', ({ a }) => a.count === 4)]), { exhaustive: true })
  test.sim('holds of code', lock(true), { exhaustive: true })
  test.sim('is violated by code', lock(false), { exhaustive: true })
  test.sim('is cut short of code', world('endless', forever, { stepsMax: 50 }), { exhaustive: true })
  test.sim('is unreached by code', goal, { exhaustive: true })
})

describe('asked for', () => {
  test.sim('with an option that is none', tick, { timeout: 5 })
  test.sim('with an option that does not fit', tick, { runs: 'many' })
  test.sim('without a subject')
  test.sim('with a promise', Promise.resolve())
  test.sim('with one task twice', async ({ task, sleep }) => {
    task('a', () => sleep('1ms'))
    await sleep('1ms')
    task('a', () => sleep('1ms')) // again
  })
  test.sim('with a scenario that is broken', { name: 'broken', begin: 7 })
  test.sim.each([1])('each without a function', {})
  test.sim.each([1])('each with a function that throws', () => { throw new Error('no case') })
})

`

const app = project({ 'verdicts.test.ts': VERDICTS })
let ran: Ran

beforeAll(async () => {
  ran = await app.run(['--reporter=verbose'])
}, SPAWNS.timeout)

const firstLine = (name: string) => ran.failure(name).split('\n')[0]

describe('a simulated test', () => {
  it.each([
    'may reach nothing',
    'runs under fake timers',
    'exhaustive holds of actors',
    'exhaustive holds of code',
  ])('passes: %s', (name) => {
    expect(ran.failure(name)).toBe('')
    expect(ran.status(name)).toBe('passed')
  })

  it.each([
    [
      'reaches nothing',
      'HeddleError: Expected "reaches nothing" to reach sometimes "the impossible", found that it never does in 5 runs, so that what holds may hold only for want of it. Ask for more "runs" or another scenario, or set "allowUnreached".',
    ],
    ['reaches nothing in one', 'found that it never does in its one run,'],
    [
      'never rests',
      'HeddleError: Expected runs of "never rests" to come to rest, found that none does within 10,000 steps and 3,600 s of virtual time, so that nothing was judged to its end.',
    ],
    [
      'is not the same twice',
      'HeddleError: "is not the same twice" is not deterministic. Seed 1, run twice, diverged at step 2 (t=1ms): ',
    ],
    [
      'takes too long',
      'HeddleError: Expected the runs of "takes too long" to be over within 400 ms, found that they are not.',
    ],
    ['takes too long under fake timers', 'to be over within 401 ms, found that they are not.'],
    [
      'exhaustive is cut short of actors',
      'HeddleError: Expected every schedule of "large" to be covered, found that the end of its time came first. In ',
    ],
    [
      'exhaustive is cut short of code',
      'found that a run that is longer than "stepsMax" of the scenario came first. In 1 schedule, nothing was violated.',
    ],
    [
      'exhaustive is unreached by actors',
      'to reach sometimes "four", found that it never does in any schedule',
    ],
    [
      'exhaustive is unreached by code',
      'to reach sometimes "the impossible", found that it never does in any',
    ],
    ['asked for with an option that is none', 'Expected the options of test.sim() to be among runs, seed, '],
    [
      'asked for with an option that does not fit',
      'Expected "runs" of test.sim() to be an integer from 1 to',
    ],
    [
      'asked for without a subject',
      'HeddleError: Expected test.sim() to be given a scenario or the body of a world, found undefined.',
    ],
    ['asked for with a promise', 'to be given a scenario or the body of a world, found object.'],
    ['asked for with a scenario that is broken', 'Expected "begin" of a scenario to be a function, found 7.'],
    ['asked for each without a function', 'a scenario or the body of a world, found undefined.'],
    ['asked for each with a function that throws', 'Error: no case'],
  ])('fails in a line: %s', (name, message) => {
    expect(ran.status(name)).toBe('failed')
    expect(firstLine(name)).toContain(message)
  })

  it('points at the line that made it', () => {
    const line = VERDICTS.split('\n').findIndex((text) => text.includes("'never rests'")) + 1
    expect(ran.output).toContain(`❯ verdicts.test.ts:${line}:`)
  })

  it('points at the line that makes the mistake', () => {
    const line = VERDICTS.split('\n').findIndex((text) => text.includes('// again')) + 1
    expect(firstLine('asked for with one task twice')).toContain('Expected a new task name, found "a" twice.')
    expect(ran.output).toContain(`❯ verdicts.test.ts:${line}:5`)
  })

  it('tells how much an exhaustive one has covered', () => {
    expect(ran.output).toContain('holds: every schedule, 12 states')
    expect(ran.output).toMatch(/holds: every schedule, \d+ schedules that differ in more than the order of/)
  })

  it.each([
    [
      'exhaustive is violated by actors',
      'Violation: c stays behind: it does not hold',
      'Found      among 6 states; 1 step, as few as there can be\n',
    ],
    [
      'exhaustive is violated by code',
      'Violation: one inside: it does not hold',
      'schedule 1 of those that differ in more than independent steps\n',
    ],
  ])('fails with a counterexample where not every schedule holds: %s', (name, message, found) => {
    expect(firstLine(name)).toBe(message)
    expect(ran.failure(name)).toContain(found)
    expect(ran.failure(name)).toContain(
      'Replay     HEDDLE_REPLAY=.heddle/verdicts.test.ts/exhaustive-is-violated-by-',
    )
  })
})

describe('the environment', SPAWNS, () => {
  const only = (name: string) => ['-t', `^${name}$`]

  it('has every seed run twice', async () => {
    expect(ran.status('is seldom not the same twice')).toBe('passed')
    const checked = await app.run(only('is seldom not the same twice'), { HEDDLE_CHECK_DETERMINISM: '1' })
    expect(checked.failure('is seldom not the same twice')).toContain(
      '"is seldom not the same twice" is not deterministic. Seed 10, run twice, diverged at step 1 (t=1ms): ',
    )
  })

  it('says how many seeds are run, from which on, and where files go', async () => {
    const again = await app.run(['-t', 'is violated by code$'], { HEDDLE_OUT: 'found' })
    expect(again.code).toBe(1)
    expect(app.files('found')).toEqual(['verdicts.test.ts/exhaustive-is-violated-by-code.one-inside.replay'])
    const { failure } = await app.run(only('reaches nothing'), { HEDDLE_RUNS: '2', HEDDLE_SEED: '77' })
    expect(failure('reaches nothing')).toContain('found that it never does in 2 runs')
  })

  it('is refused in a line where it says nothing that fits', async () => {
    const { failure, tests } = await app.run(only('(may reach|runs under).*'), { HEDDLE_RUNS: 'all' })
    expect(tests.filter(({ status }) => status === 'failed')).toHaveLength(2)
    expect(failure('may reach nothing').split('\n')[0]).toBe(
      'HeddleError: Expected the environment variable HEDDLE_RUNS to be an integer from 1 to 1000000, found "all".',
    )
  })
})
