// What each line of a replay file must look like, and how one is read: depth, JSON, shape, canonical form, in
// this order. Trusts nothing, echoes nothing unescaped, and never sees a line that was not bounded before.

import * as v from 'valibot'
import { DEPTH_MAX } from '../canonical.ts'
import { TIMINGS } from '../clock.ts'
import { HeddleError } from '../error.ts'
import type { Observation } from '../event.ts'
import { printable } from '../printable.ts'
import { ENDINGS } from '../run.ts'
import type { Json } from '../scenario.ts'
import {
  type Expectation,
  FORMATS,
  footerStart,
  formatOf,
  headerLine,
  isObservation,
  type Outcome,
  openingLine,
  stepLine,
  type Trace,
  type TraceStep,
} from './trace.ts'

/** Levels that a line puts around user data. */
const DEPTH_OF_LINES = 2
export const FETCH = 'Fetch the original file again.'

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const verdict = v.picklist(['no violation found', 'violated', 'stuck'])
const property = v.nullable(v.string())
// Custom, because valibot would copy the objects, and leave out keys such as `constructor`.
const parameters = v.custom<Readonly<Record<string, Json>>>(isObject, 'an object')
const seen = v.array(v.custom<Observation>(isObservation, 'an observation, with a type'))

const Header = v.strictObject({
  heddle: v.picklist(FORMATS),
  version: v.string(),
  scenario: v.string(),
  parameters,
  seed: v.nullable(count),
  strategy: v.nullable(v.string()),
  timing: v.picklist(TIMINGS),
  expect: v.strictObject({ verdict, property }),
})
const Opening = v.strictObject({ step: v.literal(0), seen: v.pipe(seen, v.minLength(1)) })
const Step = v.strictObject({
  step: count,
  at: count,
  event: v.string(),
  enabled: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  seen,
})
const Footer = v.strictObject({
  verdict,
  ending: v.picklist(ENDINGS),
  cycleFrom: v.exactOptional(count),
  property,
  message: v.nullable(v.string()),
  step: count,
  at: count,
  sha256: v.string(),
})

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The header in the first line. Throws HEDDLE_REPLAY_MALFORMED. */
export function readHeader(lines: readonly string[]): Trace['header'] {
  const header = readLine(lines, 0, Header, headerLine)
  checkExpected(header)
  return header
}

/** A line of JSON that stands as it would be written. Throws HEDDLE_REPLAY_MALFORMED. */
export function readJson<Schema extends v.GenericSchema>(
  lines: readonly string[],
  index: number,
  schema: Schema,
): v.InferOutput<Schema> {
  return readLine(lines, index, schema, (value) => JSON.stringify(value))
}

/** The trace that the lines hold. Throws HEDDLE_REPLAY_MALFORMED, and says in which line. */
export function readLines(lines: readonly string[]): Trace {
  const last = lines.length - 1
  if (last < 1) malformed(0, 'expected a header and a footer, found one line')
  const header = readHeader(lines)
  const opens = last > 1 && lines[1]?.startsWith('{"step":0,')
  const opening = opens ? readLine(lines, 1, Opening, (line) => openingLine(line.seen)).seen : []
  const steps: TraceStep[] = []
  for (let index = opens ? 2 : 1; index < last; index++) {
    const step = readLine(lines, index, Step, stepLine)
    checkOrder(step, steps.at(-1), index)
    steps.push(step)
  }
  const footer = readLine(lines, last, Footer, (line) => `${footerStart(line)}${line.sha256}"}`)
  const { sha256: _digest, ...outcome } = footer
  checkOutcome(outcome, steps, last)
  checkCycle(outcome, { header, steps }, last)
  checkAgreement(header.expect, outcome, last)
  return { header, opening, steps, outcome }
}

function checkOrder(step: TraceStep, before: TraceStep | undefined, index: number): void {
  const number = (before?.step ?? 0) + 1
  if (step.step !== number) malformed(index, `expected step ${number}, found step ${step.step}`)
  const atMin = before?.at ?? 0
  if (step.at < atMin) malformed(index, `expected a time of at least ${atMin}, found ${step.at}`)
}

function checkExpected({ heddle, expect }: Trace['header']): void {
  const holds = expect.verdict === 'no violation found' && expect.property !== null
  if (heddle === 1 || !holds) checkExpectation(expect, 0)
  const format = formatOf(expect)
  if (heddle !== format) malformed(0, `expected format ${format} for what it expects, found format ${heddle}`)
}

