import { describe, expect, test } from 'vitest'
import { type Actor, actor, type Context } from '../actor.ts'
import { always, eventually, leadsTo, monitor, on, type Property, sometimes } from '../property.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { NO_EXCEPTION, NOT_STUCK } from '../scheduler.ts'
import { System, type SystemDefinition } from '../system.ts'
import { type AdmissionSize, admission } from './admission.fixture.ts'
import { plainSearch } from './plain-search.fixture.ts'
import { twoPhaseCommit } from './two-phase-commit.fixture.ts'

function of(definition: SystemDefinition, properties: readonly Property[] = []): Scenario {
  return scenario({ name: 'sample', system: new System(definition), properties })
}

describe('finds the counts that others found', () => {
  test.each([
    [3, 288, 1_145],
    [5, 8_832, 58_145],
  ])('of two-phase commit with %d managers', (managers, states, transitions) => {
    const found = plainSearch(twoPhaseCommit(managers))
    expect(found).toMatchObject({ isWhole: true, states, transitions })
    expect(found.violations).toEqual(new Map())
  })

  const race = (users: number, connections: number, messages: number, drops: number): AdmissionSize => ({
    users,
    connections,
    messages,
    drops,
  })

  test.each([
    [race(1, 2, 1, 1), 303, 1_124, 18],
    [race(1, 3, 1, 1), 2_862, 14_364, 21],
  ])('of the admission race %o', (size, states, transitions, levels) => {
    const found = plainSearch(admission(size), { write: JSON.stringify })
    expect(found).toMatchObject({ isWhole: true, states, transitions, levels })
    expect(found.violations).toEqual(new Map())
  })

  test('and the four steps of the race that is broken', () => {
    const found = plainSearch(admission(race(1, 2, 1, 1), { bug: true }))
    expect([...found.violations]).toEqual([['user-1: whoever is admitted is the owner, and the only one', 4]])
  })
})

describe('takes for one state', () => {
  /** A receiver of numbers that keeps nothing, or what it got. */
  const sink = (keeps: boolean) =>
    actor({
      initial: [] as number[],
      receive(state: number[], message: { type: string; n: number }) {
        if (keeps) state.push(message.n)
      },
    })
  const source = (numbers: readonly number[], unordered: boolean): Actor =>
    actor({
      initial: null,
      start(_state: null, { send }: Context) {
        for (const n of numbers) send('sink', { type: 'number', n }, { unordered })
      },
      receive() {},
    })
  const found = (numbers: readonly number[], unordered: boolean, keeps: boolean) =>
    plainSearch(of({ actors: { sink: sink(keeps), source: source(numbers, unordered) } }))

  test('what differs by the order of messages without one', () => {
    expect(found([1, 2], true, false)).toMatchObject({ states: 4, transitions: 4, levels: 3 })
    expect(found([1, 2], true, true)).toMatchObject({ states: 5, transitions: 4 })
  })

  test('what comes of messages that are equal, as one event', () => {
    expect(found([1, 1], true, false)).toMatchObject({ states: 3, transitions: 2 })
  })

  test('and not what differs by the order of messages in a channel', () => {
    expect(found([1, 2], false, true)).toMatchObject({ states: 3, transitions: 2, levels: 3 })
  })

  test('what differs by the order of fields', () => {
    const keeper = actor({
      initial: {} as Record<string, true>,
      start(_state, { setTimer }) {
        for (const name of ['a', 'b']) setTimer(name, '0ms', { type: name })
      },
      receive(state, { type }) {
        state[type] = true
      },
    })
    expect(plainSearch(of({ actors: { keeper } }))).toMatchObject({ states: 4, transitions: 4 })
  })
})

describe('lets a fault', () => {
  const breaker = actor({
    initial: { broken: 0 },
    start: (_state, { setTimer }) => setTimer('break', '0ms', { type: 'break' }, { fault: 'breaks' }),
    receive(state, _message, { setTimer }) {
      state.broken++
      setTimer('break', '0ms', { type: 'break' }, { fault: 'breaks' })
    },
  })

  test('strike as often as its budget says, or not', () => {
    const found = plainSearch(of({ actors: { breaker }, budgets: { breaks: 2 } }))
    expect(found).toMatchObject({ states: 3, transitions: 2, restStates: 3 })
  })

  test('never strike without a budget', () => {
    expect(plainSearch(of({ actors: { breaker } }))).toMatchObject({ states: 1, restStates: 1 })
  })
})

