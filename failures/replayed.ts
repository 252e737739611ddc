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
import { type Timeline, watched } from './timeline.ts'

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
  const watch = watched(scenario)
  const { outcome, found } = replayed
  const isAligned = 'alignment' in replayed
  const again = acceptedTrace(trace.header, replayed.run, found.property ?? trace.header.expect.property)
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
    timeline: watch.timeline(await rerun(again, watch.scenario)),
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
