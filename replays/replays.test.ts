// The corpus: one replay file for each claim that the competing machines must break, found by hunting. Every
// file is replayed to the byte on every run of the tests. After a change that is meant to change traces:
//
//   HEDDLE_RECORD=1 npx vitest run replays     and read the diff

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { competing, scenarios } from '../model/index.ts'
import { catalogueScenario, rebuild } from '../properties/index.ts'
import { hunt, parseTrace, random, record, replay } from '../sim/index.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const claims = scenarios.flatMap((entry) => entry.broken.map((property) => ({ entry, property })))
const slug = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
const fileOf = (scenario: string, property: string) => `${scenario}.${slug(property)}.replay`
const replayFiles = () => readdirSync(folder).filter((file) => file.endsWith('.replay'))

async function recordAll(): Promise<void> {
  for (const file of replayFiles()) rmSync(folder + file)
  mkdirSync(folder, { recursive: true })
  for (const { entry, property } of claims) {
    const scenario = catalogueScenario(entry, competing)
    const { properties } = await hunt(scenario)
    const seed = properties.find((report) => report.property === property)?.firstSeed
    const how = { strategy: random, timing: 'sampled' } as const
    writeFileSync(
      folder + fileOf(entry.name, property),
      await record(scenario, { seed: seed ?? 0, property, ...how }),
    )
  }
}

beforeAll(async () => {
  if (process.env.HEDDLE_RECORD === '1') await recordAll()
}, 600_000)

describe('the corpus', () => {
  it('has a file for each claim that the competing machines must break, and no other', () => {
    expect(replayFiles().sort()).toEqual(
      claims.map(({ entry, property }) => fileOf(entry.name, property)).sort(),
    )
  })

  it.each(claims)('replays $entry.name · $property to the byte', async ({ entry, property }) => {
    const trace = parseTrace(readFileSync(folder + fileOf(entry.name, property)))
    const { scenario, parameters, expect: expectation } = trace.header
    expect(expectation).toEqual({ verdict: 'violated', property })
    const { outcome, found } = await replay(trace, rebuild(scenario, parameters, competing))
    expect(outcome).toBe('exact')
    expect(found.property).toBe(property)
  })
})
