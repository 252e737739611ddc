// Matchers for what heddle gives back: that a run, a hunt or a check holds, and that a record replays to the byte. They
// are registered when this file is loaded.

import { expect } from 'vitest'
import { plain, type Replayed, readTrace, replayOn, replayText, scenarioOf } from '../failures/index.ts'
import {
  encodeTrace,
  HeddleError,
  type Property,
  parseTrace,
  type Run,
  type Scenario,
  type TimingName,
  type Trace,
} from '../sim/index.ts'
import { type Finding, findingOf, isRun } from './holding.ts'

export interface HeddleMatchers {
  /**
   * Of a run that came to its end: nothing is violated, or not this property. Of a report of `hunt`, `check` or
   * `explore`: nothing is violated in any run, and every `sometimes` was reached; of `check` and `explore`, every
   * schedule was covered. What was cut short neither holds nor does not.
   */
  toHold(property?: string | Property): void
  /**
   * A replay file, by its path or its text, or a run: replayed on the scenario, it gives the same bytes. A run has a
   * scenario of its own. To be awaited.
   */
  toReplayExactly(scenario?: Scenario): Promise<void>
}

// Of the runner's own Matchers, versions 4 and 5 have different type parameters, and none would be merged with both.
declare global {
  namespace Chai {
    interface Assertion extends HeddleMatchers {}
  }
}

interface Result {
  readonly pass: boolean
  readonly message: () => string
}

expect.extend({ toHold, toReplayExactly })

function toHold(received: unknown, property?: string | Property): Result {
  const finding = findingOf(received)
  const name = typeof property === 'object' ? property.name : property
  if (name !== undefined) checkKnown(finding, name)
  const violated = finding.violated.filter((one) => name === undefined || one.property === name)
  const missed = finding.unreached.filter((one) => (name === undefined ? !finding.isOneRun : one === name))
  const what = name === undefined ? `"${finding.scenario}"` : `"${name}"`
  if (violated.length === 0 && finding.undecided !== null) {
    throw new HeddleError('HEDDLE_UNDECIDED', `Whether ${what} holds cannot be said: ${finding.undecided}.`)
  }
  const complaints = [
    ...violated.map((one) => `"${one.property}" is violated: ${one.message}`),
    ...missed.map((one) => `"${one}" is never reached`),
  ]
  const pass = complaints.length === 0
  return {
    pass,
    message: () =>
      plain(
        pass
          ? `Expected ${what} not to hold, found that it does.`
          : `Expected ${what} to hold, found that ${complaints.join('; ')}.`,
        2_000,
      ),
  }
}

/** A name that is misspelt would hold for ever. */
function checkKnown({ told, isWhole, scenario }: Finding, name: string): void {
  if (told.includes(name)) return
  const names = plain(told.map((one) => `"${one}"`).join(', ') || 'none', 500)
  throw new HeddleError(
    'HEDDLE_OPTIONS',
    isWhole
      ? `Expected a property of "${plain(scenario)}", one of ${names}; found "${plain(name)}".`
      : `Expected a property that the report of "${plain(scenario)}" tells of (${names}), as it does not name those that hold; found "${plain(name)}". Leave the name out.`,
  )
}

async function toReplayExactly(received: unknown, scenario?: Scenario): Promise<Result> {
  const on = scenario ?? (isRun(received) ? received.scenario : undefined)
  if (on === undefined) {
    throw new HeddleError(
      'HEDDLE_OPTIONS',
      'Expected toReplayExactly(scenario) to be given the scenario that the record is of, found none.',
    )
  }
  const replayed = isRun(received)
    ? await replayRun(received, on)
    : await replayTrace(await traceOf(received), on)
  return {
    pass: replayed.outcome === 'exact',
    message: () =>
      replayed.outcome === 'exact'
        ? 'Expected the record not to come out to the byte, found that it does.'
        : `Expected the record to come out to the byte, found that it is ${replayed.outcome}.\n\n${replayText(replayed)}\n`,
  }
}

/** A run does not say whether claims about time were judged in it, as they are in sampled time. */
async function replayRun(run: Run, scenario: Scenario): Promise<Replayed> {
  const as = (timing: TimingName) =>
    replayTrace(parseTrace(encodeTrace(run, { seed: null, strategy: null, timing })), scenario)
  const sampled = await as('sampled')
  return sampled.outcome === 'exact' ? sampled : as('untimed')
}

function replayTrace(trace: Trace, scenario: Scenario): Promise<Replayed> {
  return replayOn(trace, scenarioOf(trace, scenario))
}

async function traceOf(received: unknown): Promise<Trace> {
  if (received instanceof Uint8Array) return parseTrace(received)
  if (typeof received === 'string') {
    // A path is a line, and a record begins with its header.
    return received.startsWith('{') ? parseTrace(received) : readTrace(received)
  }
  throw new HeddleError(
    'HEDDLE_OPTIONS',
    `Expected toReplayExactly() of a replay file, by its path or its text, or of a run, found ${received === null ? 'null' : typeof received}.`,
  )
}

export { expect }
