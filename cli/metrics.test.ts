// The report must not pass where anything is missing: each metric fails on its own.

import { describe, expect, it } from 'vitest'
import type { CatalogueEntry, Measure } from '../model/index.ts'
import type { Report } from './hunting.ts'
import { metricsOf, type Trio, unmet } from './metrics.ts'

const MEASURE: Measure = {
  connections: 100,
  closed1011: 0,
  succeeded: 100,
  eventsExpected: 5,
  eventsReceived: 5,
  overheadUs: 99_999,
}

const report = (changed: Partial<Report> = {}): Report => ({
  scenario: 'set-up-overhead',
  strategy: 'portfolio',
  timing: 'sampled',
  seeds: { first: 1, count: 1 },
  verdict: 'no violation found',
  steps: 1,
  failures: 0,
  cutShort: 0,
  bounds: [],
  properties: [],
  sometimes: [{ property: 'a hard case', reached: 1, firstSeed: 1 }],
  selfChecks: 1,
  differing: 0,
  nonDeterminism: null,
  orders: null,
  measures: [MEASURE],
  ...changed,
})

const entry = { name: 'set-up-overhead', plan: '', about: '', options: {}, broken: ['a claim'], reaches: [] }
const breaks = report({
  properties: [{ timed: false, property: 'a claim', violated: 1, firstSeed: 1, message: '' }],
})
const trio = (changed: Partial<Trio> = {}): Trio => ({
  entry: entry satisfies CatalogueEntry,
  competing: breaks,
  single: report(),
  asClass: report(),
  ...changed,
})
const measured = (changed: Partial<Measure>) =>
  trio({ single: report({ measures: [{ ...MEASURE, ...changed }] }) })

describe('the metrics', () => {
  it('are as asked for where everything is there', () => {
    expect(unmet(metricsOf([trio()]))).toEqual([])
  })

  it.each<[string, Trio]>([
    ['reproduction rate', trio({ competing: report() })],
    ['solution rate', trio({ single: report({ verdict: 'violated' }) })],
    ['solution rate', trio({ single: report({ cutShort: 1 }) })],
    ['solution rate of the class', trio({ asClass: report({ verdict: 'violated' }) })],
    [
      'hard cases reached',
      trio({ single: report({ sometimes: [{ property: 'a', reached: 0, firstSeed: null }] }) }),
    ],
    ['closed with 1011', measured({ closed1011: 1 })],
    ['agent events', measured({ eventsReceived: 4 })],
    ['connections that succeed', measured({ succeeded: 99 })],
    ['set-up overhead', measured({ overheadUs: 100_000 })],
  ])('miss the %s where it is missing', (metric, one) => {
    expect(unmet(metricsOf([one]))).toEqual([metric])
  })
})
