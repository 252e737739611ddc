// Turns counterexamples into replay files, each written whole or not at all, and says of each what a person needs
// to see it again.

import { relative } from 'node:path'
import { counted, type Failure, replayFileName, untaken, writeReplayFile } from '../failures/index.ts'
import { cycleText } from '../sim/index.ts'
import type { CheckManner, Shown } from './check-task.ts'
import { type Checked, placeOf } from './check-verdict.ts'
import { isLost } from './checking.ts'
import { replayCommandFor } from './subjects.ts'

/** A counterexample in its file. */
export interface CheckFailure extends Failure {
  readonly of: Checked
  readonly steps: number
  readonly shortest: boolean
}

export interface CheckFindings {
  readonly failures: readonly CheckFailure[]
  /** One sentence for each that did not come out the same when it was replayed at once. */
  readonly divergences: readonly string[]
}

/** Everything that a command came to. */
export interface CheckOutcome {
  readonly checked: readonly Checked[]
  readonly findings: CheckFindings
  readonly manner: CheckManner
  readonly interrupted: boolean
  readonly elapsedMs: number
}

/** Writes them one after the other, so that names which are alike are told apart in the same way each time. */
export async function recordCounterexamples(
  checked: readonly Checked[],
  folder: string,
): Promise<CheckFindings> {
  const taken = new Set<string>()
  const failures: CheckFailure[] = []
  const divergences: string[] = []
  for (const one of checked) {
    if (one.result === undefined || isLost(one.result)) continue
    for (const shown of one.result.counterexamples) {
      const { divergence, scenario } = shown.recorded
      if (divergence !== null) {
        divergences.push(`${placeOf(one.subject)}: ${divergence.message}`)
        continue
      }
      const name = untaken(replayFileName(scenario, shown.property), taken)
      const path = await writeReplayFile(folder, name, shown.recorded.text)
      failures.push(failureOf(one, shown, relative(process.cwd(), path) || path))
    }
  }
  return { failures, divergences }
}

function failureOf(of: Checked, shown: Shown, file: string): CheckFailure {
  const { property, recorded, steps, shortest } = shown
  const { entry } = of.subject
  const size = entry.size === undefined ? [] : [entry.size]
  return {
    of,
    scenario: entry.scenario,
    coordinator: recorded.coordinator,
    property,
    which: [...size, lengthText(shown), ...(of.isAsExpected ? ['expected'] : [])].join('; '),
    steps,
    shortest,
    message: shown.message,
    step: recorded.found.step,
    timeUs: recorded.found.at,
    thrownAt: recorded.thrownAt,
    timeline: recorded.timeline,
    file,
    command: replayCommandFor(file, of.subject),
  }
}

function lengthText({ steps, shortest, cycleFrom }: Shown): string {
  const length = counted(steps, 'step')
  const cycle = cycleFrom === null ? '' : `; ${cycleText({ cycleFrom, steps })}`
  return `${length}${shortest ? ', as few as there can be' : ''}${cycle}`
}
