// The canonical record of one run: what a trace is, and its text, one JSON object a line. The same run gives
// the same bytes everywhere. Writes only; reading, which trusts nothing, is in parse.ts.

import { canonicalJson } from '../canonical.ts'
import type { TimingName } from '../clock.ts'
import { sha256 } from '../digest.ts'
import { HeddleError } from '../error.ts'
import type { Observation } from '../event.ts'
import { printable } from '../printable.ts'
import type { Ending, Run, RunVerdict } from '../run.ts'
import type { Json } from '../scenario.ts'
import { NOT_STUCK } from '../scheduler.ts'

/**
 * The versions of the format, of which a file has the oldest that can say what it says. 1: the first one. 2: a file may
 * expect that a property holds, which it names. All of them are read; a newer one is refused.
 */
export const FORMATS = [1, 2] as const
export const FORMAT_NEWEST = 2
/** The version of heddle; a test holds it to package.json. */
export const VERSION = '0.1.0'

/** What no trace may exceed, so that whatever was written can be read within bounds. */
export const TRACE_LIMITS = { bytes: 16 * 2 ** 20, lineChars: 2 ** 20, lines: 200_000 } as const

export interface Expectation {
  readonly verdict: RunVerdict
  /** The property that is violated, or in what a file expects, the one that is to hold again; null where it is none. */
  readonly property: string | null
}

/** The oldest format that can say this. */
export function formatOf({ verdict, property }: Expectation): (typeof FORMATS)[number] {
  return verdict === 'no violation found' && property !== null ? 2 : 1
}

/**
 * What a run was made from. Scenario and parameters are what a replay makes it from again, and `timing` says
 * which times are possible. Version, seed and strategy only tell where the trace came from: a replay follows
 * the steps, and does not verify them.
 */
export interface TraceHeader {
  readonly heddle: number
  readonly version: string
  readonly scenario: string
  readonly parameters: Readonly<Record<string, Json>>
  /** Null, as the strategy is, for a run that came from elsewhere than a seed. */
  readonly seed: number | null
  readonly strategy: string | null
  readonly timing: TimingName
  /** What a replay should find. Invariant: the verdict of the outcome, and its property where one is violated. */
  readonly expect: Expectation
}

export interface TraceStep {
  readonly step: number
  /** Virtual time in microseconds. */
  readonly at: number
  readonly event: string
  /** Digest of the enabled set before the step, as eight hexadecimal digits. */
  readonly enabled: string
  readonly seen: readonly Observation[]
}

/** What became of a run, as to one property: the one looked for, or else the first that was violated. */
export interface Outcome extends Expectation {
  readonly ending: Ending
  /** After how many steps the others repeat for ever. Invariant: there with the ending `cycle` only. */
  readonly cycleFrom?: number
  readonly message: string | null
  /** The step and the virtual time of the violation; of the end where nothing was violated. */
  readonly step: number
  readonly at: number
}

export interface Trace {
  readonly header: TraceHeader
  /** What was observed before the first step. */
  readonly opening: readonly Observation[]
  readonly steps: readonly TraceStep[]
  readonly outcome: Outcome
}

export interface TraceMeta {
  readonly seed: number | null
  readonly strategy: string | null
  readonly timing: TimingName
  /** The property that the trace is about; the first violated one unless given. */
  readonly property?: string
}

/** The canonical text of a run. Throws HEDDLE_TRACE_VALUE for an observation that JSON cannot hold. */
export function encodeTrace(run: Run, meta: TraceMeta): string {
  return formatTrace(traceOf(run, meta))
}

export function traceOf(run: Run, meta: TraceMeta): Trace {
  const outcome = outcomeOf(run, meta.property)
  const { verdict, property } = outcome
  return traceUnder(
    {
      heddle: formatOf({ verdict, property }),
      version: VERSION,
      scenario: run.scenario.name,
      parameters: run.scenario.parameters,
      seed: meta.seed,
      strategy: meta.strategy,
      timing: meta.timing,
      expect: { verdict, property },
    },
    run,
    outcome,
  )
}

/**
 * The trace of a run that a replay came to, as what replays of it are to find from now on: that `property` is violated
 * as it is in this run, or that it holds.
 */
export function acceptedTrace(before: TraceHeader, run: Run, property: string | null): Trace {
  const outcome = outcomeOf(run, property)
  const expect = { verdict: outcome.verdict, property: outcome.property ?? property }
  return traceUnder({ ...before, heddle: formatOf(expect), version: VERSION, expect }, run, outcome)
}

/** The trace of a run under a header that is already there, as a replay needs it. */
export function traceUnder(header: TraceHeader, run: Run, outcome: Outcome): Trace {
  const steps = run.steps.map(({ number, timeUs, event, enabled, observations }) => ({
    step: number,
    at: timeUs,
    event: event.id,
    enabled: enabled.toString(16).padStart(8, '0'),
    seen: observations,
  }))
  return { header, opening: run.opening, steps, outcome }
}

