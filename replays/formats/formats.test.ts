// One frozen file of each format that replay files and tokens have ever had, as somebody may still send one. None of
// them is ever recorded again: a new format gets a file beside these.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { competing, single, vocabulary } from '../../model/index.ts'
import { rebuild } from '../../properties/index.ts'
import { decodeToken, parseTrace, replay, replayToken, type Trace } from '../../sim/index.ts'

const folder = new URL('./', import.meta.url)
const text = (file: string) => readFileSync(new URL(file, folder), 'utf8')
const PROPERTY = 'exactly one grant for concurrent requests'

/** As the command makes it: options that came later have their defaults. */
function scenarioOf({ header: { scenario, parameters } }: Pick<Trace, 'header'>) {
  const coordinator = parameters.coordinator === 'single' ? single() : competing
  return { ...rebuild(scenario, parameters, coordinator), parameters }
}

it('there is a file of each format', () => {
  const files = readdirSync(folder).filter((file) => !file.endsWith('.ts'))
  expect(files.sort()).toEqual(['format-1.replay', 'format-2.replay', 'token-1.txt', 'vocabulary-1.txt'])
})

it('format 1 is read, and followed to its violation', async () => {
  const trace = parseTrace(text('format-1.replay'))
  expect(trace.header).toMatchObject({ heddle: 1, expect: { verdict: 'violated', property: PROPERTY } })
  const { found } = await replay(trace, scenarioOf(trace))
  expect(found.property).toBe(PROPERTY)
})

it('format 2 is read, and what it expects to hold holds', async () => {
  const trace = parseTrace(text('format-2.replay'))
  expect(trace.header).toMatchObject({
    heddle: 2,
    expect: { verdict: 'no violation found', property: PROPERTY },
  })
  const { outcome, found } = await replay(trace, scenarioOf(trace))
  expect(['exact', 'fixed']).toContain(outcome)
  expect(found.property).toBeNull()
})

it('version 1 of tokens is read, with the vocabulary as it is, and is what it was made of', async () => {
  const token = decodeToken(text('token-1.txt'), vocabulary)
  expect(token.header).toEqual(parseTrace(text('format-1.replay')).header)
  const { found } = await replayToken(token, scenarioOf(token))
  expect(found.property).toBe(PROPERTY)
})

it('version 1 of tokens is read by the letter of docs/replay-format.md, without heddle', () => {
  const bytes = Buffer.from(text('token-1.txt').trim().slice('heddle1:'.length), 'base64url')
  const check = createHash('sha256').update(bytes.subarray(4)).digest()
  expect(bytes.subarray(0, 4)).toEqual(check.subarray(0, 4))
  const file = text('format-1.replay')
  expect(bytes.subarray(4, 20).toString('hex')).toBe(file.slice(-67, -35))
  const dictionary = readFileSync(new URL('vocabulary-1.txt', folder))
  const lines = inflateRawSync(bytes.subarray(20), { dictionary }).toString().split('\n')
  expect(lines).toEqual([
    file.split('\n', 1)[0],
    '{"ending":"violation","steps":4,"times":[0,0,1710,2855]}',
    '["tab-1/request#1","tab-2/request#1"]',
  ])
})

it('a newer format, and a newer token, are refused by their version', () => {
  const newer = text('format-2.replay').replace('{"heddle":2,', '{"heddle":3,')
  expect(() => parseTrace(newer)).toThrow(
    /made by a newer heddle: format 3, and this one reads up to 2\. Update/,
  )
  const token = text('token-1.txt').replace('heddle1:', 'heddle2:')
  expect(() => decodeToken(token, vocabulary)).toThrow(
    /made by a newer heddle: version 2, and this one reads up to 1\. Update/,
  )
})

it('what only a newer format can say is no part of an older one', () => {
  const text2 = text('format-2.replay').replace('{"heddle":2,', '{"heddle":1,')
  expect(() => parseTrace(text2)).toThrow()
})
