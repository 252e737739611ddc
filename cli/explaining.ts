// Shrinks and explains failures, in a worker thread: other orders of the code under test are run for both. Reads and
// writes no file; what stands in a replay file is never trusted.

import {
  type Decision,
  type Explanation,
  explain,
  type FailureSize,
  parseTrace,
  type Scenario,
  type Shrunk,
  shrink,
} from '../sim/index.ts'
import type { CoordinatorRef } from './coordinators.ts'
import { madeAgain, type Recorded, type Replayed, replayOn } from './replaying.ts'

/** Shrinks a recorded failure of a scenario of the catalogue, and finds out what decides it. */
export interface ShrinkTask {
  readonly kind: 'shrink'
  readonly scenario: string
  readonly coordinator: CoordinatorRef
  readonly text: string
}

/** Replays a file, and finds out what decides what it violates. */
export interface ExplainTask {
  readonly kind: 'explain'
  readonly bytes: Uint8Array
  /** Left out, the one that the file names, which must be one of heddle's own. */
  readonly coordinator: CoordinatorRef | undefined
}

/** How large a failure is, for a person: with connections and messages in all, where the scenario says how many. */
export interface Size extends FailureSize {
  readonly connections: number | undefined
  readonly messages: number | undefined
}

/** What is left of a failure, recorded and replayed at once. */
export interface Smaller {
  readonly recorded: Recorded
  readonly before: Size
  readonly after: Size
  readonly why: Shrunk['why']
  readonly decides: Decision
}

/** Shrinks a recorded failure, and finds out what decides it. */
export async function shrinkRecord(text: string, scenario: Scenario): Promise<Smaller> {
  const shrunk = await shrink(parseTrace(text), scenario)
  const trace = parseTrace(shrunk.trace)
  const { decides } = await explain(trace, shrunk.scenario)
  return {
    recorded: { text: shrunk.trace, ...(await replayOn(trace, shrunk.scenario)) },
    before: { ...shrunk.before, ...countsOf(scenario) },
    after: { ...shrunk.after, ...countsOf(shrunk.scenario) },
    why: shrunk.why,
    decides,
  }
}

function countsOf({ parameters }: Scenario): Pick<Size, 'connections' | 'messages'> {
  const { users, connections, messages } = parameters
  const all = typeof users === 'number' && typeof connections === 'number' ? users * connections : undefined
  return {
    connections: all,
    messages: all === undefined || typeof messages !== 'number' ? undefined : all * messages,
  }
}

export interface Explained {
  readonly replayed: Replayed
  /** Null where the file violates nothing, or can no longer be followed to what it violated. */
  readonly explanation: Explanation | null
}

/** Explains a replay file, which is replayed first. */
export async function explainBytes(
  bytes: Uint8Array,
  coordinator: CoordinatorRef | undefined,
): Promise<Explained> {
  const trace = parseTrace(bytes)
  const scenario = await madeAgain(trace, coordinator)
  const replayed = await replayOn(trace, scenario)
  const { outcome, found, renewed } = replayed
  const isFollowed = outcome === 'exact' || renewed !== null
  if (!isFollowed || found.property === null) return { replayed, explanation: null }
  const followed = renewed === null ? trace : parseTrace(renewed)
  return { replayed, explanation: await explain(followed, scenario) }
}
