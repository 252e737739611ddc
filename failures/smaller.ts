// A failure made small, and why it fails: other orders of the code under test are run for both. It reads and writes
// no file.

import {
  type Decision,
  explain,
  type FailureSize,
  parseTrace,
  type Scenario,
  type ShrinkOptions,
  type Shrunk,
  shrink,
} from '../sim/index.ts'
import { type Recorded, replayOn } from './replayed.ts'

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

/** Shrinks a recorded failure, and finds out what decides it, as far as it comes until the signal says that it is over. */
export async function shrinkRecord(
  text: string,
  scenario: Scenario,
  signal?: ShrinkOptions['signal'],
): Promise<Smaller> {
  const options = signal === undefined ? {} : { signal }
  const shrunk = await shrink(parseTrace(text), scenario, options)
  const trace = parseTrace(shrunk.trace)
  const { decides } = await explain(trace, shrunk.scenario, options)
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
