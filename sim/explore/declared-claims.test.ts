// What is interchangeable must be claimed alike, or a check that looks at one of the two would say what is not so.

import { describe, expect, test } from 'vitest'
import { actor } from '../actor.ts'
import { always, eventually, type Property, sometimes } from '../property.ts'
import { scenario } from '../scenario.ts'
import { System } from '../system.ts'
import { check } from './check.ts'

type View = Readonly<Record<string, { readonly place: number }>>

/** Counts who comes, and tells each its place. */
const door = actor({
  initial: { count: 0 },
  receive(state, { who }: { type: 'come'; who: string }, { send }) {
    state.count++
    send(who, { type: 'place', place: state.count })
  },
})

const guest = actor({
  initial: { place: 0 },
  start: (_, { self, send }) => send('door', { type: 'come', who: self }),
  receive(state, { place }: { type: 'place'; place: number }) {
    state.place = place
  },
})

/** Has nobody to meet, so that it is searched apart. */
const hermit = actor({
  initial: { place: 0 },
  start: (_, { setTimer }) => setTimer('move', '1ms', { type: 'move' }),
  receive(state, _: { type: 'move' }) {
    state.place = 3
  },
})

const GUESTS = ['tab-1', 'tab-2', 'tab-3']

function checked(properties: readonly Property[], kind: 'guests' | 'hermits' = 'guests') {
  const each = Object.fromEntries(GUESTS.map((name) => [name, kind === 'guests' ? guest : hermit]))
  const system = new System({ actors: kind === 'guests' ? { door, ...each } : each })
  const symmetries = [{ blocks: GUESTS.map((name) => [name]) }]
  return scenario({ name: 'guests', system, properties, symmetries })
}

const isLast = (name: string) => (view: View) => view[name]?.place === 3
const neverLast = (name: string) => always(`${name} is never last`, (view: View) => !isLast(name)(view))
const notLastAtRest = (name: string) => eventually(`${name} is not last`, (view: View) => !isLast(name)(view))
const lastSometimes = (name: string) => sometimes(`${name} is last`, isLast(name))

describe.each([
  ['in every state', neverLast],
  ['at rest', notLastAtRest],
])('what is claimed %s', (_, claim) => {
  test.each(['guests', 'hermits'] as const)('of any one of %s is found broken, or refused', async (kind) => {
    let refused = 0
    for (const name of GUESTS) {
      const outcome = await check(checked([claim(name)], kind)).catch((error: unknown) => error)
      if (outcome instanceof Error) {
        refused++
        expect(outcome).toMatchObject({
          code: 'HEDDLE_SYMMETRY',
          message: expect.stringMatching(/tab-\d and tab-\d are not: "tab-\d .*" is not claimed of both\./),
        })
      } else expect(outcome).toMatchObject({ verdict: 'violated' })
    }
    expect(refused).toBeGreaterThan(0)
  })

  test.each(['guests', 'hermits'] as const)('of each of %s is found broken', async (kind) => {
    expect(
      await check(
        checked(
          GUESTS.map((name) => claim(name)),
          kind,
        ),
      ),
    ).toMatchObject({ verdict: 'violated' })
  })

  test('of one is judged without symmetry', async () => {
    const reductions = ['composition', 'partial order'] as const
    expect(await check(checked([claim('tab-2')]), { reductions })).toMatchObject({ verdict: 'violated' })
  })
})

test('a goal that names one of them is reached, or refused', async () => {
  for (const name of GUESTS) {
    const outcome = await check(checked([lastSometimes(name)])).catch((error: unknown) => error)
    if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'HEDDLE_SYMMETRY' })
    else expect(outcome).toMatchObject({ verdict: 'holds' })
  }
  expect(await check(checked(GUESTS.map(lastSometimes)))).toMatchObject({ verdict: 'holds' })
})

test('a claim that treats them alike without naming them holds', async () => {
  const few = always('at most three are in', (view: View) =>
    GUESTS.every((name) => (view[name]?.place ?? 0) < 4),
  )
  const report = await check(checked([few]))
  expect(report).toMatchObject({ verdict: 'holds', reductions: ['symmetry'] })
})
