// Runs that differ only in the order of independent steps are one; and what is counted is the same however the runs
// are split up.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashOfId } from './digest.ts'
import { dependent } from './event.ts'
import { REPEATABLE } from './generated.fixture.ts'
import { hunt } from './hunt.ts'
import { race } from './race.fixture.ts'
import { mergeReports } from './report.ts'
import type { Step } from './run.ts'
import { mergeOrders, OrderCounter, type Orders, SAMPLE_MAX, saturationOf } from './saturation.ts'
import { allOrders, orders, program } from './strategies/program.fixture.ts'
import { random } from './strategies/random.ts'

type Touches = Pick<Step, 'footprint'> & { readonly event: { readonly id: string; readonly hash: number } }

const step = (id: string, reads: readonly string[], writes: readonly string[]): Touches => ({
  event: { id, hash: hashOfId(id) },
  footprint: { reads, writes },
})

function count(counter: OrderCounter, steps: readonly Touches[]): void {
  counter.begin()
  for (const one of steps) counter.step(one as Step)
  counter.add()
}

function hashOf(steps: readonly Touches[]): number {
  const counter = new OrderCounter()
  count(counter, steps)
  return counter.orders().hashes[0] as number
}

const names = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 2 })
const run = fc
  .array(fc.tuple(names, names), { minLength: 2, maxLength: 8 })
  .map((touched) => touched.map(([reads, writes], index) => step(`e${index}`, reads, writes)))

/** The same steps in another order, each with what must come before it: what tells two partial orders apart. */
const graphOf = (steps: readonly Touches[]) =>
  steps
    .flatMap((one, index) =>
      steps
        .slice(0, index)
        .filter((other) => dependent(other.footprint, one.footprint))
        .map((other) => `${other.event.id}<${one.event.id}`),
    )
    .sort((a, b) => (a < b ? -1 : 1))
    .join()

describe('the hash of a run', () => {
  test('is the same as that of another order of its steps exactly where the dependent ones keep theirs', () => {
    fc.assert(
      fc.property(
        run.chain((steps) =>
          fc.tuple(fc.constant(steps), fc.shuffledSubarray(steps, { minLength: steps.length })),
        ),
        ([steps, shuffled]) => {
          expect(hashOf(shuffled) === hashOf(steps)).toBe(graphOf(shuffled) === graphOf(steps))
        },
      ),
      { ...REPEATABLE, numRuns: 3_000 },
    )
  })

  test('tells runs of different steps apart', () => {
    expect(hashOf([step('a', [], ['x'])])).not.toBe(hashOf([step('b', [], ['x'])]))
    expect(hashOf([])).not.toBe(hashOf([step('b', [], ['x'])]))
  })
})

describe('a hunt that is asked for coverage', () => {
  const options = { strategy: random, timing: 'untimed', coverage: true } as const
  const distinct = async (threads: Readonly<Record<string, string>>, count: number) => {
    const report = await hunt(program(threads), { ...options, seeds: { first: 1, count } })
    return saturationOf(report.orders as Orders).distinct
  }

  test('counts the orders that make a difference, each once', async () => {
    expect(allOrders(program({ a: 'xy', b: 'zy' }))).toHaveLength(6)
    expect(await distinct({ a: 'xy', b: 'zy' }, 300)).toBe(2)
    expect(await distinct({ a: 'x', b: 'y', c: 'z' }, 50)).toBe(1)
    expect(await distinct({ a: 'x', b: 'x', c: 'x' }, 300)).toBe(6)
  })

  test('counts no more than there are, and all of them in the end', async () => {
    const threads = { a: 'xxx', b: 'xxx' }
    expect(await distinct(threads, 10)).toBeLessThanOrEqual(10)
    expect(await distinct(threads, 2_000)).toBe(allOrders(program(threads)).length)
  })

  test('comes to the same in pieces', async () => {
    const piece = (first: number, count: number) => hunt(race(), { ...options, seeds: { first, count } })
    expect(mergeReports(await piece(0, 37), await piece(37, 63))).toEqual(await piece(0, 100))
  })

  test('counts nothing unless it is asked', async () => {
    expect((await hunt(race(), { seeds: { first: 0, count: 1 } })).orders).toBeNull()
  })
})

describe('saturation', () => {
  test('says that the next run is new as often as one in so many was met once', () => {
    const orders: Orders = { runs: 10, hashes: [3, 5, 8], counts: [1, 7, 2] }
    expect(saturationOf(orders)).toEqual({ runs: 10, distinct: 3, once: 1, exact: true, unseen: 0.1 })
    expect(saturationOf({ runs: 0, hashes: [], counts: [] }).unseen).toBe(1)
  })

  test('foretells how many of the next runs are new', async () => {
    // The estimate is off by about 1/20 with so many, as McAllester and Schapire (2000) bound it by 1/sqrt(runs).
    const SEEN = 400
    const of = program({ a: 'xxxxx', b: 'xxxxx' })
    const all = await orders(of, random, 8_000)
    const seen = all.slice(0, SEEN)
    const counted = seen.map((order) => seen.filter((other) => other === order).length)
    const unseen = counted.filter((count) => count === 1).length / seen.length
    const news = all.slice(SEEN).filter((order) => !seen.includes(order)).length / (8_000 - SEEN)
    expect(Math.abs(news - unseen)).toBeLessThan(0.1)
    const { orders: found } = await hunt(of, {
      seeds: { first: 1, count: SEEN },
      strategy: random,
      timing: 'untimed',
      coverage: true,
    })
    expect(saturationOf(found as Orders).unseen).toBe(unseen)
  })

  /** Runs as a number each; the hash of a number is spread as hashes are. */
  const sample = (runs: readonly number[]): Orders => {
    const counter = new OrderCounter()
    for (const run of runs) count(counter, [step(`run ${run}`, [], [])])
    return counter.orders()
  }
  const numbers = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index)

  test('is estimated within a few percent past what is counted exactly, however it is split up', () => {
    const distinct = 3 * SAMPLE_MAX
    const runs = [...numbers(0, distinct), ...numbers(0, distinct / 3)]
    const whole = sample(runs)
    const [one, two] = [sample(runs.slice(0, 20_000)), sample(runs.slice(20_000))]
    expect(mergeOrders(one, two)).toEqual(whole)
    expect(mergeOrders(two, one)).toEqual(whole)
    const found = saturationOf(whole)
    expect(found.exact).toBe(false)
    expect(found.distinct / distinct).toBeCloseTo(1, 1.5)
    expect(found.once / ((distinct * 2) / 3)).toBeCloseTo(1, 1.5)
    expect(whole.hashes).toHaveLength(SAMPLE_MAX)
  })
})
