// From a replay file to a token and back: a token carries the schedule, and running it makes the rest of the file again.
// Only where that comes out to the byte, as the digest in the token tells, is a replay of a token exact.

import { HeddleError } from '../error.ts'
import { checkScenario } from '../options.ts'
import type { Scenario } from '../scenario.ts'
import { type Run, run } from '../scheduler.ts'
import { inOrder } from '../source.ts'
import { deviating, deviationsOf, type Made, recording } from './deviations.ts'
import type { Divergence } from './divergence.ts'
import { feasibleTimes, following, type Pace } from './feasible.ts'
import { type Attempt, attempted, realign, TIMED_STEPS_MAX } from './realign.ts'
import type { Alignment } from './realigning.ts'
import { leftAt, recorded } from './recorded.ts'
import { outcomeOfAttempt, type Replay, replay } from './replay.ts'
import { DIGEST_BYTES, encodeToken, type Token } from './token.ts'
import type { Schedule, Times } from './token-content.ts'
import { formatTrace, type Outcome, outcomeOf, type Trace, traceUnder } from './trace.ts'

/**
 * The token of a trace: the shortest that makes it again. Throws HEDDLE_TOKEN_STALE where the trace does not come out to
 * the byte on this scenario, and HEDDLE_TOKEN_SIZE where it is too long.
 */
export async function tokenOf(trace: Trace, scenario: Scenario, vocabulary: string): Promise<string> {
  checkScenario(scenario)
  const recorder = recording(recorded(trace, scenario.timeMaxUs))
  const finished = await run(scenario, { source: recorder, ...stopAt(trace) })
  if (
    formatTrace(traceUnder(trace.header, finished, outcomeOf(finished, trace.outcome.property))) !==
    formatTrace(trace)
  ) {
    throw new HeddleError(
      'HEDDLE_TOKEN_STALE',
      'Expected a replay file that comes out to the byte, as a token carries only its schedule; found that the code was changed. Replay the file to see how, and --accept it if it is as it should be.',
    )
  }
  const order = recorder.made.slice(0, finished.stepCount)
  const { ending, cycleFrom } = trace.outcome
  const rest = { header: trace.header, ending, cycleFrom, steps: order.length, digest: digestOf(trace) }
  const times = timesOf(trace, order)
  const schedules: readonly Schedule[] = [
    { kind: 'deviations', deviations: deviationsOf(order) },
    { kind: 'ids', ids: order.map(({ event }) => event.id) },
  ]
  const texts: string[] = []
  for (const schedule of schedules) {
    const token: Token = { ...rest, times, schedule }
    const again = await unfolded(token, scenario)
    if (digestOf(again) === token.digest) texts.push(encodeToken(token, vocabulary))
  }
  const [shortest] = texts.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  if (shortest !== undefined) return shortest
  throw new HeddleError(
    'HEDDLE_INTERNAL',
    'Expected the ids of its steps to make a run again, found that they do not.',
  )
}

function timesOf({ header, steps }: Trace, order: readonly Made[]): Times {
  if (header.timing === 'untimed') return 'untimed'
  const paces = ['earliest', 'latest'] as const
  const is = (pace: Pace) => {
    const timesUs = order.length > TIMED_STEPS_MAX ? undefined : feasibleTimes(order, pace)
    return timesUs?.every((timeUs, index) => timeUs === steps[index]?.at) === true
  }
  return paces.find(is) ?? steps.map(({ at }) => at)
}

