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
const STEPS_PER_TURN = 10_000

/**
 * Runs several executions one after the other, at most `count` of them, each made by `next`, until that makes no
 * more; much faster than one `run` at a time. `each` may take a run at once and return something smaller to keep.
 */
export function runAll<T = Run>(
  count: number,
  next: (index: number) => readonly [Scenario, RunOptions] | undefined,
  each: (run: Run, index: number) => T = (finished) => finished as T,
): Promise<T[]> {
  const batch = new Batch(count, next, each)
  return new Promise((resolve, reject) => {
    const turn = () => {
      enterGuard()
      let pending: Promise<void> | undefined
      try {
        pending = batch.turn()
        if (batch.isOver) resolve(batch.kept)
        else if (pending === undefined) afterMacrotask(turn)
        else pending.finally(leaveGuard).then(() => afterMacrotask(turn), reject)
      } catch (error) {
        batch.abandon()
        reject(error)
      } finally {
        if (pending === undefined) leaveGuard()
      }
    }
    afterMacrotask(turn)
  })
}

/** The runs of one call of {@link runAll}. What happens in its loop has a method of its own, so that it is compiled apart. */
class Batch<T> {
  readonly kept: T[] = []
  isOver = false
  readonly #count: number
  readonly #next: (index: number) => readonly [Scenario, RunOptions] | undefined
  readonly #each: (run: Run, index: number) => T
  // The run that goes on in the next turn.
  #execution: Execution | undefined

  constructor(
    count: number,
    next: (index: number) => readonly [Scenario, RunOptions] | undefined,
    each: (run: Run, index: number) => T,
  ) {
    this.#count = count
    this.#next = next
    this.#each = each
  }

  /** Takes as many steps as a turn has; a promise where the caller must wait before the next one. */
  turn(): Promise<void> | undefined {
    for (let left = STEPS_PER_TURN; left > 0; ) {
      const execution = this.#execution ?? this.#begin()
      if (execution === undefined) return undefined
      const before = execution.steps
      const pending = this.#advance(execution, left)
      if (pending !== undefined) return pending
      // One for the beginning or the end, as a run may have no steps.
      left -= execution.steps - before + 1
    }
    return undefined
  }

  abandon(): void {
    this.#execution?.abandon()
  }

  #begin(): Execution | undefined {
    const made = this.kept.length === this.#count ? undefined : this.#next(this.kept.length)
    if (made === undefined) this.isOver = true
    else this.#execution = new Execution(made[0], made[1])
    return this.#execution
  }

  #advance(execution: Execution, left: number): Promise<void> | undefined {
    const pending = execution.advance(left)
    if (pending !== 'done') return pending
    this.kept.push(this.#each(execution.finish(), this.kept.length))
    this.#execution = undefined
    return undefined
  }
}