function checkExpectation({ verdict, property }: Expectation, index: number): void {
  if ((property === null) === (verdict === 'no violation found')) return
  malformed(
    index,
    `expected a property with a violation only, found "${verdict}" with ${property === null ? 'none' : 'one'}`,
  )
}

function checkOutcome(outcome: Outcome, steps: readonly TraceStep[], index: number): void {
  checkExpectation(outcome, index)
  if (outcome.step > steps.length) {
    malformed(index, `expected a step of at most ${steps.length}, found step ${outcome.step}`)
  }
  const at = steps[outcome.step - 1]?.at ?? 0
  if (outcome.at !== at)
    malformed(index, `expected the time of step ${outcome.step}, ${at}, found ${outcome.at}`)
}

function checkCycle(
  { ending, cycleFrom }: Outcome,
  { header: { timing }, steps }: Pick<Trace, 'header' | 'steps'>,
  index: number,
): void {
  if ((ending === 'cycle') !== (cycleFrom !== undefined)) {
    const found = cycleFrom === undefined ? 'none' : 'one'
    malformed(index, `expected a cycleFrom with the ending "cycle" only, found "${ending}" with ${found}`)
  }
  if (cycleFrom === undefined) return
  if (cycleFrom >= steps.length) {
    malformed(index, `expected a cycleFrom below the number of steps, ${steps.length}, found ${cycleFrom}`)
  }
  if (timing !== 'untimed') malformed(index, `expected a cycle with the timing untimed only, found ${timing}`)
}

function checkAgreement(expected: Expectation, outcome: Outcome, index: number): void {
  const { verdict, property } = expected
  const isNamed = verdict === 'no violation found' || property === outcome.property
  if (verdict === outcome.verdict && isNamed) return
  const describe = (one: Expectation) =>
    one.property === null ? one.verdict : `${one.verdict} "${printable(one.property, 80)}"`
  malformed(index, `expected what the header expects, ${describe(expected)}, found ${describe(outcome)}`)
}

/** Reads one line: depth first, so that nothing nested can exhaust the stack, then JSON, shape, canonical form. */
function readLine<Schema extends v.GenericSchema>(
  lines: readonly string[],
  index: number,
  schema: Schema,
  write: (value: v.InferOutput<Schema>) => string,
): v.InferOutput<Schema> {
  const line = lines[index] ?? ''
  checkDepth(line, index)
  const result = v.safeParse(schema, parseJson(line, index), { abortEarly: true })
  if (!result.success) malformed(index, describe(result.issues[0]))
  const canonical = writeAgain(() => write(result.output), index)
  if (canonical === line) return result.output
  let column = 0
  while (canonical[column] === line[column]) column++
  malformed(
    index,
    `expected canonical form, "${printable(canonical.slice(column), 20)}" at column ${column + 1}, found "${printable(line.slice(column), 20)}"`,
  )
}

function checkDepth(line: string, index: number): void {
  let depth = 0
  let quoted = false
  for (let column = 0; column < line.length; column++) {
    const char = line[column]
    if (quoted) {
      if (char === '\\') column++
      else if (char === '"') quoted = false
    } else if (char === '"') {
      quoted = true
    } else if (char === '{' || char === '[') {
      if (++depth > DEPTH_MAX + DEPTH_OF_LINES) {
        malformed(index, `expected at most ${DEPTH_MAX} levels, found more at column ${column + 1}`)
      }
    } else if (char === '}' || char === ']') {
      depth--
    }
  }
}

function parseJson(line: string, index: number): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    // The engine's own message quotes the file, and differs between versions; only its position is taken.
    const position = /position (\d+)/.exec(String(error))?.[1]
    const where = position === undefined ? '' : ` up to column ${Number(position) + 1}`
    malformed(
      index,
      `expected one JSON object${where}, found "${printable(line.slice(Number(position ?? 0)), 20)}"`,
    )
  }
}

function writeAgain(write: () => string, index: number): string {
  try {
    return write()
  } catch (error) {
    if (error instanceof HeddleError) malformed(index, error.message.replace(/\.$/, ''))
    throw error
  }
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map(({ key }) => String(key)).join('.') ?? ''
  const place = path === '' ? '' : ` in "${printable(path, 60)}"`
  // What is custom says in words what it expects.
  const expected = issue.type === 'custom' ? issue.message : (issue.expected ?? issue.message)
  return `expected ${printable(expected, 80)}${place}, found ${printable(issue.received, 40)}`
}

function malformed(index: number, what: string): never {
  throw new HeddleError('HEDDLE_REPLAY_MALFORMED', `Line ${index + 1} is malformed: ${what}. ${FETCH}`)
}