describe('says which claims fail, and after how many steps', () => {
  const counter = actor({
    initial: { count: 0 },
    start: (_state, { setTimer }) => setTimer('tick', '0ms', { type: 'tick' }),
    receive(state, _message, { setTimer, observe }) {
      state.count++
      observe({ type: 'counted', count: state.count })
      if (state.count === 3) throw new Error('three')
      setTimer('tick', '0ms', { type: 'tick' })
    },
    waitsFor: () => 'more',
  })
  type View = { counter: { count: number } }
  const counts = monitor({
    name: 'counts',
    on: ['counted'],
    initial: 0,
    observe: (_state, { count }) => (count === 2 ? 'two' : undefined),
  })

  test('of every kind', () => {
    const found = plainSearch(
      of({ actors: { counter } }, [
        always('less than one', ({ counter }: View) => counter.count < 1),
        counts,
        sometimes('is one', ({ counter }: View) => counter.count === 1),
        sometimes('is seen', on('counted', { count: 2 })),
        sometimes('is never', on('counted', { count: 4 })),
        sometimes('speaks', counts),
      ]),
    )
    expect([...found.violations]).toEqual([
      ['less than one', 1],
      ['counts', 2],
      [NO_EXCEPTION, 3],
    ])
    expect([...found.reached]).toEqual(['is one', 'is seen', 'speaks'])
  })

  test('at rest', () => {
    const one = ({ door }: DoorView) => door.inside.length === 1
    const found = plainSearch(
      of({ actors: doorway('the bell') }, [
        eventually('nobody has entered', ({ door }: DoorView) => door.inside.length === 0),
        eventually('somebody has entered', ({ door }: DoorView) => door.inside.length > 0),
        leadsTo('the first makes room', one, ({ door }: DoorView) => door.inside.length === 0),
        leadsTo('the second comes', one, ({ door }: DoorView) => door.inside.length === 2),
        monitor({
          name: 'each leaves',
          on: ['entered'],
          each: ({ tab }) => tab as string,
          initial: 'outside',
          observe: () => undefined,
          atRest: (state) => `ends ${state}`,
        }),
      ]),
    )
    expect([...found.violations.keys()]).toEqual([
      'nobody has entered',
      'each leaves',
      'the first makes room',
      NOT_STUCK,
    ])
    expect(new Set(found.violations.values())).toEqual(new Set([2]))
  })
})

interface DoorView {
  readonly door: { readonly inside: readonly string[] }
}

/** Two tabs that go through one door, which may wait for something else. */
function doorway(waitsFor?: string): SystemDefinition['actors'] {
  const tab = actor({
    initial: null,
    start: (_state: null, { send, self }: Context) => send('door', { type: self }),
    receive() {},
  })
  const door = actor({
    initial: { inside: [] as string[] },
    receive({ inside }: { inside: string[] }, { type: tab }, { observe }) {
      inside.push(tab)
      observe({ type: 'entered', tab })
    },
    ...(waitsFor === undefined ? {} : { waitsFor: () => waitsFor }),
  })
  return { door, 'tab-1': tab, 'tab-2': tab }
}

test('says which states each actor is ever in', () => {
  const { locals } = plainSearch(of({ actors: doorway() }))
  expect(locals.get('door')).toEqual(
    new Set(
      ['[]', '["tab-1"]', '["tab-2"]', '["tab-1","tab-2"]', '["tab-2","tab-1"]'].map(
        (inside) => `{"inside":${inside}}`,
      ),
    ),
  )
  expect(locals.get('tab-1')).toEqual(new Set(['null']))
})

test('stops where there are more states than allowed', () => {
  expect(plainSearch(twoPhaseCommit(3), { statesMax: 100 })).toMatchObject({ isWhole: false, states: 101 })
})
