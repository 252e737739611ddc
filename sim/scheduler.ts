// Drives runs: one, or many one after the other, outside every microtask, with turns of the event loop in
// between. What happens in a run stands in execution.ts. It chooses nothing.

import { HeddleError } from './error.ts'
import { Execution, type RunOptions } from './execution.ts'
import { afterMacrotask, enterGuard, leaveGuard } from './host.ts'
import { checkScenario } from './options.ts'
import type { Run } from './run.ts'
import type { Scenario } from './scenario.ts'

export { type Happened, NO_EXCEPTION, NOT_STUCK, type RunOptions } from './execution.ts'
export type { Ending, Run, RunVerdict, Step } from './run.ts'

/** Runs a scenario whose events all fire synchronously, such as an actor system. */
export function runSync(scenario: Scenario, options: RunOptions): Run {
  checkScenario(scenario)
  const execution = new Execution(scenario, options)
  if (execution.advance(Number.POSITIVE_INFINITY) === 'done') return execution.finish()
  throw new HeddleError(
    'HEDDLE_ASYNCHRONOUS',
    `Scenario ${scenario.name} runs asynchronous code: expected run(), found runSync(). Await run().`,
  )
}

/** Runs any scenario. The run loop stands outside every microtask, so that worlds can drain synchronously. */
export async function run(scenario: Scenario, options: RunOptions): Promise<Run> {
  checkScenario(scenario)
  const [finished] = await runAll(1, () => [scenario, options])
  return finished as Run
}

/** Steps after which a batch of runs lets the event loop turn, so that signals and progress get through. */
const STEPS_PER_TURN = 5_000

/**
 * Runs several executions one after the other, at most `count` of them, each made by `next`, until that makes no
 * more; much faster than one `run` at a time. `each` may take a run at once and return something smaller to keep.
 */
export function runAll<T = Run>(
  count: number,
  next: (index: number) => readonly [Scenario, RunOptions] | undefined,
  each: (run: Run, index: number) => T = (finished) => finished as T,
): Promise<T[]> {
  const kept: T[] = []
  let execution: Execution | undefined
  return new Promise((resolve, reject) => {
    const turn = () => {
      let awaiting = false
      enterGuard()
      try {
        for (let left = STEPS_PER_TURN; left > 0; ) {
          if (execution === undefined) {
            const made = kept.length === count ? undefined : next(kept.length)
            if (made === undefined) return resolve(kept)
            execution = new Execution(made[0], made[1])
          }
          const before = execution.steps
          const pending = execution.advance(left)
          // One for the beginning or the end, as a run may have no steps.
          left -= execution.steps - before + 1
          if (pending === 'done') {
            kept.push(each(execution.finish(), kept.length))
            execution = undefined
          } else if (pending !== undefined) {
            awaiting = true
            pending.finally(leaveGuard).then(() => afterMacrotask(turn), reject)
            return
          }
        }
        afterMacrotask(turn)
      } catch (error) {
        execution?.abandon()
        reject(error)
      } finally {
        if (!awaiting) leaveGuard()
      }
    }
    afterMacrotask(turn)
  })
}
