// Writes down what a gate found: by the first seed of a hunt that violates it, made small and explained, or else by what
// a search found among all schedules. What the budget leaves no time for is told without a file.

import { type Failure, replayFileName, untaken } from '../../failures/index.ts'
import { type FindingOptions, keep, recordFindings } from '../findings.ts'
import { Interrupted, type Limits, type Pool } from '../pool.ts'
import type { Manner } from '../tasks.ts'
import type { Budget } from './budget.ts'
import type { Known } from './cases.ts'
import type { Missing } from './goals.ts'

/** How long what was called off may still take to be written down. */
const AFTERMATH_MS = 5_000
/** Of a budget: how much later than it recording may end. */
const GRACE_SHARE = 0.05

export interface RecordingOptions extends Manner, Limits {
  readonly out: string
  readonly budget: Budget
}

type Recorded = Omit<Known, 'elsewhere'>

/** What is known of each scenario, with what was recorded of it. */
export async function recordAll(
  pool: Pool,
  all: readonly Missing[],
  { strategy, timing, out: folder, timeoutMs, signal, budget }: RecordingOptions,
): Promise<readonly Recorded[]> {
  const options: FindingOptions = {
    strategy,
    timing,
    folder,
    timeoutMs,
    signal: until(signal, budget),
    pastes: true,
    shrinks: () => true,
    shrinkMaxMs: () => budget.leftMs() / 2,
  }
  const taken = new Set<string>()
  const recorded: Recorded[] = []
  for (const one of all) recorded.push(await recordOne(pool, { ...one, taken }, options))
  return recorded
}

function until(signal: AbortSignal, budget: Budget): AbortSignal {
  if (signal.aborted) return AbortSignal.timeout(AFTERMATH_MS)
  if (budget.totalMs === null) return signal
  const leftMs = Math.ceil(budget.leftMs() + budget.totalMs * GRACE_SHARE)
  return AbortSignal.any([signal, AbortSignal.timeout(leftMs)])
}

async function recordOne(
  pool: Pool,
  { subject, search, gathered, taken }: Missing & { readonly taken: Set<string> },
  options: FindingOptions,
): Promise<Recorded> {
  const { report } = gathered
  const hunted = await recordFindings(pool, [{ subject, report, moves: null }], options)
  const failures: Failure[] = [...hunted.failures]
  const divergences = [...hunted.divergences]
  const violated = (report?.properties ?? []).filter((one) => one.violated > 0)
  const found = new Set(violated.map(({ property }) => property))
  for (const property of found) taken.add(replayFileName(subject.scenario, property))
  for (const { property, recorded } of search?.violated ?? []) {
    if (found.has(property)) continue
    const size = search?.case.size
    const kept = await keep(
      pool,
      {
        subject,
        property,
        which: `${size === undefined ? '' : `${size}; `}found among all schedules`,
        fileName: untaken(replayFileName(subject.scenario, property), taken),
        recorded,
      },
      // At a size of its own, it is another scenario than the one that could be made smaller.
      size === undefined ? options : { ...options, shrinks: () => false },
    ).catch((error: unknown) => {
      if (error instanceof Interrupted) return undefined
      throw error
    })
    if (typeof kept === 'string') divergences.push(kept)
    else if (kept !== undefined) failures.push(kept)
  }
  return { subject, search, gathered, failures, divergences }
}
