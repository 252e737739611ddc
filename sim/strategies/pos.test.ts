// What the paper promises: partial orders are sampled nearly evenly, where a random walk is far from it. The
// probabilities are those of its lemmas on priorities, worked out by hand for programs this small.

import { describe, expect, test } from 'vitest'
import { pos } from './pos.ts'
import { allOrders, orders, program, share } from './program.fixture.ts'
import { random } from './random.ts'

const SEEDS = 8_000

describe('POS', () => {
  test('samples the orders of events that all race with each other evenly', async () => {
    const racing = program({ a: 'x', b: 'x', c: 'x' })
    const found = await orders(racing, pos, SEEDS)
    const all = allOrders(racing)
    expect(all).toHaveLength(6)
    for (const order of all) expect(share(found, (other) => other === order)).toBeCloseTo(1 / 6, 1.5)
  })

  test('lets one event come behind n that it does not race with once in n + 1 runs, random in 2^n', async () => {
    // The last of the seven writes of a is to the object of b.
    const behind = (order: string) => order.endsWith('b1')
    const racing = program({ a: 'tuvwxyz', b: 'z' })
    expect(share(await orders(racing, pos, SEEDS), behind)).toBeCloseTo(1 / 8, 1.5)
    expect(share(await orders(racing, random, SEEDS), behind)).toBeCloseTo(1 / 128, 2)
  })

  test.each([
    ['two threads meet in the end', { a: 'stuvx', b: 'x' }],
    ['the one writes backwards what the other writes', { a: 'wxyz', b: 'zyxw' }],
    ['three threads meet two by two', { a: 'txy', b: 'uyz', c: 'vwzx' }],
  ])('comes nearer to even than random where %s', async (_, threads) => {
    const racing = program(threads)
    const traces = new Set(allOrders(racing).map((order) => traceOf(order, threads)))
    const distance = async (strategy: typeof pos) => {
      const found = (await orders(racing, strategy, SEEDS)).map((order) => traceOf(order, threads))
      const differences = [...traces].map((trace) =>
        Math.abs(share(found, (other) => other === trace) - 1 / traces.size),
      )
      // The total variation distance between two distributions.
      return differences.reduce((sum, difference) => sum + difference, 0) / 2
    }
    expect(await distance(pos)).toBeLessThan(0.8 * (await distance(random)))
  })

  test('is random where everything races', async () => {
    const racing = program({ a: 'xxx', b: 'xxx' })
    const [ours, theirs] = await Promise.all([pos, random].map((strategy) => orders(racing, strategy, SEEDS)))
    for (const order of allOrders(racing)) {
      const [one, other] = [ours, theirs].map((found) => share(found as string[], (its) => its === order))
      expect(one).toBeCloseTo(other as number, 1.5)
    }
  })
})

/** What the writes to each object are in order: all that tells two partial orders apart. */
function traceOf(order: string, threads: Readonly<Record<string, string>>): string {
  const objectOf = (write: string) => threads[write[0] as string]?.[Number(write.slice(1)) - 1]
  const objects = [...new Set(Object.values(threads).join(''))]
  return objects
    .map((object) =>
      order
        .split(' ')
        .filter((write) => objectOf(write) === object)
        .join(),
    )
    .join('|')
}
