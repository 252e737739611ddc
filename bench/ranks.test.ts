import { expect, test } from 'vitest'
import { deviationsAbove, median } from './ranks.ts'

test('the median is the middle one, or between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 2, Number.POSITIVE_INFINITY])).toBe(3)
  expect(median([1, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY)
})

test('the ranks of a worked example are as far apart as the formula says', () => {
  // U = 9 of 9 pairs, mean 4.5, variance 9 / 12 * 7 without ties.
  expect(deviationsAbove([4, 5, 6], [1, 2, 3])).toBeCloseTo(4.5 / Math.sqrt(5.25), 10)
  // Ties of 2: U = 1.5 + 2 = 3.5 of 4, variance 4 / 12 * (5 - 6 / 12).
  expect(deviationsAbove([2, 3], [1, 2])).toBeCloseTo(1.5 / Math.sqrt((4 / 12) * (5 - 6 / 12)), 10)
  expect(deviationsAbove([1, 2], [3, 4])).toBe(-deviationsAbove([3, 4], [1, 2]))
  expect(deviationsAbove([1, 1], [1, 1])).toBe(0)
})
