// The error with which a simulated test fails, as the runner shows it: the message, what an assertion compared, and a
// stack that leads to the user's own lines.

import { HeddleError, NO_EXCEPTION } from '../sim/index.ts'
import { usersFrames, usersFramesIn } from './stack.ts'

/** What is told of a violated property. */
export interface Told {
  readonly property: string
  readonly message: string
  /** Everything else, for a person. */
  readonly detail: string
  /** What the code under test or a claim threw, where that violated it. */
  readonly thrown: Error | undefined
  /** The frames that made the claim, where they are known. */
  readonly claim: readonly string[]
  /** The line that made the test. */
  readonly site: string
}

/** What an assertion compared, which the runner makes its diff from. */
const COMPARED = ['actual', 'expected', 'showDiff', 'operator'] as const

export function violation({ property, message, detail, thrown, claim, site }: Told): Error {
  const what = thrown?.message ?? message
  const error = new Error(
    `${property === NO_EXCEPTION && thrown ? what : `${property}: ${what}`}\n\n${detail}\n`,
  )
  error.name = thrown?.name ?? 'Violation'
  for (const name of COMPARED) {
    if (thrown !== undefined && name in thrown) Object.assign(error, { [name]: Reflect.get(thrown, name) })
  }
  return leadingTo(error, [...usersFrames(thrown?.stack), ...claim, site])
}

/** The error with a stack of these frames. */
function leadingTo(error: Error, frames: readonly string[]): Error {
  error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n')
  return error
}

/** An error of heddle's own, at the user's line that it is about, and at the one that made the test. */
export function atSite(error: unknown, site: string): unknown {
  if (!(error instanceof HeddleError)) return error
  const { stack } = error.cause instanceof Error ? error.cause : error
  return leadingTo(error, [...usersFramesIn(stack), site])
}
