import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REPEATABLE } from '../generated.fixture.ts'
import type { Scenario } from '../scenario.ts'
import { admission } from './admission.fixture.ts'
import { check } from './check.ts'
import type { SearchPool } from './levels.ts'
import { anySystem, interchangeable, systemApart } from './random-systems.fixture.ts'
import type { CheckOptions } from './report.ts'
import { type Slice, type SliceResult, searchSlice } from './slice.ts'
import { twoPhaseCommit } from './two-phase-commit.fixture.ts'

/** On a machine that has other work. */
const SLOW_MS = 60_000

interface Counted extends SearchPool {
  slices: number
}

/** Works on slices where it is, later, and not in their order. */
function shuffled(statesMin: number): Counted {
  let random = 1
  const waiting: (() => void)[] = []
  const pool: Counted = {
    workers: 3,
    statesMin,
    slices: 0,
    run: (slice: Slice) => {
      pool.slices++
      setImmediate(() => {
        random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
        waiting.splice((random >>> 16) % waiting.length, 1)[0]?.()
      })
      return new Promise<SliceResult>((resolve) => {
        waiting.push(() => resolve(searchSlice(structuredClone(slice))))
      })
    },
  }
  return pool
}

/** What a check finds without and with a pool: all but how it is stored. */
async function both(scenario: Scenario, statesMin: number, options: CheckOptions = {}) {
  const pool = shuffled(statesMin)
  const { bytesPerState: _, ...alone } = await check(scenario, { reductions: [], ...options })
  const { bytesPerState: __, ...inParts } = await check(scenario, { reductions: [], ...options, pool })
  return { alone, inParts, slices: pool.slices }
}

describe('a search over several threads finds the same', () => {
  test.each([
    ['an admission race', admission({ users: 2, connections: 2, messages: 1, drops: 1 }), 2_000],
    [
      'one whose states outgrow their words',
      admission({ users: 1, connections: 3, messages: 2, drops: 1 }),
      20,
    ],
    ['two-phase commit', twoPhaseCommit(5), 500],
    ['two-phase commit, of whose states there is a table', twoPhaseCommit(6), 2_000],
  ])('of %s', { timeout: SLOW_MS }, async (_, scenario, statesMin) => {
    const { alone, inParts, slices } = await both(scenario, statesMin)
    expect(inParts).toEqual(alone)
    expect(alone.verdict).toBe('holds')
    expect(slices).toBeGreaterThan(5)
  })

  test('of a race that is broken, with the same counterexample', async () => {
    const broken = admission({ users: 2, connections: 2, messages: 1, drops: 1 }, { bug: true })
    const { alone, inParts, slices } = await both(broken, 20)
    expect(inParts).toEqual(alone)
    expect(alone.verdict).toBe('violated')
    expect(slices).toBeGreaterThan(0)
  })

  test('of a bounded race, which one thread alone must count', async () => {
    const race = admission({ users: 2, connections: 2, messages: 1, drops: 1 })
    const { alone, inParts, slices } = await both(race, 200, { statesMax: 5_000 })
    expect(inParts).toEqual(alone)
    expect(alone.bound).toBe('states')
    expect(slices).toBe(0)
  })

  test.each([
    ['any systems', anySystem],
    ['systems apart', systemApart],
    ['systems of interchangeable blocks', interchangeable],
  ])('of %s', { timeout: SLOW_MS }, async (_, systems) => {
    let inSlices = 0
    let held = 0
    const property = fc.asyncProperty(systems, async (scenario) => {
      const small = await check(scenario, { reductions: [], statesMax: 2_000 })
      if (small.bound !== null) return
      const { alone, inParts, slices } = await both(scenario, 5)
      expect(inParts).toEqual(alone)
      if (slices > 0) inSlices++
      if (slices > 0 && alone.verdict === 'holds') held++
    })
    await fc.assert(property, { ...REPEATABLE, numRuns: 80 })
    // Not idle: slices were run, and of some all that was found came from them.
    expect(inSlices).toBeGreaterThan(15)
    expect(held).toBeGreaterThan(5)
  })
})

test('a search over several threads can be called off, and says how far it came', async () => {
  const signal = { aborted: false }
  const pool = shuffled(2_000)
  let told = 0
  const report = await check(admission({ users: 2, connections: 2, messages: 2, drops: 2 }), {
    reductions: [],
    signal,
    pool,
    onProgress: ({ states }) => {
      told = states
      if (pool.slices > 40) signal.aborted = true
    },
  })
  expect(report).toMatchObject({ verdict: 'bounded', bound: 'interrupted', states: told })
  expect(report.states).toBeGreaterThan(2_000)
  expect(report.states).toBeLessThan(1_168_280)
})
