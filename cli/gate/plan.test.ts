import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Chunk, chunksOf, partOf, seedOf } from './plan.ts'

const sizes = fc.record({
  scenarios: fc.integer({ min: 0, max: 6 }),
  seed: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  seedsMax: fc.integer({ min: 1, max: 300 }),
})
const count = fc.integer({ min: 1, max: 5 })

function shards<T>(count: number, of: (shard: { index: number; count: number }) => Iterable<T>): T[] {
  return Array.from({ length: count }, (_, index) => [...of({ index: index + 1, count })]).flat()
}

const inOrder = (a: Chunk, b: Chunk) => a.seeds.first - b.seeds.first || a.index - b.index

describe('the shards of a gate', () => {
  it('together do each chunk once', () => {
    fc.assert(
      fc.property(sizes, count, (plan, count) => {
        const whole = [...chunksOf(plan, { index: 1, count: 1 })]
        expect(shards(count, (shard) => chunksOf(plan, shard)).sort(inOrder)).toEqual(whole.sort(inOrder))
        const seeds = whole.reduce((sum, { seeds }) => sum + seeds.count, 0)
        expect(seeds).toBe(plan.scenarios * plan.seedsMax)
      }),
    )
  })

  it('share out a row of anything', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), count, (row, count) => {
        const all = shards(count, (shard) => partOf(row, shard))
        expect(all.sort((a, b) => a - b)).toEqual(row.toSorted((a, b) => a - b))
      }),
    )
  })

  it('each have something of a scenario that is alone', () => {
    const plan = { scenarios: 1, seed: 0, seedsMax: 100 }
    for (const index of [1, 2, 3, 4]) expect([...chunksOf(plan, { index, count: 4 })]).toHaveLength(1)
  })
})

it('goes on for ever where only time is the bound', () => {
  const chunks = chunksOf({ scenarios: 2, seed: 7, seedsMax: undefined }, { index: 1, count: 1 })
  const first = Array.from({ length: 5 }, () => chunks.next().value)
  expect(first.map((chunk) => chunk && [chunk.index, chunk.seeds.first])).toEqual([
    [0, 7],
    [1, 7],
    [0, 32],
    [1, 32],
    [0, 57],
  ])
})

it('makes a seed of 48 bits from a commit, always the same', () => {
  expect(seedOf('0123456789abcdef0123456789abcdef01234567')).toBe(
    seedOf('0123456789abcdef0123456789abcdef01234567'),
  )
  fc.assert(
    fc.property(fc.string(), (commit) => {
      const seed = seedOf(commit)
      expect(Number.isSafeInteger(seed + 2 ** 40) && seed >= 0).toBe(true)
    }),
  )
})
