// Runs a recorded schedule again, through the ordinary scheduler, and compares it with the trace. Where it does not
// come out to the byte, it is run a second time: what then differs is not deterministic, and else the code was changed,
// and the schedule is realigned with it.

import { canonicalJson } from '../canonical.ts'
import { cycleText } from '../cycle.ts'
import { HeddleError } from '../error.ts'
import { checkScenario } from '../options.ts'
import { printable } from '../printable.ts'
import type { Scenario } from '../scenario.ts'
import { type Run, run } from '../scheduler.ts'
import { compared, type Journal, newJournal, watched } from '../selfcheck.ts'
import { BEFORE_THE_FIRST_STEP, type Divergence, enabledList, observedOtherwise } from './divergence.ts'
import { type Attempt, realign } from './realign.ts'
import { type Alignment, isFollowed } from './realigning.ts'
import { leftAt, type Recorded, recorded } from './recorded.ts'
import { formatTrace, type Outcome, outcomeOf, type Trace, traceUnder } from './trace.ts'

export { type Recorded, recorded } from './recorded.ts'

/**
 * What became of a recorded schedule. *exact*: the same bytes. *fixed*: it could be followed, as far as its steps still
 * are there, and the property that the record is about holds. *adapted*: the code was changed, the schedule was realigned
 * by the ids of events, and that property is violated. *stale*: it can no longer be followed. *diverged*: one schedule,
 * run twice, gave two runs.
 */
export type ReplayOutcome = 'exact' | 'fixed' | 'adapted' | 'stale' | 'diverged'

export type Replay = {
  /** The run that says so, under the schedule as it is now. */
  readonly run: Run
  readonly found: Outcome
} & (
  | { readonly outcome: 'exact' }
  | { readonly outcome: 'diverged'; readonly divergence: Divergence }
  | {
      readonly outcome: 'fixed' | 'adapted' | 'stale'
      /** Where the code first did otherwise than is recorded; of a stale record, where it cannot be followed. */
      readonly divergence: Divergence
      readonly alignment: Alignment
    }
)

/**
 * Follows a trace on a scenario. Throws HEDDLE_REPLAY_SCENARIO when it was recorded on another one, or with
 * other parameters.
 */
export async function replay(trace: Trace, scenario: Scenario): Promise<Replay> {
  checkScenario(scenario)
  checkTrace(trace)
  checkSame(trace, scenario)
  const first = await followed(trace, scenario)
  if (first.isExact) return { outcome: 'exact', run: first.run, found: first.found }
  const second = await followed(trace, scenario)
  const { run, found } = second
  const unlike = compared('Replay, run twice,', first, second)
  if (unlike !== undefined) return { outcome: 'diverged', run, found, divergence: unlike }
  const attempt = await realign(trace, scenario)
  return realigned(trace, attempt, second)
}

interface Followed {
  readonly source: Recorded
  readonly journal: Journal
  readonly run: Run
  readonly found: Outcome
  readonly again: Trace
  readonly isExact: boolean
}

/** The schedule as it is recorded, as far as it can be followed. */
async function followed(trace: Trace, scenario: Scenario): Promise<Followed> {
  const source = recorded(trace, scenario.timeMaxUs)
  const journal = newJournal()
  const { ending, property } = trace.outcome
  const stopAt = ending === 'violation' && property !== null ? { stopAt: property } : {}
  const finished = await run(scenario, { source: watched(source, journal), ...stopAt })
  const found = outcomeOf(finished, property)
  const again = traceUnder(trace.header, finished, found)
  const differs = firstDivergence(trace, again, source.divergence) !== undefined
  const isExact = !differs && formatTrace(again) === formatTrace(trace)
  return { source, journal, run: finished, found, again, isExact }
}

function realigned(trace: Trace, attempt: Attempt, exact: Followed): Replay {
  const { run, alignment, property } = attempt
  const outcome = outcomeOfAttempt(trace, attempt)
  const divergence =
    outcome === 'stale'
      ? whereStale(trace, attempt, exact)
      : (firstDivergence(trace, exact.again, exact.source.divergence) ?? outcomeDiffers(trace, exact.found))
  return { outcome, run, found: outcomeOf(run, property), alignment, divergence }
}

