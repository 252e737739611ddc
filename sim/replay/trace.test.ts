import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Observation } from '../event.ts'
import { generatedScenario, REPEATABLE, schedule } from '../generated.fixture.ts'
import { META, sample } from '../greeting.fixture.ts'
import { always } from '../property.ts'
import { playing, rally } from '../rally.fixture.ts'
import type { Json } from '../scenario.ts'
import { NOT_STUCK, runSync } from '../scheduler.ts'
import { listed } from '../source.ts'
import { parseTrace } from './parse.ts'
import { encodeTrace, formatTrace, TRACE_LIMITS, traceOf, VERSION } from './trace.ts'

const linesOf = (text: string) => text.trimEnd().split('\n')

describe('the text of a trace', () => {
  test('is one JSON object a line: a header, the opening, the steps, a footer', () => {
    expect(sample()).toMatchInlineSnapshot(`
      "{"heddle":1,"version":"0.1.0","scenario":"greeting","parameters":{"delays":{"a":"1ms","b":"2ms"},"tabs":2},"seed":null,"strategy":null,"timing":"untimed","expect":{"verdict":"violated","property":"greets once"}}
      {"step":0,"seen":[{"type":"opened"}]}
      {"step":1,"at":1000,"event":"greeter/greet#1","enabled":"8db50622","seen":[{"count":1,"type":"greeted","with":"hello"}]}
      {"step":2,"at":2000,"event":"greeter/again#1","enabled":"d6ea72af","seen":[{"count":2,"type":"greeted","with":"hello"}]}
      {"verdict":"violated","ending":"rest","property":"greets once","message":"greeted \\"twice\\"","step":2,"at":2000,"sha256":"f05bf77dcaf5a7488ed86c4314f7bdab8ac2e259ba862a8a1431b7b4c0f6128b"}
      "
    `)
  })

  test('leaves out the opening where nothing was observed', () => {
    fc.assert(
      fc.property(generatedScenario, schedule, (scenario, picks) => {
        const run = runSync(scenario, { source: listed(picks) })
        const lines = linesOf(encodeTrace(run, META))
        expect(lines).toHaveLength(run.steps.length + (run.opening.length > 0 ? 3 : 2))
      }),
      { ...REPEATABLE, numRuns: 50 },
    )
  })

  test('is read as the trace that was written, and written as it was read', () => {
    const meta = fc.record({
      seed: fc.option(fc.nat()),
      strategy: fc.option(fc.string()),
      timing: fc.constantFrom('sampled', 'untimed'),
    })
    const parameters = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })
    fc.assert(
      fc.property(generatedScenario, schedule, meta, parameters, (scenario, picks, meta, parameters) => {
        const plain = JSON.parse(JSON.stringify(parameters)) as Record<string, Json>
        fc.pre(!JSON.stringify(plain).includes('__proto__'))
        const run = runSync({ ...scenario, parameters: plain }, { source: listed(picks) })
        const trace = traceOf(run, meta as typeof META)
        const text = formatTrace(trace)
        expect(parseTrace(text)).toEqual(trace)
        expect(parseTrace(new TextEncoder().encode(text))).toEqual(trace)
        expect(formatTrace(parseTrace(text))).toBe(text)
      }),
      REPEATABLE,
    )
  })

  test('carries the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(VERSION).toBe(version)
  })

  test('says of a stuck run who waits for what', () => {
    const trace = parseTrace(sample({ waits: true, properties: [] }))
    expect(trace.outcome).toMatchObject({
      verdict: 'stuck',
      property: NOT_STUCK,
      message: 'greeter waits for an answer',
      step: 2,
    })
  })

  test('says of a run in a cycle from where on it repeats, and of no other', () => {
    const text = (cycleFrom?: number) =>
      encodeTrace(runSync(rally(), { source: playing(8, cycleFrom) }), META)
    const footer = linesOf(text(4)).at(-1)
    expect(footer?.replace(/"sha256".*/, '')).toMatchInlineSnapshot(
      `"{"verdict":"violated","ending":"cycle","cycleFrom":4,"property":"the game ends","message":"it never holds again: steps 5 to 8 repeat for ever","step":8,"at":8000,"`,
    )
    expect(parseTrace(text(4)).outcome).toMatchObject({ ending: 'cycle', cycleFrom: 4 })
    expect(text()).not.toContain('cycleFrom')
  })

  test('is about the property it was recorded for, not the first that was violated', () => {
    const both = { properties: [always('first', () => false), always('second', () => 'no')] }
    expect(parseTrace(sample(both)).outcome.property).toBe('first')
    expect(parseTrace(sample(both, { property: 'second' })).outcome).toMatchObject({
      property: 'second',
      message: 'no',
    })
    expect(parseTrace(sample({ ...both, waits: true }, { property: NOT_STUCK })).outcome.verdict).toBe(
      'stuck',
    )
  })

  test('expects of a replay what was found', () => {
    expect(parseTrace(sample()).header.expect).toEqual({ verdict: 'violated', property: 'greets once' })
    const clean = parseTrace(sample({ properties: [] }))
    expect(clean.header.expect).toEqual({ verdict: 'no violation found', property: null })
  })

  test('refuses an observation that JSON cannot hold, and says in which step', () => {
    expect(() => sample({ greeting: Number.NaN })).toThrowError(
      expect.objectContaining({
        code: 'HEDDLE_TRACE_VALUE',
        message: expect.stringContaining('step 1 (greeter/greet#1), observations[0].with, found NaN'),
      }),
    )
  })

  test.each([null, 'text', ['type'], {}, { type: 1 }])('refuses %j as an observation', (observation) => {
    const opening = [{ type: 'opened' }, observation as unknown as Observation]
    expect(() => formatTrace({ ...parseTrace(sample()), opening })).toThrowError(
      /^Expected an object with a type in what was observed before the first step, observations\[1\], found none/,
    )
  })

  test.each(['x'.repeat(TRACE_LIMITS.lineChars), '\u{1f9f5}'.repeat(TRACE_LIMITS.lineChars / 2)])(
    'refuses a trace that would be too large to read: case %#',
    (greeting) => {
      expect(() => sample({ greeting })).toThrowError(expect.objectContaining({ code: 'HEDDLE_TRACE_SIZE' }))
    },
  )

  test('counts the digest to the length of the last line, so that whatever is written can be read', () => {
    const text = (message: string) => sample({ properties: [always('first', () => message)] })
    const charsLeft = TRACE_LIMITS.lineChars - (linesOf(text('')).at(-1)?.length ?? 0)
    expect(parseTrace(text('x'.repeat(charsLeft))).outcome.message).toHaveLength(charsLeft)
    expect(() => text('x'.repeat(charsLeft + 1))).toThrowError(
      expect.objectContaining({ code: 'HEDDLE_TRACE_SIZE' }),
    )
  })
})
