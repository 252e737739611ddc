// The exhaustive searches of a gate: a check of each scenario that is made of actors, an exploration of each that is
// code, as far as a bound goes that keeps them small. What is larger is left to the hunts. Prints nothing.

import { counted, type Recorded } from '../../failures/index.ts'
import { exhaustibles, explorables } from '../../properties/index.ts'
import type { Move } from '../check-moves.ts'
import { type CheckSubject, exhaustible } from '../check-task.ts'
import { type CheckResult, checkAll, isLost } from '../checking.ts'
import { nameOf } from '../coordinators.ts'
import { type ExploringSubject, explorable } from '../explore-task.ts'
import { type Explored, Exploring } from '../exploring.ts'
import { eachOf, type Pool } from '../pool.ts'
import type { OwnScenario, Subject } from '../subjects.ts'
import type { SearchCase } from './result.ts'

/** Up to these, a search is small; the same on every machine. */
const SMALL = { states: 200_000, executions: 20_000, memoryBytes: 1_000_000_000 }

/** What a search came to. */
export interface Search {
  readonly case: SearchCase
  /** What it violated; one where it was not told to go on. */
  readonly violated: readonly {
    readonly property: string
    readonly message: string
    readonly recorded: Recorded
  }[]
  /** `sometimes` claims that it reached. */
  readonly reached: readonly string[]
  readonly moves: readonly Move[] | null
}

/** What is searched of a subject. */
type Plan =
  | { readonly kind: 'check'; readonly subject: CheckSubject; readonly size: string | undefined }
  | { readonly kind: 'explore'; readonly subject: ExploringSubject; readonly size: string | undefined }

export interface SearchOptions {
  /** How long all of them may take. */
  readonly timeMaxMs: number
  /** A search that tells nothing for so long is given up. */
  readonly silentMaxMs: number
  readonly signal: AbortSignal
}

/** One search for each subject that can be searched, by its place; undefined where it cannot, or was not come to. */
export async function searchAll(
  pool: Pool,
  subjects: readonly (Subject & { readonly kind?: OwnScenario['kind'] })[],
  options: SearchOptions,
): Promise<readonly (Search | undefined)[]> {
  const plans = subjects.map(planOf)
  const deadline = performance.now() + options.timeMaxMs
  const checks = indicesOf(plans, 'check')
  const found: (Search | undefined)[] = subjects.map(() => undefined)
  const { results } = await checkAll(
    pool,
    checks.map(({ plan }) => ({ ...plan.subject, everyProperty: true })),
    {
      manner: {
        isReduced: true,
        order: 'breadth first',
        statesMax: SMALL.states,
        memoryMaxBytes: SMALL.memoryBytes,
        // Each its share, so that a large one leaves something to the others.
        ...bounded((options.timeMaxMs * pool.workers) / Math.max(1, checks.length)),
      },
      silentMaxMs: options.silentMaxMs,
      threads: pool.workers,
      signal: options.signal,
      onProgress: () => {},
    },
  )
  for (const [place, { index, plan }] of checks.entries()) found[index] = checked(results[place], plan.size)
  const explorations = indicesOf(plans, 'explore')
  let left = explorations.length
  const atOnce = () => Math.floor(pool.workers / Math.min(pool.workers, left))
  await eachOf(explorations, pool.workers, async ({ index, plan }) => {
    const timeMaxMs = Math.max(1, deadline - performance.now())
    if (!options.signal.aborted) found[index] = await explored(pool, plan, { ...options, timeMaxMs, atOnce })
    left--
  })
  return found
}

function bounded(timeMaxMs: number): { readonly timeMaxMs?: number } {
  return Number.isFinite(timeMaxMs) ? { timeMaxMs: Math.max(1, Math.floor(timeMaxMs)) } : {}
}

function indicesOf<Kind extends Plan['kind']>(plans: readonly (Plan | undefined)[], kind: Kind) {
  return plans.flatMap((plan, index) =>
    plan?.kind === kind ? [{ index, plan: plan as Plan & { kind: Kind } }] : [],
  )
}

