// Follows a recorded schedule, in a worker thread: what is replayed, on which scenario, and what came of it, with a
// timeline to show. It reads no file; the bytes are handed in and are never trusted.

import { isDeepStrictEqual } from 'node:util'
import { rebuild } from '../properties/index.ts'
import {
  type Alignment,
  acceptedTrace,
  type Divergence,
  type Expectation,
  formatTrace,
  type Outcome,
  parseTrace,
  type ReplayOutcome,
  type Run,
  recorded,
  replay,
  run,
  type Scenario,
  type Trace,
} from '../sim/index.ts'
import { BUILT_IN, type CoordinatorRef, load } from './coordinators.ts'
import { UsageError } from './exit.ts'
import { plain } from './terminal.ts'
import { type Timeline, watched } from './timeline.ts'

export interface Replayed {
  readonly scenario: string
  readonly coordinator: string
  readonly seed: number | null
  /** What the record says that a replay finds. */
  readonly expected: Expectation
  readonly recorded: Outcome
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

/** Replays a file. Without a coordinator, on the one that the file names, which must be one of heddle's own. */
export async function replayBytes(
  bytes: Uint8Array,
  coordinator: CoordinatorRef | undefined,
): Promise<Replayed> {
  const trace = parseTrace(bytes)
  return replayOn(trace, await madeAgain(trace, coordinator))
}

/** The scenario that a trace was recorded on, under the coordinator that it names or one that goes by its name. */
export async function madeAgain(
  { header: { scenario, parameters } }: Trace,
  coordinator: CoordinatorRef | undefined,
): Promise<Scenario> {
  const loaded = await load(coordinator ?? namedIn(parameters.coordinator))
  if (loaded.name !== parameters.coordinator) {
    const recorded = plain(String(parameters.coordinator), 60)
    throw new UsageError(
      `The replay file was recorded with the coordinator "${recorded}", and "${plain(loaded.name, 60)}" is given. A schedule can only be followed on the one that it was recorded with.`,
    )
  }
  const rebuilt = rebuild(scenario, parameters, loaded)
  checkParameters(parameters, rebuilt.parameters)
  return rebuilt
}

function checkParameters(recorded: Scenario['parameters'], now: Scenario['parameters']): void {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(now)])]
  const differing = names.filter((name) => !isDeepStrictEqual(recorded[name], now[name]))
  if (differing.length === 0) return
  throw new UsageError(
    `The replay file's scenario differs from what it would be now in ${plain(differing.join(', '), 200)}. Was it recorded by another version of heddle?`,
  )
}

/** The name in a replay file is looked up, and never loaded. */
function namedIn(name: unknown): CoordinatorRef {
  const known = BUILT_IN.find((one) => one.name === name)
  if (known !== undefined) return { kind: 'built-in', name: known.name }
  throw new UsageError(
    `The replay file was recorded with the coordinator "${plain(String(name), 60)}", which is none of heddle's own. Give its file with --coordinator.`,
  )
}

/** Replays a trace on a scenario, which must be the one that it was recorded on. */
export async function replayOn(trace: Trace, scenario: Scenario): Promise<Replayed> {
  const watch = watched(scenario)
  const replayed = await replay(trace, watch.scenario)
  const { outcome, found } = replayed
  const isAligned = 'alignment' in replayed
  const again = acceptedTrace(trace.header, replayed.run, found.property ?? trace.header.expect.property)
  // Of the runs that a replay tries, the last need not be the one that it is about.
  const shown = outcome === 'exact' ? replayed.run : await rerun(again, watch.scenario)
  return {
    scenario: scenario.name,
    coordinator: String(scenario.parameters.coordinator),
    seed: trace.header.seed,
    expected: trace.header.expect,
    recorded: trace.outcome,
    found,
    outcome,
    divergence: outcome === 'exact' ? null : replayed.divergence,
    alignment: isAligned ? replayed.alignment : null,
    timeline: watch.timeline(shown),
    renewed: isAligned && outcome !== 'stale' ? formatTrace(again) : null,
  }
}

function rerun(trace: Trace, scenario: Scenario): Promise<Run> {
  const { ending, property } = trace.outcome
  const stopAt = ending === 'violation' && property !== null ? { stopAt: property } : {}
  return run(scenario, { source: recorded(trace, scenario.timeMaxUs), ...stopAt })
}
