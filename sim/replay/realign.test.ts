// What becomes of a recorded failure when the code is edited: each typical edit, of a world and of a system of actors.

import { describe, expect, test } from 'vitest'
import { actor, type Context } from '../actor.ts'
import type { WindowInput } from '../duration.ts'
import { hunt, record } from '../hunt.ts'
import { always } from '../property.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { random } from '../strategies/random.ts'
import { System } from '../system.ts'
import { world } from '../world/world.ts'
import { parseTrace } from './parse.ts'
import { replay } from './replay.ts'
import type { Trace } from './trace.ts'

/** What somebody may have edited since. */
interface Edit {
  readonly begins?: 'with a look'
  readonly between?: 'a look'
  readonly read?: string
  readonly writes?: WindowInput
  readonly extra?: boolean
  readonly third?: boolean
  readonly locks?: boolean
  readonly property?: string
  readonly skipsRead?: boolean
}

const LOST = 'no update is lost'

/** Two tasks that read a counter, and write what they read and one more. */
function counter(edit: Edit = {}, more: Partial<Scenario> = {}): Scenario {
  const { read = 'read', writes = ['1ms', '9ms'], property = LOST } = edit
  return world(
    'counter',
    ({ task, check, observe }) => {
      let value = 0
      let finished = 0
      const names = edit.third ? ['a', 'b', 'c'] : ['a', 'b']
      for (const name of names) {
        task(name, async (self) => {
          if (edit.begins) await self.operation('look', { window: ['0ms', '3ms'] })
          if (!edit.skipsRead) await self.operation(read, { window: ['1ms', '9ms'] })
          const before = value
          if (edit.between) await self.operation('look')
          if (edit.extra) await self.operation('log', { window: '1ms' })
          if (!edit.locks) await self.operation('write', { window: writes })
          value = before + 1
          if (edit.locks) await self.operation('write', { window: writes })
          observe({ type: 'wrote', name, value })
          finished++
        })
      }
      check.eventually(property, () => finished < names.length || value === names.length)
    },
    more,
  )
}

/** The first failure of a scenario. */
async function failure(of: Scenario, property: string, timing: 'sampled' | 'untimed'): Promise<Trace> {
  const how = { strategy: random, timing }
  const { properties } = await hunt(of, how)
  const seed = properties.find((one) => one.property === property)?.firstSeed
  if (seed == null) throw new Error(`${property} is not violated`)
  return parseTrace(await record(of, { ...how, seed, property }))
}

describe.each(['sampled', 'untimed'] as const)('a recorded failure of %s tasks', (timing) => {
  const replayed = async (edit: Edit, more: Partial<Scenario> = {}) =>
    replay(await failure(counter(), LOST, timing), counter(edit, more))

  test('is exact where nothing was edited', async () => {
    expect(await replayed({})).toMatchObject({ outcome: 'exact' })
  })

  test.each<[string, Edit]>([
    ['a step inserted before what races', { begins: 'with a look' }],
    ['a step inserted between what races', { between: 'a look' }],
    ['two steps inserted', { between: 'a look', extra: true }],
    ['a window made longer', { writes: ['20ms', '90ms'] }],
    ['a window made shorter', { writes: '1us' }],
    ['no window', { writes: 0 }],
  ])('is adapted to %s', async (_what, edit) => {
    const adapted = await replayed(edit)
    expect(adapted).toMatchObject({ outcome: 'adapted', found: { property: LOST } })
    expect(adapted).toMatchObject({ alignment: { matched: 4, missing: [] } })
  })

  test('is adapted to a label that was renamed', async () => {
    expect(await replayed({ read: 'fetch' })).toMatchObject({ outcome: 'adapted' })
  })

  test('is adapted to a step that was taken away, and says which', async () => {
    const longer = await failure(counter({ extra: true }), LOST, timing)
    const adapted = await replay(longer, counter())
    expect(adapted).toMatchObject({ outcome: 'adapted', alignment: { matched: 4, recorded: 6 } })
    expect(adapted).toMatchObject({ alignment: { missing: expect.arrayContaining(['a/log#1', 'b/log#1']) } })
  })

  test('is adapted to another task beside it', async () => {
    expect(await replayed({ third: true })).toMatchObject({ outcome: 'adapted', alignment: { missing: [] } })
  })

  test('is adapted to a property that was renamed', async () => {
    const adapted = await replayed({ property: 'every update counts' })
    expect(adapted).toMatchObject({ outcome: 'adapted', found: { property: 'every update counts' } })
  })

  test('is fixed where the same steps now do no harm', async () => {
    const fixed = await replayed({ locks: true })
    expect(fixed).toMatchObject({ outcome: 'fixed', found: { verdict: 'no violation found' } })
    expect(fixed).toMatchObject({ alignment: { matched: 4, missing: [], moved: [], inserted: [] } })
  })

  test('is fixed where the steps that are left now do no harm, and says which are gone', async () => {
    const fixed = await replay(
      await failure(counter({ extra: true }), LOST, timing),
      counter({ locks: true }),
    )
    expect(fixed).toMatchObject({ outcome: 'fixed', alignment: { matched: 4, recorded: 6, inserted: [] } })
  })

  test('is stale where it holds with steps that are gone and others that are new, and says which was expected', async () => {
    const mended = counter({ locks: true, begins: 'with a look' })
    const stale = await replay(await failure(counter({ extra: true }), LOST, timing), mended)
    expect(stale).toMatchObject({ outcome: 'stale', found: { verdict: 'no violation found' } })
    expect(stale).toMatchObject({ divergence: { what: 'event', expected: expect.stringMatching('log#1') } })
  })

  test('is stale where the property was taken away, as nothing then says that it holds', async () => {
    const trace = await failure(counter(), LOST, timing)
    const without = world('counter', ({ task }) => {
      for (const name of ['a', 'b']) {
        task(name, async (self) => {
          await self.operation('read', { window: ['1ms', '9ms'] })
          await self.operation('write', { window: ['1ms', '9ms'] })
        })
      }
    })
    const stale = await replay(trace, without)
    expect(stale).toMatchObject({ outcome: 'stale', alignment: { missing: [] } })
    expect(stale).toMatchObject({ divergence: { expected: `a property "${LOST}"` } })
  })

  test('is stale where a bound of the scenario ends it sooner', async () => {
    const stale = await replayed({}, { stepsMax: 3 })
    expect(stale).toMatchObject({ outcome: 'stale', found: { ending: 'steps' } })
    expect(stale).toMatchObject({ divergence: { what: 'event', step: 4 } })
  })
})

