// A replay file as one line: short, the same to the byte when it is followed, and refused in one line when it is not
// what was made.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { competing, scenarios, single, vocabulary } from '../model/index.ts'
import {
  decodeToken,
  encodeToken,
  formatTrace,
  HeddleError,
  hunt,
  parseTrace,
  random,
  record,
  replayToken,
  type Scenario,
  shrink,
  type Trace,
  tokenOf,
} from '../sim/index.ts'
import { catalogueScenario, rebuild } from './catalogue.ts'

const folder = new URL('../replays/', import.meta.url)
const traceIn = (file: string) => parseTrace(readFileSync(new URL(file, folder)))
const files = readdirSync(folder).filter(
  (file) => file.endsWith('.replay') && traceIn(file).header.parameters.coordinator === competing.name,
)
const scenarioOf = ({ header }: Trace, coordinator = competing) =>
  rebuild(header.scenario, header.parameters, { ...coordinator, name: competing.name })
const entryOf = (name: string) => scenarios.find((one) => one.name === name) as (typeof scenarios)[number]

async function failure(scenario: Scenario, property: string, timing: 'sampled' | 'untimed'): Promise<Trace> {
  const how = { strategy: random, timing }
  const { properties } = await hunt(scenario, { ...how, selfCheckEvery: 0 })
  const seed = properties.find((one) => one.property === property)?.firstSeed ?? 0
  return parseTrace(await record(scenario, { ...how, seed, property }))
}

describe('a token', () => {
  it.each(files)('makes every byte of its file again: %s', async (file) => {
    const trace = traceIn(file)
    const token = decodeToken(await tokenOf(trace, scenarioOf(trace), vocabulary), vocabulary)
    const replayed = await replayToken(token, scenarioOf(trace))
    expect(replayed.outcome).toBe('exact')
    expect(formatTrace(replayed.trace)).toBe(readFileSync(new URL(file, folder), 'utf8'))
  })

  it.each([2, 5])(
    'of five tabs with %i connections, shrunk, fits into 300 characters',
    async (connections) => {
      const entry = entryOf('five-tabs')
      const scenario = catalogueScenario({ ...entry, options: { ...entry.options, connections } }, competing)
      for (const property of entry.broken) {
        const { scenario: smaller, trace } = await shrink(
          await failure(scenario, property, 'sampled'),
          scenario,
        )
        const text = await tokenOf(parseTrace(trace), smaller, vocabulary)
        expect(text).toMatch(/^heddle1:[\w-]+$/)
        expect(text.length).toBeLessThanOrEqual(300)
        const { outcome, found } = await replayToken(decodeToken(text, vocabulary), smaller)
        expect({ outcome, property: found.property }).toEqual({ outcome: 'exact', property })
      }
    },
  )

  it.each(['sampled', 'untimed'] as const)('of a %s run is as exact before it is shrunk', async (timing) => {
    const scenario = catalogueScenario(entryOf('get-or-create'), competing)
    const trace = await failure(scenario, 'one machine per user', timing)
    const text = await tokenOf(trace, scenario, vocabulary)
    expect(text.length).toBeLessThanOrEqual(300)
    expect(await replayToken(decodeToken(text, vocabulary), scenario)).toMatchObject({ outcome: 'exact' })
  })

  it('is fixed, or stale, where the code was mended, and never exact', async () => {
    for (const file of files) {
      const trace = traceIn(file)
      const token = decodeToken(await tokenOf(trace, scenarioOf(trace), vocabulary), vocabulary)
      const { outcome, found } = await replayToken(token, scenarioOf(trace, single()))
      expect(['fixed', 'stale'], file).toContain(outcome)
      expect(found.property, file).toBeNull()
    }
  })

  it('is not made of a file that the code does not make any more', async () => {
    const trace = traceIn(files[0] as string)
    await expect(tokenOf(trace, scenarioOf(trace, single()), vocabulary)).rejects.toMatchObject({
      code: 'HEDDLE_TOKEN_STALE',
    })
  })
})

