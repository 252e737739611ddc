// The corpus: one replay file for each claim that the competing machines must break, found by hunting and shrunk.
// Every file is replayed to the byte on every run of the tests. A failure that was mended stays, in a file that expects
// that it holds (heddle replay --accept). After a change that is meant to change traces:
//
//   HEDDLE_RECORD=1 npx vitest run replays     and read the diff

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { competing, scenarios, single } from '../model/index.ts'
import { catalogueScenario, rebuild } from '../properties/index.ts'
import { hunt, parseTrace, random, record, replay, shrink } from '../sim/index.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const claims = scenarios.flatMap((entry) => entry.broken.map((property) => ({ entry, property })))
const slug = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
const fileOf = (scenario: string, property: string) => `${scenario}.${slug(property)}.replay`
const replayFiles = () => readdirSync(folder).filter((file) => file.endsWith('.replay'))

const traceIn = (file: string) => parseTrace(readFileSync(folder + file))
const expectsToHold = (file: string) => traceIn(file).header.expect.verdict === 'no violation found'
const coordinators = [competing, single(), single('takeover'), single('reject')]

async function recordAll(): Promise<void> {
  for (const file of replayFiles().filter((file) => !expectsToHold(file))) rmSync(folder + file)
  mkdirSync(folder, { recursive: true })
  for (const { entry, property } of claims) {
    const scenario = catalogueScenario(entry, competing)
    const how = { strategy: random, timing: 'sampled' } as const
    const { properties } = await hunt(scenario, how)
    const seed = properties.find((report) => report.property === property)?.firstSeed
    const text = await record(scenario, { seed: seed ?? 0, property, ...how })
    const { trace } = await shrink(parseTrace(text), scenario)
    writeFileSync(folder + fileOf(entry.name, property), trace)
  }
}

beforeAll(async () => {
  if (process.env.HEDDLE_RECORD === '1') await recordAll()
}, 600_000)

describe('the corpus', () => {
  it('has a file for each claim that the competing machines must break, and no other that fails', () => {
    const failing = replayFiles().filter((file) => !expectsToHold(file))
    expect(failing.sort()).toEqual(claims.map(({ entry, property }) => fileOf(entry.name, property)).sort())
  })

  it.each(claims)('replays $entry.name · $property to the byte', async ({ entry, property }) => {
    const trace = traceIn(fileOf(entry.name, property))
    const { scenario, parameters, expect: expectation } = trace.header
    expect(expectation).toEqual({ verdict: 'violated', property })
    const again = rebuild(scenario, parameters, competing)
    const { outcome, found } = await replay(trace, again)
    expect(outcome).toBe('exact')
    expect(found.property).toBe(property)
    // What is kept is small: shrinking it again finds nothing to leave out.
    const { before, after } = await shrink(trace, again)
    expect(after).toEqual(before)
  })
  it.each(replayFiles().filter(expectsToHold))('holds what was mended: %s', async (file) => {
    const trace = traceIn(file)
    const { scenario, parameters } = trace.header
    const coordinator = coordinators.find(({ name }) => name === parameters.coordinator) ?? competing
    const { outcome, found } = await replay(trace, rebuild(scenario, parameters, coordinator))
    expect(['exact', 'fixed']).toContain(outcome)
    expect(found).toMatchObject({ verdict: 'no violation found', property: null })
  })
})
