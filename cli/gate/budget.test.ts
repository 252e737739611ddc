import { expect, it } from 'vitest'
import { Budget } from './budget.ts'

const at = (totalMs: number | null, nowMs: number) => new Budget(totalMs, () => nowMs)

it('counts from the start of the process, and never below nothing', () => {
  expect(at(60_000, 1_000).leftMs()).toBe(59_000)
  expect(at(60_000, 61_000).leftMs()).toBe(0)
})

it('puts something by for what was found, and nothing where nothing was', () => {
  expect(at(60_000, 0).leftToSearchMs(0)).toBe(60_000)
  expect(at(60_000, 0).leftToSearchMs(1)).toBe(55_200)
  expect(at(600_000, 0).leftToSearchMs(1)).toBe(580_000)
  expect(at(60_000, 56_000).leftToSearchMs(1)).toBe(0)
})

it('has no end where there is none', () => {
  expect(at(null, 1e9).leftMs()).toBe(Number.POSITIVE_INFINITY)
  expect(at(null, 1e9).leftToSearchMs(5)).toBe(Number.POSITIVE_INFINITY)
})
