// Follows a recorded schedule, in a worker thread: what is replayed, on which scenario, and what came of it, with a
// timeline to show. It reads no file; the bytes are handed in and are never trusted.

import { isDeepStrictEqual } from 'node:util'
import { rebuild } from '../properties/index.ts'
import { type Divergence, type Outcome, parseTrace, replay, type Scenario, type Trace } from '../sim/index.ts'
import { BUILT_IN, type CoordinatorRef, load } from './coordinators.ts'
import { UsageError } from './exit.ts'
import { plain } from './terminal.ts'
import { type Timeline, watched } from './timeline.ts'

export interface Replayed {
  readonly scenario: string
  readonly coordinator: string
  readonly seed: number | null
  readonly recorded: Outcome
  readonly found: Outcome
  readonly outcome: 'exact' | 'fixed' | 'diverged'
  readonly divergence: Divergence | null
  readonly timeline: Timeline
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
  const { scenario, parameters } = trace.header
  const loaded = await load(coordinator ?? namedIn(parameters.coordinator))
  if (loaded.name !== parameters.coordinator) {
    const recorded = plain(String(parameters.coordinator), 60)
    throw new UsageError(
      `The replay file was recorded with the coordinator "${recorded}", and "${plain(loaded.name, 60)}" is given. A schedule can only be followed on the one that it was recorded with.`,
    )
  }
  const rebuilt = rebuild(scenario, parameters, loaded)
  checkParameters(parameters, rebuilt.parameters)
  return replayOn(trace, rebuilt)
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
  return {
    scenario: scenario.name,
    coordinator: String(scenario.parameters.coordinator),
    seed: trace.header.seed,
    recorded: trace.outcome,
    found: replayed.found,
    outcome: replayed.outcome,
    divergence: replayed.outcome === 'exact' ? null : replayed.divergence,
    timeline: watch.timeline(replayed.run),
  }
}
