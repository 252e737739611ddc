// Shrinks and explains failures, in a worker thread: other orders of the code under test are run for both. Reads and
// writes no file; what stands in a replay file is never trusted.

import { type Replayed, replayOn } from '../failures/index.ts'
import { type Explanation, explain, parseTrace } from '../sim/index.ts'
import type { CoordinatorRef } from './coordinators.ts'
import { madeAgain } from './replaying.ts'

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
