// For tests only: an exploration cut into pieces far smaller than usual, on threads that finish in an order of their own.
// What goes to a thread and comes back is copied, as between real ones. Checks nothing.

import type { Scenario } from '../scenario.ts'
import { type Division, Exploration } from './exploration.ts'
import { explorePiece, type PieceResult, type PieceTask } from './piece.ts'
import type { ExploreOptions, ExploreReport } from './report.ts'
import { Tally } from './tally.ts'

export interface InPieces extends Division {
  readonly threads: number
}

/** The report, and how many turns pieces had. Failures are without their traces. */
export async function exploreInPieces(
  scenario: Scenario,
  { threads, ...division }: InPieces,
  options: ExploreOptions = {},
): Promise<{ readonly report: ExploreReport; readonly turns: number }> {
  const { finalState } = options
  const tally = new Tally(scenario.properties, finalState)
  const exploration = new Exploration(tally, options, division)
  let turns = 0
  const waiting: (() => Promise<void>)[] = []
  let isBusy = false
  // The latest goes first.
  const pump = async () => {
    if (isBusy) return
    isBusy = true
    await Promise.resolve()
    for (let work = waiting.pop(); work !== undefined; work = waiting.pop()) await work()
    isBusy = false
  }
  const work = (task: PieceTask) =>
    new Promise<PieceResult>((resolve, reject) => {
      turns++
      waiting.push(async () => {
        const watch = { isEnding: () => false, finalState }
        await explorePiece(scenario, structuredClone(task), watch).then(
          (result) => resolve(structuredClone(result)),
          reject,
        )
      })
      void pump()
    })
  const bound = await exploration.drive(work, { atOnce: () => threads, ending: () => null })
  const failures = tally.failures.map(({ schedule = [], ...failure }) => ({
    ...failure,
    trace: schedule.join(' '),
  }))
  return { report: tally.report(scenario.name, { failures, bound, resume: null }), turns }
}
