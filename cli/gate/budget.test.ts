import { expect, it } from 'vitest'
import { Budget } from './budget.ts'

const at = (totalMs: number | null, nowMs: number) => new Budget(totalMs, () => nowMs)

it('counts from the start of the process, and never below nothing', () => {
  expect(at(60_000, 1_000).leftMs()).toBe(59_000)
  expect(at(60_000, 61_000).leftMs()).toBe(0)
})

it('puts something by for what was found, and a little where nothing was', () => {
  expect(at(60_000, 0).leftToSearchMs(0)).toBe(59_000)
  expect(at(60_000, 0).leftToSearchMs(1)).toBe(55_200)
  expect(at(600_000, 0).leftToSearchMs(1)).toBe(580_000)
  expect(at(60_000, 56_000).leftToSearchMs(1)).toBe(0)
})

it('puts more by where the budget is short, runs take long, or much was found, and never most of it', () => {
  expect(at(5_000, 0).leftToSearchMs(0)).toBe(4_750)
  expect(at(5_000, 0).leftToSearchMs(2)).toBe(4_200)
  expect(at(60_000, 0).leftToSearchMs(70)).toBe(53_000)
  expect(at(60_000, 0).leftToSearchMs(3, 500)).toBe(48_000)
  expect(at(3_000, 0).leftToSearchMs(70, 500)).toBe(2_100)
})

it('leaves time to write and show what was recorded', () => {
  expect(at(10_000, 9_000).leftToRecordMs(0)).toBe(800)
  expect(at(10_000, 9_000).leftToRecordMs(50)).toBe(600)
  expect(at(60_000, 59_000).leftToRecordMs(0)).toBe(500)
  expect(at(10_000, 9_900).leftToRecordMs(0)).toBe(0)
})

it('has no end where there is none', () => {
  const budget = at(null, 1e9)
  expect(budget.leftMs()).toBe(Number.POSITIVE_INFINITY)
  expect(budget.leftToSearchMs(5)).toBe(Number.POSITIVE_INFINITY)
  expect(budget.leftToRecordMs(5)).toBe(Number.POSITIVE_INFINITY)
})
