import { describe, expect, it } from 'vitest'
import { competing, lifecycle, single } from '../model/index.ts'
import { type Scenario, world } from '../sim/index.ts'
import { scenarioOf } from './index.ts'

const tabs = lifecycle('tabs', { coordinator: competing, connections: 3 })
const recordOf = (scenario: string, parameters: object) =>
  ({ header: { scenario, parameters } }) as Parameters<typeof scenarioOf>[0]

describe('the scenario that a record is replayed on', () => {
  it('is the one at hand, where it has the same parameters', () => {
    expect(scenarioOf(recordOf('tabs', tabs.parameters), tabs)).toBe(tabs)
  })

  it('is made from what it was shrunk to', () => {
    const parameters = { ...tabs.parameters, connections: 1 }
    const made = scenarioOf(recordOf('tabs', parameters), tabs)
    expect(made).toMatchObject({ name: 'tabs', parameters })
    expect(made.properties).toBe(tabs.properties)
  })

  it('keeps the parameters as they are recorded, where options came later', () => {
    const { sends: _, ...parameters }: Scenario['parameters'] = { ...tabs.parameters, connections: 2 }
    expect(scenarioOf(recordOf('tabs', parameters), tabs).parameters).toEqual(parameters)
  })

  it.each([
    [
      'another name',
      recordOf('five-tabs', tabs.parameters),
      'Expected a record of the scenario "tabs", found "five-tabs"',
    ],
    [
      'another coordinator',
      recordOf('tabs', { ...tabs.parameters, coordinator: single().name }),
      'Expected parameters of the coordinator "competing", found those of "single"',
    ],
    ['options that are none', recordOf('tabs', { ...tabs.parameters, sockets: 2 }), 'Invalid key'],
    [
      'a value that is put right',
      recordOf('tabs', { ...tabs.parameters, delays: { lease: '3s', other: 1 } }),
      'Bad scenario option',
    ],
  ])('is none for %s', (_, record, message) => {
    expect(() => scenarioOf(record, tabs)).toThrow(message)
  })

  it('is none for parameters of a scenario that cannot be made from any', () => {
    const code = world('code', () => {})
    expect(() => scenarioOf(recordOf('code', { tabs: 2 }), code)).toThrow(
      'Expected a record of the parameters of "code", found others in tabs.',
    )
  })
})
