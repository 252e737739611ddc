// What reductions are said to have saved is what a search without them finds.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actor } from '../actor.ts'
import { REPEATABLE } from '../generated.fixture.ts'
import { scenario } from '../scenario.ts'
import { System } from '../system.ts'
import { admission } from './admission.fixture.ts'
import { check } from './check.ts'
import { plainSearch } from './plain-search.fixture.ts'
import { type Checked, interchangeable, systemApart } from './random-systems.fixture.ts'
import type { CheckReport, Reduction } from './report.ts'
import { type Slice, searchSlice } from './slice.ts'
import { twoPhaseCommit } from './two-phase-commit.fixture.ts'

const STATES_MAX = 600
const SLOW_MS = 60_000

/** Checks random systems with some reductions; how many of them say what these have saved. */
async function onRandom(
  systems: fc.Arbitrary<Checked>,
  reductions: readonly Reduction[],
  expected: (report: CheckReport, plain: { states: number; transitions: number }) => void,
): Promise<number> {
  let said = 0
  const property = fc.asyncProperty(systems, async (one) => {
    const plain = plainSearch(one, { statesMax: STATES_MAX })
    if (!plain.isWhole) return
    const report = await check(one, { reductions, everyProperty: true })
    const { saved } = report
    expect(report.reductions).toEqual(expect.arrayContaining(Object.keys(saved)))
    if (Object.keys(saved).length === 0) return
    said++
    expected(report, plain)
  })
  await fc.assert(property, { ...REPEATABLE, numRuns: 100 })
  return said
}

describe('what symmetry saved', () => {
  test.each([
    [3, 288],
    [5, 8_832],
    [7, 296_448],
  ])(
    'is the states of two-phase commit with %d managers that others counted',
    async (managers, states) => {
      const { saved } = await check(twoPhaseCommit(managers), { reductions: ['symmetry'] })
      expect(saved).toEqual({ symmetry: states })
    },
    SLOW_MS,
  )

  test('is all states where users are interchangeable', async () => {
    const race = admission({ users: 2, connections: 2, messages: 1, drops: 1 })
    const report = await check(race, { reductions: ['symmetry'] })
    expect(report.saved).toEqual({ symmetry: 88_893 })
    expect(report.states).toBeLessThan(88_893 / 1.9)
  })

  test(
    'is all states of systems that nobody thought of',
    async () => {
      const said = await onRandom(interchangeable, ['symmetry'], ({ saved, states }, plain) => {
        expect(saved).toEqual({ symmetry: plain.states })
        expect(states).toBeLessThan(plain.states)
      })
      expect(said).toBeGreaterThan(20)
    },
    SLOW_MS,
  )
})

const chain = (stepsMax: number, fault?: string) =>
  actor({
    initial: { steps: 0 },
    start: (_, { setTimer }) =>
      setTimer('step', '1ms', { type: 'step' }, fault === undefined ? {} : { fault }),
    receive(state, _: { type: 'step' }, { setTimer }) {
      state.steps++
      if (state.steps < stepsMax)
        setTimer('step', '1ms', { type: 'step' }, fault === undefined ? {} : { fault })
    },
  })

const apart = (fault?: string) =>
  scenario({
    name: 'apart',
    system: new System({
      actors: { a: chain(2, fault), b: chain(3, fault), c: chain(4, fault) },
      ...(fault === undefined ? {} : { budgets: { [fault]: 3 } }),
    }),
    properties: [],
  })

describe('what composition saved', () => {
  test('is the states of all systems together', async () => {
    const report = await check(apart(), { reductions: ['composition'] })
    expect(report).toMatchObject({ systems: 3, states: 3 + 4 + 5, saved: { composition: 3 * 4 * 5 } })
    expect((await check(apart(), { reductions: [] })).states).toBe(3 * 4 * 5)
  })

  test('is the same where threads search together', async () => {
    const pool = {
      workers: 2,
      statesMin: 1,
      run: (slice: Slice) => Promise.resolve(searchSlice(slice)),
    }
    const reductions = ['composition'] as const
    expect((await check(apart(), { reductions, pool })).saved).toEqual({ composition: 60 })
    expect((await check(apart('loss'), { reductions, pool })).saved).toEqual({})
  })

  test('is not said where systems share a fault budget, as they are no product', async () => {
    const report = await check(apart('loss'), { reductions: ['composition'] })
    expect(report).toMatchObject({ systems: 3, reductions: ['composition'], saved: {} })
  })

  test('is not said where the search came to a bound', async () => {
    const report = await check(apart(), { reductions: ['composition'], depthMax: 2 })
    expect(report).toMatchObject({ bound: 'depth', saved: {} })
  })

  test(
    'is all states of systems that nobody thought of',
    async () => {
      const said = await onRandom(systemApart, ['composition'], ({ saved }, plain) => {
        expect(saved).toEqual({ composition: plain.states })
      })
      expect(said).toBeGreaterThan(20)
    },
    SLOW_MS,
  )

  test('is all states where systems are alike, and their parts too', async () => {
    const alike = scenario({
      name: 'alike',
      system: new System({ actors: { 'a-1': chain(2), 'a-2': chain(2), 'a-3': chain(2) } }),
      properties: [],
      symmetries: [{ blocks: [['a-1'], ['a-2'], ['a-3']] }],
    })
    const report = await check(alike, { reductions: ['composition', 'symmetry'] })
    expect(report).toMatchObject({ systems: 3, states: 3, saved: { symmetry: 9, composition: 27 } })
  })
})

describe('what partial order saved', () => {
  test('is the events that were enabled and not taken', async () => {
    const report = await check(apart(), { reductions: ['partial order'] })
    expect(report).toMatchObject({ states: 10, transitions: 9 })
    // Until a is done, b and c are put off; until b is, c.
    expect(report.saved).toEqual({ 'partial order': 2 * 2 + 3 * 1 })
  })

  test(
    'is never more than there are',
    async () => {
      const said = await onRandom(systemApart, ['partial order'], ({ saved, states, transitions }, plain) => {
        if (states > plain.states) return
        expect((saved['partial order'] ?? 0) + transitions).toBeLessThanOrEqual(plain.transitions)
      })
      expect(said).toBeGreaterThan(20)
    },
    SLOW_MS,
  )
})