/** What a run came to, as to `property` where it violated that one, or else as to the first it violated. */
export function outcomeOf(run: Run, property?: string | null): Outcome {
  const { violations, waiting } = run
  const violation = violations.find((other) => other.property === property) ?? violations[0]
  const stuck = waiting.length > 0 && (violation === undefined || property === NOT_STUCK)
  const ending =
    run.cycleFrom === null ? { ending: run.ending } : { ending: run.ending, cycleFrom: run.cycleFrom }
  const end = { ...ending, step: run.steps.length, at: run.timeUs }
  if (stuck) return { verdict: 'stuck', ...end, property: NOT_STUCK, message: waiting.join('; ') }
  if (violation === undefined) return { verdict: 'no violation found', ...end, property: null, message: null }
  const { message, step, timeUs: at } = violation
  return { verdict: 'violated', ...ending, property: violation.property, message, step, at }
}

/** The canonical text of a trace. Throws HEDDLE_TRACE_SIZE past {@link TRACE_LIMITS}. */
export function formatTrace(trace: Trace): string {
  const lines = [headerLine(trace.header)]
  if (trace.opening.length > 0) lines.push(openingLine(trace.opening))
  for (const step of trace.steps) lines.push(stepLine(step))
  const footer = footerStart(trace.outcome)
  const signed = `${lines.join('\n')}\n${footer}`
  checkSize([...lines, `${footer}${'0'.repeat(DIGEST_CHARS)}${FOOTER_END.trimEnd()}`], signed)
  return `${signed}${sha256(signed + FOOTER_END)}${FOOTER_END}`
}

/** What stands behind the digest, which covers it too: every byte of the file but the digest itself. */
export const FOOTER_END = '"}\n'
const DIGEST_CHARS = 64

export function headerLine(header: TraceHeader): string {
  const { heddle, version, scenario, parameters, seed, strategy, timing, expect } = header
  return object([
    ['heddle', JSON.stringify(heddle)],
    ['version', JSON.stringify(version)],
    ['scenario', JSON.stringify(scenario)],
    ['parameters', canonicalJson(parameters, 'parameters')],
    ['seed', JSON.stringify(seed)],
    ['strategy', JSON.stringify(strategy)],
    ['timing', JSON.stringify(timing)],
    ['expect', JSON.stringify({ verdict: expect.verdict, property: expect.property })],
  ])
}

export function openingLine(seen: readonly Observation[]): string {
  return object([
    ['step', '0'],
    ['seen', seenJson(seen, 'what was observed before the first step, observations')],
  ])
}

export function stepLine({ step, at, event, enabled, seen }: TraceStep): string {
  return object([
    ['step', JSON.stringify(step)],
    ['at', JSON.stringify(at)],
    ['event', JSON.stringify(event)],
    ['enabled', JSON.stringify(enabled)],
    ['seen', seen.length === 0 ? '[]' : seenJson(seen, `step ${step} (${event}), observations`)],
  ])
}

/** Whether a value is one that `observe` takes: an object with a type, which a reader asks for, too. */
export function isObservation(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && 'type' in value && typeof value.type === 'string'
}

function seenJson(seen: readonly Observation[], name: string): string {
  const other = seen.findIndex((one) => !isObservation(one))
  if (other < 0) return canonicalJson(seen, name)
  throw new HeddleError(
    'HEDDLE_TRACE_VALUE',
    `Expected an object with a type in ${printable(`${name}[${other}]`, 200)}, found none. Observe something such as { type: 'opened' }.`,
  )
}

/** The footer up to the digits of the digest. */
export function footerStart({ verdict, ending, cycleFrom, property, message, step, at }: Outcome): string {
  const fields = JSON.stringify({ verdict, ending, cycleFrom, property, message, step, at })
  return `${fields.slice(0, -1)},"sha256":"`
}

function object(fields: readonly (readonly [string, string])[]): string {
  return `{${fields.map(([key, text]) => `"${key}":${text}`).join(',')}}`
}

function checkSize(lines: readonly string[], text: string): void {
  const longest = lines.findIndex((line) => line.length > TRACE_LIMITS.lineChars)
  const bytes = new TextEncoder().encode(text).length + DIGEST_CHARS + FOOTER_END.length
  if (bytes <= TRACE_LIMITS.bytes && lines.length <= TRACE_LIMITS.lines && longest < 0) return
  const found =
    longest >= 0
      ? `${lines[longest]?.length} characters in line ${longest + 1}`
      : `${bytes} bytes in ${lines.length} lines`
  throw new HeddleError(
    'HEDDLE_TRACE_SIZE',
    `Expected a trace of at most ${TRACE_LIMITS.bytes} bytes, ${TRACE_LIMITS.lines} lines and ${TRACE_LIMITS.lineChars} characters a line, found ${found}. Show less to the properties, or shorten the run with stepsMax.`,
  )
}
