// A simulated test is made in every way in which the runner makes a test, and beside the runner's own.

import { beforeAll, describe, expect, it } from 'vitest'
import { project, type Ran, SPAWNS } from './project.fixture.ts'
import { IMPORTS, INBOX, MENDED, tabs } from './samples.fixture.ts'

const WAYS = `${IMPORTS}
const holds = ({ check }) => check.always('it holds', () => true)
const fails = ({ check }) => check.always('it holds', () => false)
const sums = (a, b, sum) => ({ check }) => check.always('it adds up', () => a + b === sum)

test.sim('holds', holds)
test.sim('fails', fails)
test.sim.fails('is expected to fail', fails)
test.sim.fails('is expected to fail, and holds', holds)
test.sim.skip('is skipped', fails)
test.sim.todo('is to be done')
test.sim.skipIf(true)('is skipped if', fails)
test.sim.skipIf(false)('is not skipped if', holds)
test.sim.runIf(false)('is not run if', fails)
test.sim.runIf(true)('is run if', holds)
test.sim.skip.fails('is skipped, whatever is expected', fails)
test.sim.concurrent('is one of two at once', async ({ task, sleep }) => {
  task('a', async () => sleep(['1ms', '5ms']))
  await sleep(['1ms', '5ms'])
})
test.sim.concurrent('is the other of two at once', async ({ task, sleep }) => {
  task('a', async () => sleep(['1ms', '5ms']))
  await sleep(['1ms', '5ms'])
})
test.sim('has its options in front', { runs: 3, seed: 8 }, fails)
test.sim('has its options behind', fails, { runs: 3, seed: 8 })
test.sim('is a scenario', ${tabs('single()')})
test.sim(function named() {}, holds)

describe('each', () => {
  test.sim.each([[1, 1, 2], [2, 2, 5]])('%i + %i is %i', (a, b, sum) => sums(a, b, sum))
  test.sim.each([1, 2])('%i of one', (one) => sums(one, 1, 2))
  test.sim.each([[1, 1], 2])('%j mixed', (one) => sums(Array.isArray(one) ? one.length : 0, 0, 2))
  test.sim.each\`
    a    | b    | sum
    \${1} | \${1} | \${2}
    \${1} | \${2} | \${2}
  \`('$a and $b', { runs: 2 }, ({ a, b, sum }) => sums(a, b, sum))
  test.sim.for([[1, 1, 2], [2, 2, 5]])('%i for %i', ([a, b, sum]) => sums(a, b, sum), { runs: 2 })
  test.sim.skip.each([1])('%i skipped', () => fails)
  test.sim.each([3])('%i tabs', (connections) => ${tabs('single()').replace('connections: 3', 'connections')})
})

describe("the runner's own", () => {
  test('passes', () => expect(1).toBe(1))
  test('fails', () => expect(1).toBe(2))
  test.each([1])('each of %i', (one) => expect(one).toBe(1))
  test.fails('fails as expected', () => expect(1).toBe(2))
  test('gives a context', ({ task }) => expect(task.name).toBe('gives a context'))
  const extended = test.extend({ answer: 42 })
  extended('is extended', ({ answer }) => expect(answer).toBe(42))
})
`

const ONLY = `${IMPORTS}
test.sim('another', ({ check }) => check.always('it holds', () => false))
test.sim.only('the only one', ({ check }) => check.always('it holds', () => true))
`

const app = project({ 'ways.test.ts': WAYS, 'only.test.ts': ONLY })
let ran: Ran

beforeAll(async () => {
  ran = await app.run()
}, SPAWNS.timeout)

describe('a simulated test', () => {
  it.each([
    ['holds', 'passed'],
    ['fails', 'failed'],
    ['is expected to fail', 'passed'],
    ['is expected to fail, and holds', 'failed'],
    ['is skipped', 'skipped'],
    ['is to be done', 'todo'],
    ['is skipped if', 'skipped'],
    ['is not skipped if', 'passed'],
    ['is not run if', 'skipped'],
    ['is run if', 'passed'],
    ['is skipped, whatever is expected', 'skipped'],
    ['is one of two at once', 'passed'],
    ['is the other of two at once', 'passed'],
    ['has its options in front', 'failed'],
    ['has its options behind', 'failed'],
    ['is a scenario', 'passed'],
    ['named', 'passed'],
    ['each 1 + 1 is 2', 'passed'],
    ['each 2 + 2 is 5', 'failed'],
    ['each 1 of one', 'passed'],
    ['each 2 of one', 'failed'],
    ['each 1 mixed', 'passed'],
    ['each 2 mixed', 'failed'],
    ['each 1 and 1', 'passed'],
    ['each 1 and 2', 'failed'],
    ['each 1 for 1', 'passed'],
    ['each 2 for 2', 'failed'],
    ['each 1 skipped', 'skipped'],
    ['each 3 tabs', 'passed'],
    ['another', 'skipped'],
    ['the only one', 'passed'],
  ])('%s: %s', (name, status) => {
    expect(ran.status(name)).toBe(status)
  })

  it.each(['has its options in front', 'has its options behind'])('takes its options: %s', (name) => {
    expect(ran.failure(name)).toContain('Found      seed 8, schedule 1 of 3')
  })

  it('is named after its case wherever it fails', () => {
    expect(ran.failure('each 2 + 2 is 5')).toContain("-t '^each( >)? 2 \\+ 2 is 5$'")
    expect(app.files('.heddle/ways.test.ts')).toContain('each-2-2-is-5.it-adds-up.replay')
  })
})

