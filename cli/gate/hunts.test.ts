// Which seeds a gate hunts where only time bounds it: with threads that are none, which report runs of their own.

import { expect, it } from 'vitest'
import type { HuntReport } from '../../sim/index.ts'
import type { Pool } from '../pool.ts'
import type { HuntTask } from '../tasks.ts'
import { Budget } from './budget.ts'
import { type HuntsOptions, huntChunks } from './hunts.ts'
import { chunksOf } from './plan.ts'

const NAMES = ['covered', 'rare', 'usual']

/** Of the runs, those of *rare* are all different, and those of the others all the same. */
function reportOf({ scenario, seeds }: HuntTask): HuntReport<never> {
  const { first, count } = seeds
  const isRare = scenario === 'rare'
  const orders = isRare
    ? {
        runs: count,
        hashes: Array.from({ length: count }, (_, index) => first + index),
        counts: Array(count).fill(1),
      }
    : { runs: count, hashes: [1], counts: [count] }
  return {
    scenario,
    strategy: 'portfolio',
    timing: 'sampled',
    seeds,
    verdict: 'no violation found',
    steps: count,
    failures: 0,
    cutShort: 0,
    bounds: [],
    properties: [],
    sometimes: [],
    selfChecks: 0,
    differing: 0,
    nonDeterminism: null,
    orders,
    measures: [],
  }
}

/** How many runs each scenario has when there were so many in all. */
async function runsOf(runsMax: number, options: Partial<HuntsOptions>, seedsMax?: number) {
  const ending = new AbortController()
  let runs = 0
  const run = async (task: HuntTask) => {
    runs += task.seeds.count
    if (runs >= runsMax) ending.abort()
    return { report: reportOf(task), moves: null }
  }
  const found = await huntChunks(
    { workers: 1, run } as unknown as Pool,
    {
      subjects: NAMES.map((scenario) => ({ scenario, file: `/${scenario}.ts` })),
      chunks: chunksOf({ scenarios: NAMES.length, seed: 1, seedsMax }, { index: 1, count: 1 }),
    },
    {
      strategy: 'portfolio',
      timing: 'sampled',
      checkDeterminism: false,
      timeoutMs: 60_000,
      signal: ending.signal,
      budget: new Budget(60_000, () => 0),
      findings: 0,
      endsFamiliar: true,
      covered: new Set([0]),
      onProgress: () => {},
      ...options,
    },
  )
  return found.map(({ report }) => report?.seeds.count ?? 0)
}

it('leaves what a search has covered at 100 runs, as long as there is anything new of the others', async () => {
  const [covered, rare = 0, usual] = await runsOf(20_000, {})
  expect(covered).toBe(100)
  expect(usual).toBeGreaterThanOrEqual(2_000)
  expect(usual).toBeLessThan(4_000)
  expect(rare).toBeGreaterThan(15_000)
})

it('goes on with it once nothing else is left', async () => {
  const [covered = 0] = await runsOf(20_000, { covered: new Set([0, 1]) })
  expect(covered).toBeGreaterThan(2_000)
})

it('runs each as often as the others where their number is given', async () => {
  expect(await runsOf(1e9, { endsFamiliar: false }, 500)).toEqual([500, 500, 500])
})
