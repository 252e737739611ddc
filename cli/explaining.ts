// Shrinks and explains failures, in a worker thread: other orders of the code under test are run for both. Reads and
// writes no file; what stands in a replay file is never trusted.

import { type Replayed, replayOn } from '../failures/index.ts'
import { type Explanation, explain, parseTrace } from '../sim/index.ts'
import { type Known, madeAgain, parsed } from './replaying.ts'
import type { Subject } from './subjects.ts'

/** Shrinks a recorded failure, and finds out what decides it, as far as it comes until a moment of `nowMs`. */
export type ShrinkTask = Subject & {
  readonly kind: 'shrink'
  readonly text: string
  readonly untilMs: number
}

/** Replays a file, and finds out what decides what it violates. */
export interface ExplainTask extends Known {
  readonly kind: 'explain'
  readonly bytes: Uint8Array
  /** What a person calls the file. */
  readonly file?: string | undefined
}

export interface Explained {
  readonly replayed: Replayed
  /** Null where the file violates nothing, or can no longer be followed to what it violated. */
  readonly explanation: Explanation | null
}

/** Explains a replay file, which is replayed first. */
export async function explainBytes({ bytes, file, ...known }: ExplainTask): Promise<Explained> {
  const trace = parsed(bytes, file)
  const scenario = await madeAgain(trace, known)
  const replayed = await replayOn(trace, scenario)
  const { outcome, found, renewed } = replayed
  const isFollowed = outcome === 'exact' || renewed !== null
  if (!isFollowed || found.property === null) return { replayed, explanation: null }
  const followed = renewed === null ? trace : parseTrace(renewed)
  return { replayed, explanation: await explain(followed, scenario) }
}