/** Of the catalogue, the size at which it can be exhausted under this coordinator; of the user's own, itself. */
function planOf(subject: Subject & { readonly kind?: OwnScenario['kind'] }): Plan | undefined {
  if (subject.file !== undefined) {
    const { kind, ...own } = subject
    return { kind: kind === 'actors' ? 'check' : 'explore', subject: own, size: undefined }
  }
  const { scenario, coordinator } = subject
  const isSame = (one: { scenario: string; coordinator: string }) =>
    one.scenario === scenario && one.coordinator === nameOf(coordinator)
  const check = exhaustibles.findIndex((one) => isSame(one) && one.expected !== 'violated')
  if (check >= 0)
    return { kind: 'check', subject: { index: check, coordinator }, size: exhaustible(check).size }
  const explore = explorables.findIndex((one) => isSame(one) && one.broken.length === 0)
  if (explore < 0) return undefined
  return { kind: 'explore', subject: { index: explore, coordinator }, size: explorable(explore).size }
}

function checked(result: CheckResult, size: string | undefined): Search | undefined {
  if (result === undefined) return undefined
  const nothing = { violated: [], reached: [], moves: null }
  if (isLost(result)) {
    const verdict = result.bound === undefined ? 'lost' : 'bounded'
    return { case: { kind: 'check', verdict, covered: result.states, size, about: result.how }, ...nothing }
  }
  const { report, counterexamples, moves } = result
  const violated = counterexamples.map(({ property, message, recorded }) => ({ property, message, recorded }))
  return {
    case: {
      kind: 'check',
      ...verdictOf(report.verdict, violated),
      covered: report.states,
      size,
      about: `${counted(report.states, 'state')}${report.bound === null ? '' : `, up to its bound of ${report.bound}`}`,
    },
    violated,
    reached: report.sometimes.filter(({ reached }) => reached).map(({ property }) => property),
    moves,
  }
}

/** A counterexample that does not come out again counts for nothing but that. */
function verdictOf(verdict: string, violated: Search['violated']): Pick<SearchCase, 'verdict'> {
  if (violated.some(({ recorded }) => recorded.divergence !== null)) return { verdict: 'diverged' }
  if (violated.length > 0) return { verdict: 'violated' }
  // Goals are judged over the hunts, too, so that a search that did not reach one says nothing against it.
  return { verdict: verdict === 'holds' || verdict === 'unreached' ? 'holds' : 'bounded' }
}

async function explored(
  pool: Pool,
  { subject, size }: Plan & { kind: 'explore' },
  { timeMaxMs, silentMaxMs, signal, atOnce }: SearchOptions & { atOnce(): number },
): Promise<Search | undefined> {
  const exploring = new Exploring(pool, subject, {
    executionsMax: SMALL.executions,
    preemptionsMax: undefined,
    timeMaxMs: bounded(timeMaxMs).timeMaxMs,
    resume: undefined,
    mustBreak: false,
    silentMaxMs,
  })
  const result = await exploring.run({ signal, atOnce })
  const { lost: about, divergence } = result
  if (about === undefined && divergence === undefined) {
    return signal.aborted && result.failures.length === 0 ? undefined : found(result, size)
  }
  return {
    case: {
      kind: 'explore',
      verdict: divergence === undefined ? 'lost' : 'diverged',
      covered: result.report.executions,
      size,
      about: about ?? divergence ?? '',
    },
    violated: [],
    reached: [],
    moves: null,
  }
}

function found({ report, failures }: Explored, size: string | undefined): Search {
  const violated = failures.map(({ property, recorded }) => ({
    property,
    message: recorded.found.message ?? '',
    recorded,
  }))
  return {
    case: {
      kind: 'explore',
      ...verdictOf(report.verdict, violated),
      covered: report.executions,
      size,
      about: `${counted(report.executions, 'trace')}${report.bound === null ? '' : `, up to its bound of ${report.bound}`}`,
    },
    violated,
    reached: report.sometimes.filter(({ reached }) => reached).map(({ property }) => property),
    moves: null,
  }
}