function digestOf(trace: Trace): string {
  const [sha256 = ''] = /[0-9a-f]{64}(?="\}\n$)/.exec(formatTrace(trace)) ?? []
  return sha256.slice(0, 2 * DIGEST_BYTES)
}

/** What a replay of a token came to, and the trace of the file that it was made of, where it is exact. */
export type TokenReplay = Replay & { readonly trace: Trace }

/** Follows a token on the scenario that it names. The trace is that of the file only where the outcome is *exact*. */
export async function replayToken(token: Token, scenario: Scenario): Promise<TokenReplay> {
  checkScenario(scenario)
  const trace = await unfolded(token, scenario)
  const replayed = await replay(trace, scenario)
  const isSame = replayed.outcome === 'exact' && digestOf(trace) === token.digest
  if (isSame || replayed.outcome === 'diverged') return { ...replayed, trace }
  const attempt = await adapted(token, scenario, trace)
  const { run: finished, alignment, property } = attempt
  const found = outcomeOf(finished, property)
  // What a token names is all that is known to have been followed.
  const isGone = alignment.missing.length > 0 && !attempt.fails
  const outcome = isGone ? 'stale' : outcomeOfAttempt(bareTrace(token, NO_ORDER), attempt)
  return {
    outcome,
    run: finished,
    found,
    alignment,
    divergence: divergenceOf(token, alignment, found),
    trace,
  }
}

function divergenceOf({ header, digest }: Token, { missing }: Alignment, found: Outcome): Divergence {
  const [gone] = missing
  if (gone !== undefined) return leftAt('event', found, { expected: gone, found: 'which does not come' })
  const { verdict, property } = header.expect
  const what = property === null ? verdict : `${verdict} ("${property}")`
  return leftAt('outcome', found, {
    expected: `a run with the digest ${digest.slice(0, 8)}…, ${what}`,
    found: `found another, ${found.verdict}`,
  })
}

/** The trace of what a token leads to, under the header that it carries. */
async function unfolded(token: Token, scenario: Scenario): Promise<Trace> {
  const made = await orderOf(token, scenario)
  const { header } = token
  const pseudo = bareTrace(token, made)
  const finished = await run(scenario, { source: recorded(pseudo, scenario.timeMaxUs), ...stopAt(pseudo) })
  return traceUnder(header, finished, outcomeOf(finished, header.expect.property))
}

interface Order {
  readonly ids: readonly string[]
  readonly timesUs: readonly number[]
}

const NO_ORDER: Order = { ids: [], timesUs: [] }

/** The ids and times of a token's steps, as far as they are there. */
async function orderOf(token: Token, scenario: Scenario): Promise<Order> {
  const { schedule, times, steps, cycleFrom } = token
  if (schedule.kind === 'ids' && typeof times !== 'string') return { ids: schedule.ids, timesUs: times }
  const source =
    schedule.kind === 'ids' ? inOrder(schedule.ids) : deviating(schedule.deviations, { steps, cycleFrom })
  const recorder = recording(source)
  const finished = await run(scenario, {
    source: recorder,
    ...stopAt(bareTrace(token, NO_ORDER)),
  })
  const order = recorder.made.slice(0, finished.stepCount)
  const ids = order.map(({ event }) => event.id)
  if (typeof times !== 'string') return { ids, timesUs: times }
  const timesUs = times === 'untimed' ? undefined : timed(order, times)
  return { ids, timesUs: timesUs ?? finished.steps.map(({ timeUs }) => timeUs) }
}

function timed(order: readonly Made[], pace: Pace): readonly number[] | undefined {
  return order.length > TIMED_STEPS_MAX ? undefined : feasibleTimes(order, pace)
}

/** A trace of these steps, without what was seen and enabled in them. */
function bareTrace({ header, ending, cycleFrom }: Token, { ids, timesUs }: Order): Trace {
  const steps = ids.map((event, index) => ({
    step: index + 1,
    at: timesUs[index] ?? 0,
    event,
    enabled: '',
    seen: [],
  }))
  const cycle = cycleFrom === undefined ? {} : { cycleFrom }
  const { verdict, property } = header.expect
  const violated = verdict === 'no violation found' ? null : property
  const end = { step: steps.length, at: steps.at(-1)?.at ?? 0 }
  return {
    header,
    opening: [],
    steps,
    outcome: { verdict, ending, ...cycle, property: violated, message: null, ...end },
  }
}

function stopAt({ outcome: { ending, property } }: Trace): { stopAt?: string } {
  return ending === 'violation' && property !== null ? { stopAt: property } : {}
}

/** A token on code that was changed: by its deviations, to the violation or to the end. */
async function adapted(token: Token, scenario: Scenario, trace: Trace): Promise<Attempt> {
  const { schedule, ending, steps, cycleFrom } = token
  const order = await orderOf(token, scenario)
  const bare = bareTrace(token, order)
  if (schedule.kind === 'ids') return realign(bare, scenario)
  const names = schedule.deviations.flatMap((one) =>
    one.kind === 'hold' ? [one.event, one.until] : [one.fault, ...(one.after === null ? [] : [one.after])],
  )
  const alignment = (finished: Run): Alignment => alignmentOf([...new Set(names)], finished)
  const endsThere = ending === 'cycle' || ending === 'source'
  const source = deviating(schedule.deviations, endsThere ? { steps, cycleFrom } : {})
  const first = await attempted(bare, scenario, { source: recorded(trace, scenario.timeMaxUs), alignment })
  if (first.fails) return first
  const recorder = recording(source)
  const untimed = await attempted(bare, scenario, { source: recorder, alignment })
  if (token.header.timing === 'untimed') return untimed
  const made = recorder.made.slice(0, untimed.run.stepCount)
  let last = first
  for (const pace of ['earliest', 'latest'] as const) {
    const timesUs = timed(made, pace)
    if (timesUs === undefined) return last
    last = await attempted(bare, scenario, { source: following(made, timesUs), alignment })
    if (last.fails) return last
  }
  return last
}

/** Of a token, what it names is what is recorded. */
function alignmentOf(names: readonly string[], { steps }: Run): Alignment {
  const happened = new Set(steps.map(({ event }) => event.id))
  const missing = names.filter((name) => !happened.has(name))
  const matched = names.length - missing.length
  return { recorded: names.length, matched, inserted: [], missing, moved: [], renamed: [] }
}
