// How long a scenario's runs are, for the strategies that must know: one run in fifo order, the same whoever makes
// it, so that every worker and every recording of a seed come to the same number.

import type { TimingName } from './clock.ts'
import type { Schedulable } from './event.ts'
import type { NonDeterminism } from './report.ts'
import type { Scenario } from './scenario.ts'
import { type Run, run } from './scheduler.ts'
import { compared, type Journal, newJournal, watched } from './selfcheck.ts'
import { seeded } from './source.ts'
import { fifo } from './strategies/fifo.ts'
import type { Strategy } from './strategies/strategy.ts'

/** Whose delays and faults the run has. */
const SEED = 0

interface Manner {
  readonly strategy: Strategy
  readonly timing: TimingName
}

/** How often a run in fifo order chooses, and at least 1; makes no run where the strategy does not ask for it. */
export async function choicesOf(scenario: Scenario, manner: Manner): Promise<number> {
  return manner.strategy.counts === true ? (await counted(scenario, manner)).choices : 1
}

/** The same, and where the run that it makes differs from the one after it. */
export interface Surveyed {
  readonly choices: number
  /** What the first run of all leaves to every other, such as a cache that is full from then on, shows here alone. */
  readonly divergence: NonDeterminism | undefined
}

/** As `choicesOf`, with the run made twice, and compared. */
export async function survey(scenario: Scenario, manner: Manner): Promise<Surveyed> {
  if (manner.strategy.counts !== true) return { choices: 1, divergence: undefined }
  const { choices, run: first, journal } = await counted(scenario, manner)
  const { run: second, journal: secondJournal } = await counted(scenario, manner)
  if (first === undefined || second === undefined) return { choices, divergence: undefined }
  const again = { run: second, journal: secondJournal }
  const found = compared('A run in fifo order, run twice,', { run: first, journal }, again)
  return { choices, divergence: found === undefined ? undefined : { seed: SEED, ...found } }
}

interface Counted {
  readonly choices: number
  /** Undefined where it threw. What an error of this run is about, the seeds will meet and say. */
  readonly run: Run | undefined
  readonly journal: Journal
}

async function counted(scenario: Scenario, { timing }: Manner): Promise<Counted> {
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
  const journal = newJournal()
  const source = ({ budgets }: Schedulable) =>
    watched(seeded({ seed: SEED, strategy: counting, timing, budgets, log: journal.draws }), journal)
  const finished = await run(scenario, { source }).catch(() => undefined)
  return { choices: Math.max(1, choices), run: finished, journal }
}