test('a recorded violation is stale, not fixed, where a bound ends the run before what is missing can come', async () => {
  const trace = await failure(desk(), IN_ORDER, 'untimed')
  expect(trace.outcome.ending).toBe('violation')
  const stale = await replay(trace, { ...desk(), stepsMax: 1 })
  expect(stale).toMatchObject({ outcome: 'stale', found: { ending: 'steps', property: null } })
})

const IN_ORDER = 'whoever comes first goes first'

interface Path {
  /** The label of what a tab sends first. */
  readonly asks?: string
  readonly window?: WindowInput
  /** Whether a tab greets before it asks, which takes its time. */
  readonly greets?: boolean
  /** Whether the desk confirms what it has heard, to who asked. */
  readonly confirms?: boolean
  /** Whether the desk sorts what it is asked for. */
  readonly sorts?: boolean
}

/** Tabs that ask a desk in their order, and are served in that in which it hears of them. */
function desk({ asks = 'ask', window = ['1ms', '5ms'], ...path }: Path = {}): Scenario {
  const names = ['tab-1', 'tab-2', 'tab-3']
  const tab = (name: string) =>
    actor({
      initial: null,
      start(_state: null, { send, setTimer }: Context) {
        if (path.greets) setTimer('greet', '2ms', { type: 'greet' })
        else send('desk', { type: name }, { window, label: asks })
      },
      receive(_state: null, { type }: { type: string }, { send }: Context) {
        if (type === 'greet') send('desk', { type: name }, { window, label: asks })
      },
    })
  const served = actor({
    initial: { order: [] as string[] },
    receive(state, { type }: { type: string }, { send }: Context) {
      state.order.push(type)
      if (path.sorts) state.order.sort((a, b) => (a < b ? -1 : 1))
      if (path.confirms) send(type, { type: 'heard' }, { window: '1ms' })
    },
  })
  const tabs = Object.fromEntries(names.map((name) => [name, tab(name)]))
  const inOrder = ({ desk: { order } }: { desk: { order: string[] } }) =>
    order.indexOf('tab-3') < 0 || order.indexOf('tab-3') > order.indexOf('tab-1')
  const sorted = always(IN_ORDER, (view: { desk: { order: string[] } }) =>
    view.desk.order.includes('tab-1') ? inOrder(view) : true,
  )
  return scenario({
    name: 'desk',
    system: new System({ actors: { desk: served, ...tabs } }),
    properties: [sorted],
  })
}

describe.each(['sampled', 'untimed'] as const)('a recorded failure of %s actors', (timing) => {
  const replayed = async (path: Path) => replay(await failure(desk(), IN_ORDER, timing), desk(path))

  test.each<[string, Path]>([
    ['a step inserted', { greets: true }],
    ['an answer more', { confirms: true }],
    ['another window', { window: ['40ms', '90ms'] }],
    ['a window without a width', { window: '6ms' }],
  ])('is adapted to %s', async (_what, path) => {
    const adapted = await replayed(path)
    expect(adapted).toMatchObject({ outcome: 'adapted', alignment: { missing: [] } })
  })

  test('is adapted to a label that was renamed in every place, as the digest of what was enabled tells', async () => {
    const adapted = await replayed({ asks: 'request' })
    expect(adapted).toMatchObject({ outcome: 'adapted', alignment: { missing: [], inserted: [] } })
    expect(adapted).toMatchObject({ alignment: { renamed: [{ from: 'ask', to: 'request' }] } })
  })

  test('is fixed where the desk sorts', async () => {
    expect(await replayed({ sorts: true })).toMatchObject({ outcome: 'fixed', found: { ending: 'rest' } })
  })

  test('is fixed where the desk sorts, after a step inserted', async () => {
    const fixed = await replayed({ sorts: true, greets: true })
    expect(fixed).toMatchObject({ outcome: 'fixed', alignment: { missing: [] } })
  })
})