describe('a token that was not made so', async () => {
  const trace = traceIn('two-machines.exactly-one-grant-for-concurrent-requests.replay')
  const text = await tokenOf(trace, scenarioOf(trace), vocabulary)

  const refusal = (input: string): string => {
    try {
      decodeToken(input, vocabulary)
    } catch (error) {
      expect(error).toBeInstanceOf(HeddleError)
      const { code, message } = error as HeddleError
      expect(message).toMatch(/^[^\n\p{Cc}\p{Cf}]{20,500}$/u)
      return code
    }
    throw new Error('expected a refusal')
  }

  it('is refused wherever a character is changed, left out, or twice there', () => {
    for (let at = 8; at < text.length; at++) {
      const other = text[at] === 'A' ? 'B' : 'A'
      refusal(text.slice(0, at) + other + text.slice(at + 1))
      refusal(text.slice(0, at) + text.slice(at + 1))
      refusal(text.slice(0, at) + text.slice(at - 1))
      refusal(text.slice(0, at))
    }
  })

  it.each([
    ['HEDDLE_TOKEN_UNKNOWN', 'heddle:abc'],
    ['HEDDLE_TOKEN_UNKNOWN', 'heddle0:abc'],
    ['HEDDLE_TOKEN_NEWER', 'heddle2:abc'],
    ['HEDDLE_TOKEN_NEWER', 'heddle999:'],
    ['HEDDLE_TOKEN_ALPHABET', `${text}=`],
    ['HEDDLE_TOKEN_ALPHABET', 'heddle1:abc+/=='],
    ['HEDDLE_TOKEN_ALPHABET', 'heddle1:\u001b[2J'],
    ['HEDDLE_TOKEN_TRUNCATED', 'heddle1:'],
    ['HEDDLE_TOKEN_TRUNCATED', 'heddle1:a'],
    ['HEDDLE_TOKEN_EDITED', `heddle1:${'A'.repeat(400)}`],
    ['HEDDLE_TOKEN_SIZE', `heddle1:${'A'.repeat(2 ** 16)}`],
    ['HEDDLE_TOKEN_SIZE', `heddle1:${'A'.repeat(2 ** 24)}`],
  ])('is refused as %s: %.30s', (code, input) => {
    expect(refusal(input)).toBe(code)
  })

  it('is refused where it unpacks to too much, before it is unpacked', () => {
    const digest = Buffer.alloc(16)
    const packed = deflateRawSync(Buffer.alloc(2 ** 25))
    const check = createHash('sha256').update(digest).update(packed).digest().subarray(0, 4)
    const bomb = `heddle1:${Buffer.concat([check, digest, packed]).toString('base64url')}`
    expect(bomb.length).toBeLessThan(2 ** 16)
    expect(refusal(bomb)).toBe('HEDDLE_TOKEN_SIZE')
  })

  it.each([
    ['malformed UTF-8', Buffer.of(0x22, 0xff, 0x22), /expected UTF-8, found otherwise\.$/],
    ['no header', Buffer.from('{}\n{}'), /Line 1 is malformed: .*\. Copy all of it, and paste it again\.$/],
  ])('is refused where it unpacks to %s, and says so', (_what, content, message) => {
    const digest = Buffer.alloc(16)
    const packed = deflateRawSync(content)
    const check = createHash('sha256').update(digest).update(packed).digest().subarray(0, 4)
    const forged = `heddle1:${Buffer.concat([check, digest, packed]).toString('base64url')}`
    expect(refusal(forged)).toBe('HEDDLE_TOKEN_MALFORMED')
    expect(() => decodeToken(forged, vocabulary)).toThrow(message)
  })

  it('is not made so large either', () => {
    const token = decodeToken(text, vocabulary)
    const ids = Array.from({ length: 200_000 }, () => 'tab-1/connect#1')
    const bomb = {
      ...token,
      steps: ids.length,
      times: ids.map(() => 0),
      schedule: { kind: 'ids', ids },
    } as const
    expect(() => encodeToken(bomb, vocabulary)).toThrow(
      expect.objectContaining({ code: 'HEDDLE_TOKEN_SIZE' }),
    )
  })

  it('may be broken into lines by a paste', () => {
    expect(decodeToken(` ${text.slice(0, 40)}\n  ${text.slice(40)}\n`, vocabulary)).toEqual(
      decodeToken(text, vocabulary),
    )
  })

  it('is refused whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (word) => {
        refusal(word)
        refusal(`heddle1:${word}`)
      }),
      { seed: 20_251_122, numRuns: 500 },
    )
  })

  it.each([
    ['a header that no file has', { header: { ...trace.header, heddle: 2 } }],
    ['times that are too few', { times: [0] }],
    ['times of no clock', { times: 'untimed' }],
    ['a cycle where time rules', { ending: 'cycle', cycleFrom: 1 }],
    ['ids that are too few', { schedule: { kind: 'ids', ids: ['a/b#1'] } }],
    ['a step count that is none', { steps: -1 }],
    ['an ending that is none', { ending: 'soon' }],
  ])('is refused with %s', (_what, change) => {
    const forged = encodeToken({ ...decodeToken(text, vocabulary), ...change } as never, vocabulary)
    expect(refusal(forged)).toBe('HEDDLE_TOKEN_MALFORMED')
  })
})
