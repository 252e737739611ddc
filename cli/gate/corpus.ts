// The corpus of a gate: replays each file that is this shard's, and says whether it came out as the file expects.

import { relative, resolve } from 'node:path'
import {
  isToHold,
  plain,
  quoted,
  type Replayed,
  readReplayFile,
  replayFilesIn,
} from '../../failures/index.ts'
import { HeddleError } from '../../sim/index.ts'
import { UsageError } from '../exit.ts'
import { eachOf, Interrupted, type Limits, type Pool, ThreadEnded, TimedOut } from '../pool.ts'
import type { OwnSubject } from '../subjects.ts'
import type { Budget } from './budget.ts'
import type { CorpusCase } from './result.ts'

/** Every replay file in a folder and below, in the order of their names; none where there is no such folder. */
export function corpusFiles(folder: string): readonly string[] {
  try {
    return replayFilesIn(folder).map((file) => relative(process.cwd(), resolve(folder, file)))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw new UsageError(`Expected a folder of replay files at ${plain(folder)}, found ${code}.`)
  }
}

export interface CorpusLimits extends Limits {
  readonly budget: Budget
}

/** A case for each, also where the gate was called off before its turn. */
export async function replayCorpus(
  pool: Pool,
  { files, own }: { files: readonly string[]; own: readonly OwnSubject[] },
  limits: CorpusLimits,
): Promise<readonly CorpusCase[]> {
  const cases: (CorpusCase | undefined)[] = files.map(() => undefined)
  try {
    await eachOf(files, pool.workers, async (file, index) => {
      cases[index] = await replayOne(pool, { file, own }, limits)
    })
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
  }
  return files.map((file, index) => cases[index] ?? notCome(file))
}

function notCome(file: string): CorpusCase {
  const about = 'not replayed: the gate was over before'
  return { file, outcome: undefined, isFine: false, isNews: false, about, command: commandFor(file) }
}

function commandFor(file: string): string {
  return `npx heddle replay ${quoted(file)}`
}

async function replayOne(
  pool: Pool,
  { file, own }: { file: string; own: readonly OwnSubject[] },
  { timeoutMs, signal, budget }: CorpusLimits,
): Promise<CorpusCase> {
  const leftMs = budget.leftMs()
  if (leftMs === 0) return notCome(file)
  const command = commandFor(file)
  const wrong = (about: string): CorpusCase => ({
    file,
    outcome: undefined,
    isFine: false,
    isNews: false,
    about,
    command,
  })
  try {
    const record = await readReplayFile(file)
    const task = { kind: 'replay', record, coordinator: undefined, own } as const
    const replayed = await pool.run(task, { timeoutMs: Math.min(timeoutMs, leftMs), signal })
    return { file, outcome: replayed.outcome, ...judged(replayed), command }
  } catch (error) {
    if (error instanceof Interrupted) throw error
    // What the budget cuts off is no finding.
    if (error instanceof TimedOut && leftMs < timeoutMs) return notCome(file)
    if (error instanceof TimedOut) return wrong(`never settled: no end after ${timeoutMs / 1_000} s`)
    if (error instanceof ThreadEnded) return wrong(`ended its thread: ${plain(error.message)}`)
    if (error instanceof UsageError || error instanceof HeddleError) return wrong(error.message)
    throw error
  }
}

/**
 * Fine is what the file expects: a failure that is there as recorded or after an edit, or what is to hold, holding. A
 * failure that is gone is fine, too: nobody mends a bug and is held up for it.
 */
function judged(replayed: Replayed): Pick<CorpusCase, 'isFine' | 'isNews' | 'about'> {
  const { outcome, found, divergence } = replayed
  const what = plain(found.property ?? replayed.expected.property ?? 'nothing')
  const asExpected = (about: string) => ({ isFine: true, isNews: false, about })
  const news = (about: string) => ({ isFine: true, isNews: true, about })
  const wrong = (about: string) => ({ isFine: false, isNews: false, about })
  switch (outcome) {
    case 'exact':
      return asExpected(isToHold(replayed) ? `exact: ${what} holds` : `exact: fails as recorded: ${what}`)
    case 'fixed':
      return isToHold(replayed)
        ? asExpected(`holds on changed code: ${what}`)
        : news(`fixed: ${what} holds now; keep it so with --accept`)
    case 'adapted':
      return isToHold(replayed)
        ? wrong(`fails again: ${what}: ${plain(found.message ?? '')}`)
        : news(`adapted: still fails after an edit: ${what}`)
    case 'stale':
      return wrong(`stale: ${plain(divergence?.message ?? 'it can no longer be followed')}`)
    case 'diverged':
      return wrong(`not deterministic: ${plain(divergence?.message ?? '')}`)
  }
}
