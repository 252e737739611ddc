// What a replay came to, with a timeline to show: plain data that a worker thread can hand over. It reads no file.

import {
  type Alignment,
  acceptedTrace,
  type Divergence,
  type Expectation,
  formatTrace,
  type Outcome,
  type Replay,
  type ReplayOutcome,
  type Run,
  recorded,
  replay,
  run,
  type Scenario,
  type Trace,
} from '../sim/index.ts'
import { thrownAt } from './thrown.ts'
import { type Timeline, watched } from './timeline.ts'
import { Witness } from './witness.ts'

export interface Replayed {
  readonly scenario: string
  /** Undefined of a scenario without one. */
  readonly coordinator: string | undefined
  readonly seed: number | null
  /** What the record says that a replay finds. */
  readonly expected: Expectation
  /** Null of a token that is not exact, which does not say. */
  readonly recorded: Outcome | null
  readonly found: Outcome
  readonly outcome: ReplayOutcome
  readonly divergence: Divergence | null
  /** What of the schedule was found again, where the code was changed. */
  readonly alignment: Alignment | null
  readonly timeline: Timeline
  /**
   * Where what violates it was thrown, as `src/inbox.ts:12:5`; null where nothing was, or by none of the user's lines. A
   * test runner counts lines of what it has made of a file.
   */
  readonly thrownAt: string | null
  /** The text of the record that would be exact, where the schedule could be followed on changed code. */
  readonly renewed: string | null
}

export interface Recorded extends Replayed {
  readonly text: string
}

/** Replays a trace on a scenario, which must be the one that it was recorded on. */
export async function replayOn(trace: Trace, scenario: Scenario): Promise<Replayed> {
  return shownOn(trace, scenario, await replay(trace, scenario))
}

/** What a replay came to, with the timeline of the run that it is about. */
export async function shownOn(trace: Trace, scenario: Scenario, replayed: Replay): Promise<Replayed> {
  const witness = new Witness(scenario)
  const watch = watched(witness.scenario)
  const { outcome, found } = replayed
  const isAligned = 'alignment' in replayed
  const again = acceptedTrace(trace.header, replayed.run, found.property ?? trace.header.expect.property)
  const shown = await rerun(again, watch.scenario)
  return {
    scenario: scenario.name,
    coordinator: coordinatorOf(scenario),
    seed: trace.header.seed,
    expected: trace.header.expect,
    recorded: trace.outcome,
    found,
    outcome,
    divergence: outcome === 'exact' ? null : replayed.divergence,
    alignment: isAligned ? replayed.alignment : null,
    timeline: watch.timeline(shown),
    thrownAt: thrownAt(witness.thrownFor(found.property ?? '', found.message ?? '')),
    renewed: isAligned && outcome !== 'stale' ? formatTrace(again) : null,
  }
}

/** The name of the coordinator that a scenario is under, where it has one. */
function coordinatorOf({ parameters: { coordinator } }: Scenario): string | undefined {
  return typeof coordinator === 'string' ? coordinator : undefined
}

/** Takes the same steps once more, to look at them: of the runs that a replay tries, the last need not be the one. */
function rerun(trace: Trace, scenario: Scenario): Promise<Run> {
  const { ending, property } = trace.outcome
  const stopAt = ending === 'violation' && property !== null ? { stopAt: property } : {}
  return run(scenario, { source: recorded(trace, scenario.timeMaxUs), ...stopAt })
}
