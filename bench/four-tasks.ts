// The same program under a world and under fast-check's scheduler: four tasks of five awaits each, in an
// order drawn at random for each run. Ours records the whole trace; fast-check runs without verbose mode,
// and with the call that its documentation recommends for waiting, `waitIdle`.

import fc from 'fast-check'
import { type Run, random, runAll, type Scenario, seeded, world } from '../sim/index.ts'
import type { Contender } from './rounds.ts'

const TASKS = ['tab-1', 'tab-2', 'tab-3', 'tab-4']
const AWAITS = 5
const RUNS_PER_ROUND = 500
const NO_FAULTS = {}

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

function ours(name: string, scenario: Scenario): Contender {
  return {
    name,
    async round(index) {
      let steps = 0
      const each = (run: Run) => {
        if (run.verdict !== 'no violation found')
          throw new Error(`Expected no violation, found ${run.verdict}.`)
        steps += run.stepCount
      }
      const next = (run: number) => {
        const seed = index * RUNS_PER_ROUND + run
        return [
          scenario,
          { source: seeded({ seed, strategy: random, timing: 'untimed', budgets: NO_FAULTS }) },
        ] as const
      }
      await runAll(RUNS_PER_ROUND, next, each)
      return { runs: RUNS_PER_ROUND, steps }
    },
  }
}

const theirs: Contender = {
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

/** The subject first, then its peers. */
export const fourTasksContenders: readonly Contender[] = [
  ours('heddle, world, random', fourTasks),
  theirs,
  ours('heddle, the world is asked', fourTasksAsked),
]
