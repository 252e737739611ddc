// Each property against the mutants that break it: a property that no mutant breaks may be checking nothing.

import { describe, expect, it } from 'vitest'
import { type CatalogueEntry, mutants, scenarios, single } from '../model/index.ts'
import { hunt, random } from '../sim/index.ts'
import { allProperties, catalogueScenario } from './index.ts'

const options = { seeds: { first: 1, count: 60 }, strategy: random, timing: 'sampled' } as const

describe.each(mutants)('the mutant that $name', ({ scenario, breaks, coordinator }) => {
  const entry = scenarios.find(({ name }) => name === scenario) as CatalogueEntry

  it(`is caught by "${breaks}" in ${scenario}`, async () => {
    const report = await hunt(catalogueScenario(entry, coordinator), options)
    const broken = report.properties.filter(({ violated }) => violated > 0).map(({ property }) => property)
    expect(broken).toContain(breaks)
  })
})

describe('the properties', () => {
  it('are each broken by a mutant of their own', () => {
    const broken = new Set(mutants.map(({ breaks }) => breaks))
    expect([...broken].sort()).toEqual(allProperties.map(({ name }) => name).sort())
  })

  it('hold where no mutant is in place', async () => {
    for (const name of new Set(mutants.map(({ scenario }) => scenario))) {
      const entry = scenarios.find((other) => other.name === name) as CatalogueEntry
      const report = await hunt(catalogueScenario(entry, single()), options)
      expect(report.verdict).toBe('no violation found')
    }
  })
})
