import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REPEATABLE } from './generated.fixture.ts'
import { type Draw, RandomStream, RandomStreams } from './random.ts'

const draws = (stream: RandomStream, count: number, max = 1_000_000) =>
  Array.from({ length: count }, () => stream.integer(0, max, 'test'))

/** Pearson's statistic of how far the counts of `bins` equally likely outcomes are from equal. */
function chiSquare(outcomes: readonly number[], bins: number): number {
  const counts = new Array<number>(bins).fill(0)
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  const expected = outcomes.length / bins
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('a random stream', () => {
  test.each([
    ['first', 0],
    ['second', 1],
    ['third', 2],
  ])('has a %s draw that seeds side by side make independent', (_, at) => {
    const outcomes = Array.from(
      { length: 20_000 },
      (_, seed) => draws(new RandomStream(String(seed), 'strategy'), at + 1, 15)[at] as number,
    )
    expect(chiSquare(outcomes, 16)).toBeLessThan(39.25)
    const pairs = outcomes.slice(1).map((outcome, index) => 16 * (outcomes[index] as number) + outcome)
    expect(chiSquare(pairs, 256)).toBeLessThan(332)
  })

  test('begins differently for every seed and name', () => {
    const names = ['strategy', 'faults', 'delay/tab-1', 'delay/tab-2', 'delay/tab-11']
    const states = Array.from({ length: 20_000 }, (_, seed) =>
      names.map((name) => JSON.stringify(new RandomStream(String(seed), name).save())),
    ).flat()
    expect(new Set(states).size).toBe(states.length)
  })

  test('draws the same numbers from the same seed and name', () => {
    expect(draws(new RandomStream('7', 'network'), 5)).toEqual(draws(new RandomStream('7', 'network'), 5))
  })

  test('draws the numbers it drew when heddle was first released', () => {
    // Pinned: a change here makes every seed in every bug report mean another run.
    expect(draws(new RandomStream('12', 'strategy'), 5)).toMatchInlineSnapshot(`
      [
        299764,
        829553,
        193611,
        580190,
        474086,
      ]
    `)
  })

  test('draws other numbers from another seed or another name', () => {
    const one = draws(new RandomStream('7', 'network'), 5)
    expect(draws(new RandomStream('8', 'network'), 5)).not.toEqual(one)
    expect(draws(new RandomStream('7', 'host/tab-1'), 5)).not.toEqual(one)
  })

  test('continues from a saved state as if nothing had been saved', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(50), fc.nat(50), (seed, before, after) => {
        const stream = new RandomStream(seed, 'any')
        draws(stream, before)
        const saved = JSON.parse(JSON.stringify(stream.save()))
        const expected = draws(stream, after)
        const restored = new RandomStream('another', 'any')
        restored.restore(saved)
        expect(draws(restored, after)).toEqual(expected)
      }),
      REPEATABLE,
    )
  })

  test('stays within its range, whichever it is', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.nat(), (a, b, seed) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)]
        fc.pre(max - min + 1 <= Number.MAX_SAFE_INTEGER)
        const value = new RandomStream(String(seed), 'range').integer(min, max, 'test')
        expect(Number.isSafeInteger(value) && min <= value && value <= max).toBe(true)
      }),
      REPEATABLE,
    )
  })

  // The bounds are those that a fair stream exceeds once in a thousand seeds; the seed is fixed.
  test.each([
    { size: 2, bound: 10.83 },
    { size: 3, bound: 13.82 },
    { size: 10, bound: 27.88 },
    { size: 100, bound: 148.23 },
  ])('makes each of $size numbers equally likely', ({ size, bound }) => {
    const outcomes = draws(new RandomStream('fair', `of ${size}`), 50_000, size - 1)
    expect(chiSquare(outcomes, size)).toBeLessThan(bound)
  })

  test('makes each part of a range past 32 bits equally likely', () => {
    const size = 3 * 2 ** 50
    const outcomes = draws(new RandomStream('fair', 'large'), 50_000, size - 1)
    const thirds = outcomes.map((value) => Math.floor(value / 2 ** 50))
    expect(chiSquare(thirds, 3)).toBeLessThan(13.82)
  })

  test('draws nothing for a range of one number', () => {
    const log: Draw[] = []
    const stream = new RandomStream('7', 'one', log)
    const before = stream.save()
    expect(stream.integer(4, 4, 'forced')).toBe(4)
    expect(stream.save()).toEqual(before)
    expect(log).toEqual([])
  })

  test.each([
    [1, 0],
    [0.5, 2],
    [0, Number.NaN],
    [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])('refuses the range from %s to %s', (min, max) => {
    expect(() => new RandomStream('7', 'bad').integer(min, max, 'test')).toThrowError(
      expect.objectContaining({ code: 'HEDDLE_RANDOM_RANGE' }),
    )
  })

  test('logs each draw with its stream and what it was for', () => {
    const log: Draw[] = []
    const value = new RandomStream('7', 'network', log).integer(0, 9, 'tab-1/connect#1')
    expect(log).toEqual([{ stream: 'network', label: 'tab-1/connect#1', value }])
  })
})

describe('the streams of a run', () => {
  test('move on their own: a draw added to one moves no draw of another', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (extra) => {
        const streams = new RandomStreams('7')
        const drawn = extra.map((more) => {
          if (more) streams.stream('host/tab-1').integer(0, 99, 'added')
          return streams.stream('network').integer(0, 99, 'kept')
        })
        expect(drawn).toEqual(draws(new RandomStreams('7').stream('network'), extra.length, 99))
      }),
      REPEATABLE,
    )
  })

  test('are one stream for one name', () => {
    const streams = new RandomStreams('7')
    expect(streams.stream('network')).toBe(streams.stream('network'))
  })
})
