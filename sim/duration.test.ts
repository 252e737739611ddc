import { describe, expect, test } from 'vitest'
import { type Duration, formatUs, NO_DELAY, toUs, toWindow, type WindowInput } from './duration.ts'

const refused = expect.objectContaining({ name: 'HeddleError', code: 'HEDDLE_DURATION' })

describe('a duration', () => {
  test.each([
    [0, 0],
    ['250us', 250],
    ['5ms', 5_000],
    ['1.41ms', 1_410],
    ['1.5s', 1_500_000],
    ['2min', 120_000_000],
  ] as const)('%s is %s microseconds', (duration, us) => {
    expect(toUs(duration)).toBe(us)
  })

  test.each([5, '5', 'ms', '-5ms', '5 ms', '5MS', '1e3ms', '', '99999999999999min', null, undefined, {}])(
    '%j is refused, and says what was expected',
    (duration) => {
      expect(() => toUs(duration as Duration)).toThrowError(refused)
    },
  )
})

describe('a window', () => {
  test('is exact when it is given as one duration', () => {
    expect(toWindow('5ms')).toEqual({ minUs: 5_000, maxUs: 5_000 })
  })

  test('runs from its minimum to its maximum', () => {
    expect(toWindow(['1ms', '20ms'])).toEqual({ minUs: 1_000, maxUs: 20_000 })
  })

  test('is no delay when it is left out, or 0', () => {
    expect(toWindow(undefined)).toBe(NO_DELAY)
    expect(toWindow(0)).toBe(NO_DELAY)
  })

  test('is remembered for the same input', () => {
    const input: WindowInput = ['1ms', '20ms']
    expect(toWindow(input)).toBe(toWindow(input))
    expect(toWindow('7ms')).toBe(toWindow('7ms'))
  })

  test('is refused when its minimum exceeds its maximum', () => {
    expect(() => toWindow(['20ms', '1ms'])).toThrowError(refused)
  })

  test('names the number that lacks its unit', () => {
    expect(() => toWindow(5 as unknown as WindowInput)).toThrowError(/such as .*'5ms'.*, found 5\./)
  })
})

test.each([
  [0, '0ms'],
  [1_410, '1.41ms'],
  [320_000, '320ms'],
  [2_500_000, '2.5s'],
])('%s microseconds read as %s', (us, text) => {
  expect(formatUs(us)).toBe(text)
})
