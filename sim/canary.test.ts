import { expect, test } from 'vitest'
import { canaries, sing } from './canary.ts'
import { hunt } from './hunt.ts'
import { fifo } from './strategies/fifo.ts'
import { pct } from './strategies/pct.ts'
import { portfolio } from './strategies/portfolio.ts'

test('every canary sings under the portfolio, under each timing', async () => {
  const songs = await sing()
  expect(songs.filter(({ runs }) => runs === null)).toEqual([])
  expect(songs).toHaveLength(2 * canaries.length)
})

test('a strategy that tries one order alone lets the planted orders go unfound, and is told apart', async () => {
  const songs = await sing(fifo)
  expect(songs.filter(({ runs }) => runs === null).map(({ canary }) => canary)).toEqual([
    'an order of two',
    'an order of two',
    'three orders of two',
    'three orders of two',
  ])
})

test('three orders of two take three: a depth of two is not enough', async () => {
  const [, three] = canaries
  const found = async (depth: number) => {
    const seeds = { first: 1, count: 3_000 }
    const report = await hunt((three as (typeof canaries)[0]).scenario(), {
      seeds,
      strategy: pct(depth),
      timing: 'untimed',
    })
    return report.failures
  }
  expect(await found(2)).toBe(0)
  expect(await found(3)).toBeGreaterThan(0)
})

test('each planted order is found long before it must be, so that no other draw can miss it', async () => {
  for (const { canary, runs, runsMax } of await sing(portfolio)) {
    if (canary.includes('order')) expect(runs as number).toBeLessThan(runsMax / 4)
  }
})