describe("the runner's own tests", () => {
  it.each([
    ['passes', 'passed'],
    ['fails', 'failed'],
    ['each of 1', 'passed'],
    ['fails as expected', 'passed'],
    ['gives a context', 'passed'],
    ['is extended', 'passed'],
  ])('are what they are without heddle: %s: %s', (name, status) => {
    expect(ran.status(`the runner's own ${name}`)).toBe(status)
  })
})

describe('the tests of a project', SPAWNS, () => {
  const INBOXES = {
    'a.test.ts': INBOX,
    'b.test.ts': INBOX,
    'more/a.test.ts': INBOX,
    'mended.test.ts': MENDED,
    'twins.test.ts': `${IMPORTS}
      const fails = ({ check }) => check.always('it holds', () => false)
      describe('a b', () => test.sim('c', fails))
      describe('a', () => test.sim('b c', fails))
      test.sim("a's: b, c", ({ check }) => check.always('it holds', () => 'for another reason'))
      test.sim("a: s b c", fails)
    `,
  }
  const WRITTEN = [
    'a.test.ts/keeps-the-first-message.hello-is-processed.replay',
    'b.test.ts/keeps-the-first-message.hello-is-processed.replay',
    'more/a.test.ts/keeps-the-first-message.hello-is-processed.replay',
    'twins.test.ts/a-b-c.it-holds.replay',
    'twins.test.ts/a-b-c~2.it-holds.replay',
    'twins.test.ts/a-s-b-c.it-holds.replay',
    'twins.test.ts/a-s-b-c~2.it-holds.replay',
  ]

  const texts = new Set<string>()

  it.each([
    ['forks', []],
    ['threads', []],
    ['vmThreads', []],
    ['forks', ['--no-isolate', '--no-file-parallelism']],
    ['threads', ['--sequence.shuffle', '--sequence.seed=5']],
  ])('find the same in %s %j, each in a file of its own', async (pool, more) => {
    const inboxes = project(INBOXES)
    const { code, tests } = await inboxes.run([`--pool=${pool}`, ...more])
    expect(code).toBe(1)
    expect(tests.filter(({ status }) => status === 'failed')).toHaveLength(WRITTEN.length)
    expect(inboxes.files('.heddle')).toEqual(WRITTEN)
    const text = inboxes.read(`.heddle/${WRITTEN[0]}`)
    expect(inboxes.read(`.heddle/${WRITTEN[1]}`)).toBe(text)
    texts.add(text)
    expect(texts.size).toBe(1)
    // The twin is told from the first by where it stands, not by when it ran.
    expect(inboxes.read('.heddle/twins.test.ts/a-s-b-c.it-holds.replay')).toContain('for another reason')
  })

  it('are run again in watch mode once the code was changed, and not because a replay file was written', async () => {
    const inboxes = project({ 'inbox.test.ts': INBOX, 'steady.test.ts': MENDED })
    const watching = inboxes.watch()
    await watching.prints('Tests  1 failed | 1 passed (2)')
    await watching.prints('Watching for file changes')
    expect(inboxes.files('.heddle')).toEqual([WRITTEN[0]?.replace('a.test.ts', 'inbox.test.ts')])
    inboxes.write('inbox.test.ts', MENDED)
    await watching.prints('Tests  1 passed (1)')
    await watching.prints('Waiting for file changes')
    inboxes.write('inbox.test.ts', INBOX)
    await watching.prints('Tests  1 failed (1)')
    await watching.prints('Watching for file changes')
    expect(watching.output().split('RERUN')).toHaveLength(3)
    await watching.stop()
  })
})
