// Writes down what a gate found: by the first seed of a hunt that violates it, made small and explained, or else by what
// a search found among all schedules. What the budget leaves no time for is told without a file.

import { replayFileName, untaken } from '../../failures/index.ts'
import { type Found, keepAll, recordSeeds } from '../findings.ts'
import { type Limits, NEVER_MS, type Pool } from '../pool.ts'
import type { Subject } from '../subjects.ts'
import type { Manner } from '../tasks.ts'
import type { Budget } from './budget.ts'
import type { Known } from './cases.ts'
import type { Gathered } from './gathering.ts'
import type { Missing } from './goals.ts'
import type { Search } from './searches.ts'

/** How long what was called off may still take to be written down. */
const AFTERMATH_MS = 5_000

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
  const hunted = all.map(({ subject, gathered: { report } }) => ({ subject, report, moves: null }))
  const findings = violatedIn(all)
  const bySeeds = await within(budget.leftToRecordMs(findings), signal, (signal) =>
    recordSeeds(pool, hunted, { strategy, timing, timeoutMs, signal }),
  )
  const found = [...bySeeds, ...bySearches(all, bySeeds)]
  const kept = await within(budget.leftMs(), signal, (signal) =>
    keepAll(pool, found, {
      strategy,
      timing,
      folder,
      timeoutMs,
      signal,
      pastes: true,
      shrinks: () => true,
      // Each its share of the threads' time.
      shrinkMaxMs: (left) => (budget.leftToRecordMs(findings) * pool.workers) / Math.max(pool.workers, left),
    }),
  )
  return all.map(({ subject, search, gathered }) => {
    const own = kept.filter((_, index) => found[index]?.subject === subject)
    return {
      subject,
      search,
      gathered,
      failures: own.filter((one) => typeof one === 'object'),
      divergences: own.filter((one) => typeof one === 'string'),
    }
  })
}

/** Calls work off when the signal comes, or after so long. */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.any of a time-out, which may be collected as garbage before it has come.
  const ending = new AbortController()
  const end = () => ending.abort()
  const timer = setTimeout(end, Math.min(ms, signal.aborted ? AFTERMATH_MS : NEVER_MS))
  if (!signal.aborted) signal.addEventListener('abort', end, { once: true })
  try {
    return await work(ending.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

/** How many properties are violated, of each scenario for itself. */
export function violatedIn(
  all: readonly { readonly search: Search | undefined; readonly gathered?: Gathered }[],
): number {
  const counts = all.map(({ search, gathered }) => {
    const hunted = (gathered?.report?.properties ?? []).filter(({ violated }) => violated > 0)
    return new Set([...hunted, ...(search?.violated ?? [])].map(({ property }) => property)).size
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

/** What searches found that no seed has shown. */
function bySearches(all: readonly Missing[], bySeeds: readonly Found[]): readonly Found[] {
  const taken = new Set(bySeeds.map(({ fileName }) => fileName))
  const isShown = (subject: Subject, property: string) =>
    bySeeds.some((one) => one.subject === subject && one.property === property && one.recorded !== undefined)
  return all.flatMap(({ subject, search }) => {
    const size = search?.case.size
    const others = (search?.violated ?? []).filter(({ property }) => !isShown(subject, property))
    return others.map(({ property, recorded }) => ({
      subject,
      property,
      seed: null,
      which: `${size === undefined ? '' : `${size}; `}found among all schedules`,
      fileName: untaken(replayFileName(subject.scenario, property), taken),
      recorded,
      recordedInMs: 0,
      // At a size of its own, it is another scenario than the one that could be made smaller.
      isFinal: size !== undefined,
    }))
  })
}
