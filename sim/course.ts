// How long a scenario's runs are, for the strategies that must know: one run in fifo order, the same whoever makes
// it, so that every worker and every recording of a seed come to the same number.

import type { TimingName } from './clock.ts'
import type { Schedulable } from './event.ts'
import type { Scenario } from './scenario.ts'
import { run } from './scheduler.ts'
import { seeded } from './source.ts'
import { fifo } from './strategies/fifo.ts'
import type { Strategy } from './strategies/strategy.ts'

/** Whose delays and faults the run has. */
const SEED = 0

/** How often a run in fifo order chooses, and at least 1; makes no run where the strategy does not ask for it. */
export async function choicesOf(
  scenario: Scenario,
  { strategy, timing }: { readonly strategy: Strategy; readonly timing: TimingName },
): Promise<number> {
  if (strategy.counts !== true) return 1
  let choices = 0
  const counting: Strategy = {
    name: fifo.name,
    begin(random, course) {
      const choose = fifo.begin(random, course)
      return (candidates) => {
        choices++
        return choose(candidates)
      }
    },
  }
  const source = ({ budgets }: Schedulable) => seeded({ seed: SEED, strategy: counting, timing, budgets })
  // What an error of this run is about, the seeds will meet and say. Until then it has counted.
  await run(scenario, { source }).catch(() => {})
  return Math.max(1, choices)
}
