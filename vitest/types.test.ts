// What the types let a user write, and what not: a line with an expected error that has none is an error itself.

import { expect, it } from 'vitest'
import { project, SPAWNS } from './project.fixture.ts'
import { typeErrors } from './type-check.fixture.ts'

const SAMPLE = `
import { check, explore, hunt, random, type Run, run, type Scenario, world } from 'heddle'
import { lifecycle, single } from 'heddle/model'
import { oneOwnerPerUser } from 'heddle/properties'
import { type Body, expect, it, replays, type SimOptions, type Subject, test } from 'heddle/vitest'
import { expect as plainExpect, expectTypeOf, test as plainTest } from 'vitest'

const tabs = lifecycle('tabs', { connections: 2, coordinator: single() })
const options: SimOptions = { runs: 5, seed: 1, strategy: random, timing: 'untimed', timeoutMs: 100, out: 'found' }

test.sim('a scenario', tabs)
test.sim('a scenario', tabs, options)
test.sim('a scenario', { exhaustive: true, properties: [oneOwnerPerUser] }, tabs)
test.sim('a body', ({ task, sleep, operation, check, shared, observe }) => {
  const door = shared('door', { isOpen: false })
  expectTypeOf(door.isOpen).toBeBoolean()
  expectTypeOf(task('a', async (self) => self.sleep('1ms'))).toEqualTypeOf<Promise<void>>()
  expectTypeOf(operation('b')).resolves.toBeVoid()
  check.always('c', () => true)
  observe({ type: 'd' })
  void sleep
})
test.sim('an asynchronous body', { runs: 5 }, async ({ sleep }) => sleep(['1ms', '5ms']))
it.sim.only('a body', () => {})
test.sim.skip.fails('a body', () => {})
test.sim.concurrent('a body', () => {})
test.sim.skipIf(process.platform === 'win32')('a body', () => {})
test.sim.runIf(true)('a body', () => {})
test.sim.todo('later')
test.sim.each([[1, 'a'], [2, 'b']] as const)('%i %s', (count, name) => {
  expectTypeOf(count).toEqualTypeOf<1 | 2>()
  expectTypeOf(name).toEqualTypeOf<'a' | 'b'>()
  return tabs
})
test.sim.each([{ tabs: 1 }])('$tabs', (one) => {
  expectTypeOf(one).toEqualTypeOf<{ tabs: number }>()
  return async ({ sleep }) => sleep('1ms')
})
test.sim.for([[1, 2]])('%i', ([a, b]) => {
  expectTypeOf(a).toEqualTypeOf<number | undefined>()
  return ({ check }) => check.always('d', () => a === b)
}, { runs: 5 })
test.sim.each\`a | b
  \${1} | \${2}\`('$a', { runs: 5 }, ({ a }) => lifecycle(String(a), { coordinator: single() }))

// @ts-expect-error: an option that there is not
test.sim('a scenario', tabs, { timeout: 5 })
// @ts-expect-error: an option of another type
test.sim('a scenario', tabs, { runs: '5' })
// @ts-expect-error: a timing that there is not
test.sim('a scenario', tabs, { timing: 'exact' })
// @ts-expect-error: no subject
test.sim('nothing')
// @ts-expect-error: a promise is no subject
test.sim('a promise', Promise.resolve(tabs))
// @ts-expect-error: a body is given what a world has
test.sim('a body', ({ wait }) => wait())
// @ts-expect-error: each case makes a subject
test.sim.each([1])('%i', (one) => one)
// @ts-expect-error: the runner's own test is as it was
plainTest.sim('a scenario', tabs)

test('plain', ({ task }) => void expectTypeOf(task.name).toBeString())
test.each([1, 2])('%i', (one) => void expectTypeOf(one).toBeNumber())
test.extend({ answer: 42 })('extended', ({ answer }) => void expectTypeOf(answer).toBeNumber())

export async function matchers(one: Run, scenario: Scenario) {
  expect(one).toHold()
  expect(one).not.toHold('one owner per user')
  plainExpect(await hunt(tabs)).toHold(oneOwnerPerUser)
  plainExpect(await check(tabs)).toHold()
  plainExpect(await explore(tabs)).toHold()
  expectTypeOf(expect(one).toReplayExactly()).toEqualTypeOf<Promise<void>>()
  await expect('a.replay').not.toReplayExactly(scenario)
  // @ts-expect-error: a property, by its name or itself
  expect(one).toHold(5)
  // @ts-expect-error: a scenario
  await expect(one).toReplayExactly('tabs')
}

replays('replays', { scenarios: [tabs] })
replays(new URL('./replays', import.meta.url), { scenarios: ({ scenario }) => (scenario === 'tabs' ? tabs : undefined) })
// @ts-expect-error: without scenarios, nothing can be replayed
replays('replays')

const body: Body = async ({ sleep }) => sleep('1ms')
const subjects: readonly Subject[] = [body, tabs, world('a', body)]
export { run, subjects }
`

it('the types take what can be run, and nothing else', SPAWNS, () => {
  const { path } = project({ 'sample.ts': SAMPLE })
  expect(typeErrors([`${path}/sample.ts`])).toEqual([])
})