/** What a run says of a record that it did not come out to the byte of. */
export function outcomeOfAttempt(trace: Trace, attempt: Attempt): 'adapted' | 'fixed' | 'stale' {
  if (attempt.fails) return 'adapted'
  const holds = attempt.isClaimed && endsAsRecorded(trace, attempt)
  return holds && isFollowed(attempt.alignment) ? 'fixed' : 'stale'
}

/** Whether nothing is violated to an end at which that can be said. */
function endsAsRecorded({ outcome }: Trace, { run: { verdict, ending }, alignment }: Attempt): boolean {
  const isJudged = outcome.ending === 'rest' || outcome.ending === 'cycle'
  // What has not come before a bound may come behind it.
  const isWhole = ending === 'rest' || alignment.missing.length === 0
  const ends = isJudged || ending === 'source' ? ending === outcome.ending : isWhole
  return verdict === 'no violation found' && ends
}

/** The first recorded event that never came, with what was enabled when it was looked for; else what came of it. */
function whereStale(
  trace: Trace,
  { run, alignment, property, isClaimed }: Attempt,
  exact: Followed,
): Divergence {
  const { divergence } = exact.source
  const index = trace.steps.findIndex(({ event }) => event === alignment.missing[0])
  const step = trace.steps[index]
  if (step !== undefined) {
    const choices = exact.journal.choices[index]
    const sought = exact.run.steps.length >= index ? choices : exact.journal.choices.at(-1)
    return leftAt('event', step, { expected: step.event, found: enabledList(sought?.enabled ?? []) })
  }
  const found = outcomeOf(run, property)
  if (!isClaimed) {
    return leftAt(
      'outcome',
      { step: run.steps.length, at: run.timeUs },
      {
        expected: `a property "${property}"`,
        found: 'which the scenario does not have any more',
      },
    )
  }
  return alignment.moved.length > 0 && divergence !== undefined ? divergence : outcomeDiffers(trace, found)
}

function checkTrace(trace: unknown): void {
  if (typeof trace === 'object' && trace !== null && 'header' in trace) return
  const found = trace === null ? 'null' : typeof trace === 'string' ? 'a string' : typeof trace
  throw new HeddleError(
    'HEDDLE_OPTIONS',
    `Expected a trace, as parseTrace() reads one, found ${found}. Parse the text first.`,
  )
}

function checkSame({ header }: Trace, scenario: Scenario): void {
  const pairs = [
    ['scenario', header.scenario, scenario.name],
    [
      'parameters',
      canonicalJson(header.parameters, 'parameters'),
      canonicalJson(scenario.parameters, 'parameters'),
    ],
  ] as const
  for (const [what, recordedOn, given] of pairs) {
    if (recordedOn === given) continue
    throw new HeddleError(
      'HEDDLE_REPLAY_SCENARIO',
      `Expected the ${what} of the replay file, ${printable(recordedOn, 200)}, found ${printable(given, 200)}. Replay it on the scenario it was recorded on.`,
    )
  }
}

/** The first of what the source noted, and what was observed otherwise. */
function firstDivergence(trace: Trace, again: Trace, noted: Divergence | undefined): Divergence | undefined {
  const opening = observedOtherwise(trace.opening, again.opening, 0)
  if (opening !== undefined) return leftAt('opening', BEFORE_THE_FIRST_STEP, opening)
  for (const step of trace.steps) {
    if (step.step === noted?.step) return noted
    const other = again.steps[step.step - 1]
    if (other === undefined) return undefined
    const observed = observedOtherwise(step.seen, other.seen, step.step)
    if (observed !== undefined) return leftAt('observations', step, observed)
  }
  return undefined
}

function outcomeDiffers(trace: Trace, found: Outcome): Divergence {
  return leftAt('outcome', found, {
    expected: describe(trace.outcome),
    found: `found: ${describe(found)}`,
  })
}

const ENDINGS: Readonly<Record<Exclude<Outcome['ending'], 'cycle'>, string>> = {
  rest: 'at rest',
  steps: 'at the bound of its steps',
  time: 'at the bound of its time',
  source: 'where its schedule ends',
  violation: 'there',
}

function describe(outcome: Outcome): string {
  const { verdict, property, message, ending, cycleFrom = 0, step } = outcome
  const what = property === null ? verdict : `${verdict} ("${property}": ${message})`
  // In a cycle, the step of the outcome is the last.
  const end = ending === 'cycle' ? `where ${cycleText({ cycleFrom, steps: step })}` : ENDINGS[ending]
  return `${what} at step ${step}, ending ${end}`
}
