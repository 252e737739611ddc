// Each mutant is caught by an exhaustive check too, by the property that it breaks, at a small size, at
// which the coordinator that it was made from keeps it.

import { describe, expect, it } from 'vitest'
import {
  type Coordinator,
  lifecycle,
  type Mutant,
  type MutantSize,
  mutants,
  scenarios,
  single,
} from '../model/index.ts'
import { check } from '../sim/index.ts'
import { untimedProperties } from './index.ts'

const checked = mutants.filter(({ size }) => typeof size !== 'string')

const optionsOf = ({ scenario }: Mutant) => scenarios.find(({ name }) => name === scenario)?.options ?? {}

/** The claims that a coordinator breaks at a mutant's size, where only that mutant's is asked. */
async function broken(mutant: Mutant, coordinator: Coordinator): Promise<readonly string[]> {
  const properties = untimedProperties.filter(({ name }) => name === mutant.breaks)
  const options = { ...optionsOf(mutant), ...(mutant.size as MutantSize) }
  const { counterexamples } = await check(lifecycle(mutant.scenario, { ...options, coordinator, properties }))
  return counterexamples.map(({ property }) => property)
}

describe.each(checked)('the mutant that $name', (mutant) => {
  it(`is caught by "${mutant.breaks}"`, async () => {
    const [first] = await broken(mutant, mutant.coordinator)
    expect(first).toBe(mutant.breaks)
  })
})

// Over a store there are more states than a test has time for.
describe.each(checked.filter((mutant) => optionsOf(mutant).instances === undefined))(
  'where there is no mutant that $name',
  (mutant) => {
    it(`"${mutant.breaks}" holds`, async () => {
      expect(await broken(mutant, single())).toEqual([])
    })
  },
)

it('is about time where an exhaustive check cannot catch a mutant', () => {
  const others = mutants.filter(({ size }) => typeof size === 'string')
  expect(others.map(({ breaks }) => breaks)).toEqual(['set-up overhead within 100 ms'])
})
