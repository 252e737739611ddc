// What the paper promises: a bug of depth d with a probability of at least 1 / (n * k^(d - 1)), measured over seeds
// that are always the same.

import { describe, expect, test } from 'vitest'
import { pct } from './pct.ts'
import { orders, share, threads } from './program.fixture.ts'
import { random } from './random.ts'

/** Some writes of a thread, such as `a1 a2 a3`. */
const writes = (thread: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${thread}${from + index}`).join(' ')

/** Two threads of an even length, and by depth, which is how many orders between two events it takes, two bugs. */
const racing = (length: number) => {
  const half = length / 2
  const isBug = {
    1: (one: string, other: string) => `${writes(one, 1, length)} ${writes(other, 1, length)}`,
    2: (one: string, other: string) =>
      `${writes(one, 1, length - 1)} ${writes(other, 1, length)} ${one}${length}`,
    3: (one: string, other: string) =>
      `${writes(one, 1, half)} ${writes(other, 1, half)} ${writes(one, half + 1, length)} ${writes(other, half + 1, length)}`,
  } as const
  return {
    scenario: threads({ a: length, b: length }),
    /** How often a run chooses, at the most: once one thread is done, nothing is left to choose. */
    k: 2 * length - 1,
    isBug: (depth: 1 | 2 | 3) => (order: string) =>
      order === isBug[depth]('a', 'b') || order === isBug[depth]('b', 'a'),
  }
}

describe('PCT', () => {
  test.each([
    [1, 1_000],
    [2, 4_000],
    [3, 20_000],
  ] as const)('finds a bug of depth %i at least as often as it promises', async (depth, seeds) => {
    const { scenario, k, isBug } = racing(6)
    const found = share(await orders(scenario, pct(depth), seeds), isBug(depth))
    expect(found).toBeGreaterThanOrEqual(1 / (2 * k ** (depth - 1)))
  })

  test.each([2, 3] as const)('finds a bug of depth %i that random does not find', async (depth) => {
    const { scenario, isBug } = racing(12)
    const found = async (strategy: typeof random) =>
      (await orders(scenario, strategy, 5_000)).filter(isBug(depth)).length
    expect(await found(random)).toBe(0)
    expect(await found(pct(depth))).toBeGreaterThan(0)
  })

  test('lets each of several threads be the last one equally often, and the first', async () => {
    const found = await orders(threads({ a: 2, b: 2, c: 2, d: 2 }), pct(1), 4_000)
    for (const thread of ['a', 'b', 'c', 'd']) {
      expect(share(found, (order) => order.startsWith(`${thread}1 ${thread}2`))).toBeCloseTo(1 / 4, 1)
      expect(share(found, (order) => order.endsWith(`${thread}1 ${thread}2`))).toBeCloseTo(1 / 4, 1)
    }
  })

  test('leaves a thread only where it changes a priority: as often as its depth allows', async () => {
    for (const depth of [1, 2, 3]) {
      for (const order of await orders(threads({ a: 4, b: 4, c: 4 }), pct(depth), 200)) {
        const parts = order.split(' ').map((write) => write[0])
        const left = parts.filter(
          (thread, index) => thread !== parts[index + 1] && parts.indexOf(thread, index + 1) > 0,
        )
        expect(left.length).toBeLessThan(depth)
      }
    }
  })
})
