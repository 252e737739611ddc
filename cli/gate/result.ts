// What a gate came to, as plain data: each part of it a case that is fine or not. It says what counts as fine, and
// which exit code follows; how it is shown is for the reporters.

import type { Failure } from '../../failures/index.ts'
import type { ReplayOutcome, Seeds } from '../../sim/index.ts'
import { EXIT, type ExitCode } from '../exit.ts'

/** The first seed, and where it comes from. */
export interface Origin {
  readonly seed: number
  /** The commit that it was derived from; null where it was given, or there is none. */
  readonly commit: string | null
}

/** One part of a gate that is split over several machines: `index` of 1 to `count`. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** A file of the corpus, replayed. */
export interface CorpusCase {
  readonly file: string
  /** Undefined where it could not be replayed at all. */
  readonly outcome: ReplayOutcome | undefined
  readonly isFine: boolean
  /** Whether it is fine in another way than when it was recorded, so that a person may want to renew it. */
  readonly isNews: boolean
  /** One line: what the file expects, and what came of it. */
  readonly about: string
  readonly command: string
}

/** An exhaustive search of a scenario, by states or by schedules. */
export interface SearchCase {
  readonly kind: 'check' | 'explore'
  /** `lost`: it came to no end that could be reported. */
  readonly verdict: 'holds' | 'violated' | 'bounded' | 'diverged' | 'lost'
  /** States of a check, traces of an exploration. */
  readonly covered: number
  /** Where it is the scenario at a smaller size than it is hunted at: that size, in words. */
  readonly size: string | undefined
  /** One line on what it did, or why it came to no end. */
  readonly about: string
}

export type PropertyVerdict = 'holds' | 'no violation found' | 'violated'

export interface PropertyCase {
  readonly property: string
  readonly verdict: PropertyVerdict
  /** In how many hunted runs it was violated. */
  readonly violated: number
  /** The first seed that violates it; null where no hunted run does. */
  readonly firstSeed: number | null
  readonly message: string | null
  /** What was recorded of it. */
  readonly failure: Failure | undefined
}

/** What was done with one scenario. */
export interface ScenarioCase {
  readonly name: string
  /** With its coordinator, where it has one. */
  readonly title: string
  /** The user's file that it comes from; undefined for one of the catalogue. */
  readonly file: string | undefined
  readonly search: SearchCase | undefined
  readonly hunted: {
    readonly runs: number
    readonly steps: number
    readonly failing: number
    /** In ascending order, adjacent ones joined. */
    readonly seeds: readonly Seeds[]
    /** How many different orders of dependent steps the runs had. */
    readonly orders: number
    /** How likely the next run has a new one, from 0 to 1. */
    readonly unseen: number
  }
  readonly properties: readonly PropertyCase[]
  /** `sometimes` claims that nothing reached. */
  readonly unreached: readonly string[]
  /** One sentence for each run that did not do again what it had done. */
  readonly divergences: readonly string[]
  /** What else is wrong, one sentence each: seeds that never settled, runs that never come to rest. */
  readonly troubles: readonly string[]
}

export interface GateResult {
  /** The configuration of the project; null where there is none, and the scenarios are those of the catalogue. */
  readonly config: string | null
  readonly origin: Origin
  readonly shard: Shard
  /** Null where it was not bounded in time. */
  readonly budgetMs: number | null
  readonly elapsedMs: number
  readonly interrupted: boolean
  /** One sentence for each planted fault that was missed; null where the canaries did not come to their turn. */
  readonly silent: readonly string[] | null
  readonly corpus: readonly CorpusCase[]
  readonly scenarios: readonly ScenarioCase[]
  /** How many transitions of the lifecycle were taken, and how many there are; null without such a scenario. */
  readonly moves: { readonly taken: number; readonly all: number } | null
}

/** Whether nothing is wrong with a scenario. */
export function isFine({ search, properties, unreached, divergences, troubles }: ScenarioCase): boolean {
  return (
    properties.every(({ verdict }) => verdict !== 'violated') &&
    [unreached, divergences, troubles].every(({ length }) => length === 0) &&
    search?.verdict !== 'violated' &&
    search?.verdict !== 'diverged'
  )
}

/** Whether a gate can say anything of a scenario. */
export function wasRun({ hunted, search }: ScenarioCase): boolean {
  return hunted.runs > 0 || search?.verdict === 'holds'
}

/** What is wrong weighs as it does everywhere: first what makes all else doubtful. */
export function exitCodeOf(result: GateResult): ExitCode {
  const { interrupted, silent, corpus, scenarios } = result
  if (interrupted) return EXIT.interrupted
  if ((silent ?? []).length > 0) return EXIT.ownBug
  const diverged = scenarios.some(
    ({ divergences, search }) => divergences.length > 0 || search?.verdict === 'diverged',
  )
  if (diverged || corpus.some(({ outcome }) => outcome === 'diverged')) return EXIT.diverged
  const bad = corpus.filter((one) => !one.isFine)
  if (scenarios.some((one) => !isFine(one)) || bad.some(({ outcome }) => outcome !== 'stale')) {
    return EXIT.violated
  }
  if (bad.length > 0) return EXIT.stale
  // A shard may have nothing to do with a scenario; a gate of its own that did not come to one says nothing of it.
  return result.shard.count === 1 && !scenarios.every(wasRun) ? EXIT.bounded : EXIT.nothingFound
}

/** In ascending order, adjacent ones put together. */
export function joined(seeds: readonly Seeds[]): readonly Seeds[] {
  const all: { first: number; count: number }[] = []
  for (const { first, count } of seeds.toSorted((a, b) => a.first - b.first)) {
    const last = all.at(-1)
    if (last !== undefined && last.first + last.count === first) last.count += count
    else all.push({ first, count })
  }
  return all
}
