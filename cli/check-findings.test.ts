// What is said of a counterexample: how long it is, and what repeats in it.

import { describe, expect, it } from 'vitest'
import { recordCounterexamples } from './check-findings.ts'
import type { Shown } from './check-task.ts'
import { judged } from './check-verdict.ts'
import { folder } from './heddle.fixture.ts'

const { path } = folder()
const entry = {
  scenario: 'two-tabs',
  size: '2 connections',
  options: {},
  coordinator: 'single',
  expected: 'holds',
  broken: [],
  reaches: [],
} as const

async function whichOf(shown: Pick<Shown, 'steps' | 'shortest' | 'cycleFrom'>) {
  const recorded = {
    text: 'a trace',
    divergence: null,
    scenario: 'two-tabs',
    coordinator: 'single',
    found: { step: shown.steps, at: 0 },
    timeline: '',
  }
  const counterexample = { property: 'a claim', message: '', recorded, ...shown }
  const result = { report: { verdict: 'violated' }, counterexamples: [counterexample], moves: [] }
  const subject = { index: 0, coordinator: { kind: 'built-in', name: 'single' }, isExpected: false, entry }
  const { failures } = await recordCounterexamples([judged(subject as never, result as never)], path)
  return failures.map(({ which }) => which)
}

describe('a counterexample', () => {
  it('says how long it is', async () => {
    expect(await whichOf({ steps: 1, shortest: false, cycleFrom: null })).toEqual(['2 connections; 1 step'])
    expect(await whichOf({ steps: 1_200, shortest: true, cycleFrom: null })).toEqual([
      '2 connections; 1,200 steps, as few as there can be',
    ])
  })

  it('says which of its steps repeat, in the words that a timeline has for it', async () => {
    expect(await whichOf({ steps: 8, shortest: true, cycleFrom: 4 })).toEqual([
      '2 connections; 8 steps, as few as there can be; steps 5 to 8 repeat for ever',
    ])
  })
})
