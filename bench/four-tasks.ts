// The same program under a world and under fast-check's scheduler: four tasks of five awaits each, in an
// order drawn at random for each run. Ours keeps the steps only of runs that fail; fast-check runs without verbose mode,
// and with the call that its documentation recommends for waiting, `waitIdle`.

import fc from 'fast-check'
import {
  type ExploreReport,
  explore,
  hunt,
  portfolio,
  random,
  type Scenario,
  type Strategy,
  world,
} from 'heddle'
import type { Contender } from './rounds.ts'

const TASKS = ['tab-1', 'tab-2', 'tab-3', 'tab-4']
const AWAITS = 5
const RUNS_PER_ROUND = 2_500
/** Several turns of its pieces, as a round resumes an exploration: smaller ones would measure that. */
const EXPLORED_PER_ROUND = 100_000

/** Each task says itself where it may be interrupted, as the peer's program does. */
const fourTasks = world('four tasks', ({ task }) => {
  for (const name of TASKS) {
    task(name, async (self) => {
      for (let i = 0; i < AWAITS; i++) await self.operation('step')
    })
  }
})

/** The same with the world's own `operation`, which has to find out who calls. */
const fourTasksAsked = world('four tasks', ({ task, operation }) => {
  for (const name of TASKS) {
    task(name, async () => {
      for (let i = 0; i < AWAITS; i++) await operation('step')
    })
  }
})

/** A hunt as anybody calls it, its self-checks among the runs, which it does not count. */
function hunting(name: string, scenario: Scenario, strategy: Strategy): Contender {
  return {
    name,
    async round(index) {
      const seeds = { first: index * RUNS_PER_ROUND, count: RUNS_PER_ROUND }
      const { verdict, steps } = await hunt(scenario, { strategy, timing: 'untimed', seeds })
      if (verdict !== 'no violation found') throw new Error(`Expected no violation, found ${verdict}.`)
      return { runs: RUNS_PER_ROUND, steps }
    },
  }
}

/** Goes on, in each round, where the one before has stopped: all orders would be 11,732,745,024. */
function exploring(name: string, scenario: Scenario): Contender {
  let resume: ExploreReport['resume'] = null
  let executions = 0
  let steps = 0
  return {
    name,
    async round() {
      const report = await explore(scenario, {
        executionsMax: executions + EXPLORED_PER_ROUND,
        ...(resume === null ? {} : { resume }),
      })
      const done = { runs: report.executions - executions, steps: report.steps - steps }
      resume = report.resume
      executions = report.executions
      steps = report.steps
      return done
    },
  }
}

export const peer: Contender = {
  name: 'fast-check, fc.scheduler',
  async round(index) {
    let steps = 0
    const program = async (scheduler: fc.Scheduler) => {
      const tasks = TASKS.map(async (name) => {
        for (let i = 0; i < AWAITS; i++) {
          await scheduler.schedule(Promise.resolve(), name)
          steps++
        }
      })
      await scheduler.waitIdle()
      await Promise.all(tasks)
    }
    await fc.assert(fc.asyncProperty(fc.scheduler(), program), { numRuns: RUNS_PER_ROUND, seed: index })
    return { runs: RUNS_PER_ROUND, steps }
  },
}

/** The subject first, then its peer. */
export const huntContenders: readonly Contender[] = [hunting('heddle, hunt, random', fourTasks, random), peer]

/** What else there is of ours: that promises carry their task is seen in all that runs later in a process. */
export const otherContenders: readonly Contender[] = [
  hunting('heddle, hunt, random', fourTasks, random),
  hunting('heddle, hunt, portfolio', fourTasks, portfolio),
  hunting('heddle, hunt, the world is asked', fourTasksAsked, random),
]

export const exploreContenders: readonly Contender[] = [exploring('heddle, explore', fourTasks), peer]
