// What a token says, as text, before it is packed: the header as a file has it, how the run goes on, and its schedule,
// each on a line of JSON. Reads it as strictly as a file is read.

import * as v from 'valibot'
import type { TimingName } from '../clock.ts'
import { HeddleError } from '../error.ts'
import { ENDINGS, type Ending } from '../run.ts'
import type { Deviation } from './deviations.ts'
import { readHeader, readJson } from './shape.ts'
import { headerLine, TRACE_LIMITS, type TraceHeader } from './trace.ts'

/** The times of the steps: as early or as late as the order can have them, listed, or none where time does not rule. */
export type Times = 'untimed' | 'earliest' | 'latest' | readonly number[]

/** What the run does otherwise than one in which nothing races, or the id of each of its steps. */
export type Schedule =
  | { readonly kind: 'deviations'; readonly deviations: readonly Deviation[] }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }

export interface TokenContent {
  readonly header: TraceHeader
  readonly ending: Ending
  readonly cycleFrom?: number | undefined
  /** How many steps the run has. */
  readonly steps: number
  readonly times: Times
  readonly schedule: Schedule
}

export function contentOf({ header, ending, cycleFrom, steps, times, schedule }: TokenContent): string {
  const run = { ending, steps, times: typeof times === 'string' ? times : deltasOf(times), cycleFrom }
  const lines =
    schedule.kind === 'ids'
      ? schedule.ids
      : schedule.deviations.map((one) =>
          one.kind === 'hold' ? [one.event, one.until] : [one.fault, one.after, 'fault'],
        )
  return [headerLine(header), ...[run, ...lines].map((line) => JSON.stringify(line))].join('\n')
}

/** Each time as what it adds to the one before, in microseconds. */
function deltasOf(timesUs: readonly number[]): readonly number[] {
  return timesUs.map((timeUs, index) => timeUs - (timesUs[index - 1] ?? 0))
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const How = v.strictObject({
  ending: v.picklist(ENDINGS),
  steps: v.pipe(count, v.maxValue(TRACE_LIMITS.lines)),
  times: v.union([v.picklist(['untimed', 'earliest', 'latest']), v.array(count)]),
  cycleFrom: v.exactOptional(count),
})
const Hold = v.strictTuple([v.string(), v.string()])
const Strike = v.strictTuple([v.string(), v.nullable(v.string()), v.literal('fault')])
const Line = v.union([v.string(), Hold, Strike])

/** Throws HEDDLE_REPLAY_MALFORMED, and says in which line. */
export function readContent(text: string): TokenContent {
  const lines = text.split('\n')
  const header = readHeader(lines)
  const { ending, steps, times: given, cycleFrom } = readJson(lines, 1, How)
  const read = lines.slice(2).map((_, index) => readJson(lines, index + 2, Line))
  const ids = read.filter((line) => typeof line === 'string')
  const deviations = read.filter((line) => typeof line !== 'string').map(deviationOf)
  const times = typeof given === 'string' ? given : timesOf(given)
  const timing: TimingName = times === 'untimed' ? 'untimed' : 'sampled'
  const isWhole = typeof times === 'string' || times.length === steps
  if (timing !== header.timing || !isWhole)
    malformed(`times that fit ${steps} steps of ${header.timing} time`)
  if (ids.length > 0 && (deviations.length > 0 || ids.length !== steps)) malformed('one id for each step')
  if ((ending === 'cycle') !== (cycleFrom !== undefined))
    malformed('a cycleFrom with the ending "cycle" only')
  if (cycleFrom !== undefined && (cycleFrom >= steps || timing !== 'untimed'))
    malformed('a cycle that can be')
  const schedule: Schedule = ids.length > 0 ? { kind: 'ids', ids } : { kind: 'deviations', deviations }
  return { header, ending, cycleFrom, steps, times, schedule }
}

function deviationOf(line: v.InferOutput<typeof Hold> | v.InferOutput<typeof Strike>): Deviation {
  return line.length === 2
    ? { kind: 'hold', event: line[0], until: line[1] }
    : { kind: 'strike', fault: line[0], after: line[1] }
}

function timesOf(deltas: readonly number[]): readonly number[] {
  let timeUs = 0
  return deltas.map((delta) => {
    timeUs += delta
    if (!Number.isSafeInteger(timeUs)) malformed('times below 2^53 microseconds')
    return timeUs
  })
}

function malformed(expected: string): never {
  throw new HeddleError('HEDDLE_REPLAY_MALFORMED', `expected ${expected}, found otherwise.`)
}
