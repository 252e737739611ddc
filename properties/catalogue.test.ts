// Every row of the catalogue as the test plan says: what must break under the competing machines breaks, and
// the single coordinator holds, having met the hard cases.

import { describe, expect, it } from 'vitest'
import {
  type CatalogueEntry,
  type Coordinator,
  competing,
  measure,
  scenarios,
  single,
} from '../model/index.ts'
import { type HuntOptions, type HuntReport, hunt, random } from '../sim/index.ts'
import { catalogueScenario } from './index.ts'

const SEEDS = 60

type Report = Promise<HuntReport<ReturnType<typeof measure>>>

// A hunt is the same whenever it is run, so each is run once.
const hunts = new Map<string, Report>()

function hunted(entry: CatalogueEntry, coordinator = entry.single ?? single()): Report {
  const key = `${entry.name} ${coordinator.name}`
  const report = hunts.get(key) ?? hunting(entry, coordinator)
  hunts.set(key, report)
  return report
}

function hunting(entry: CatalogueEntry, coordinator: Coordinator): Report {
  const options: HuntOptions<ReturnType<typeof measure>> = {
    seeds: { first: 1, count: entry.name === 'fifty-connections' ? 5 : SEEDS },
    strategy: random,
    timing: 'sampled',
    measure,
  }
  return hunt(catalogueScenario(entry, coordinator), options)
}

const named = (name: string) => scenarios.find((entry) => entry.name === name) as CatalogueEntry
const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)

describe.each(scenarios)('$name', (entry) => {
  it('holds under the single coordinator, in every seed, to the end', async () => {
    const report = await hunted(entry)
    expect(report.properties.filter(({ violated }) => violated > 0)).toEqual([])
    expect(report.verdict).toBe('no violation found')
    expect(report.cutShort).toBe(0)
  })

  it('reaches what it is there to show', async () => {
    const report = await hunted(entry)
    const reached = report.sometimes.filter((goal) => goal.reached > 0).map(({ property }) => property)
    expect(reached).toEqual([...entry.reaches])
  })

  it('breaks under the competing machines what it must', async () => {
    const report = await hunted(entry, competing)
    const broken = report.properties.filter(({ violated }) => violated > 0).map(({ property }) => property)
    expect(broken).toEqual(expect.arrayContaining([...entry.broken]))
  })
})

describe("the plan's words", () => {
  it('skip-states is refused likewise by the competing machines, naming both states', async () => {
    const report = await hunted(named('skip-states'), competing)
    expect(report.sometimes).toMatchObject([
      { property: 'an illegal request is refused, naming both states', reached: SEEDS },
    ])
  })

  it('message-before-accept ends with "need to call accept first" and 1011 under the competing machines', async () => {
    const report = await hunted(named('message-before-accept'), competing)
    const violation = report.properties.find(({ property }) => property === 'no 1011 without a fault')
    expect(violation?.message).toBe('tab-1 is closed with 1011: need to call accept first')
  })

  it('cloud-run-burst closes a measurable share with 1011 under the competing machines, and none under single', async () => {
    const closed = async (coordinator = competing) => {
      const { measures } = await hunted(named('cloud-run-burst'), coordinator)
      return (
        total(measures.map(({ closed1011 }) => closed1011)) /
        total(measures.map(({ connections }) => connections))
      )
    }
    expect(await closed()).toBeGreaterThan(0.01)
    expect(await closed(single())).toBe(0)
  })

  it('cloud-run-burst succeeds for more than 99 % under single', async () => {
    const { measures } = await hunted(named('cloud-run-burst'))
    const share =
      total(measures.map(({ succeeded }) => succeeded)) /
      total(measures.map(({ connections }) => connections))
    expect(share).toBeGreaterThan(0.99)
  })

  it('stripped-header is closed with 4401 under single, and with 1011 under the competing machines', async () => {
    const message = (await hunted(named('stripped-header'), competing)).properties.find(
      ({ property }) => property === 'no 1011 without a fault',
    )?.message
    expect(message).toBe('tab-1 is closed with 1011: authentication failed')
    const goals = (await hunted(named('stripped-header'))).sometimes
    expect(goals.map(({ reached }) => reached)).toEqual([SEEDS])
  })

  it('five-events loses events under the competing machines, and none under single', async () => {
    const completeness = async (coordinator = competing) => {
      const { measures } = await hunted(named('five-events'), coordinator)
      return (
        total(measures.map((one) => one.eventsReceived)) / total(measures.map((one) => one.eventsExpected))
      )
    }
    expect(await completeness()).toBeLessThan(1)
    expect(await completeness(single())).toBe(1)
  })
})
