// Many seeds of one scenario under one strategy, and what became of them: a report that is plain data, and
// that is the same whether the seeds ran in one go or in pieces. Writes no file, and prints nothing.

import type { TimingName } from './clock.ts'
import { choicesOf, survey } from './course.ts'
import { HeddleError } from './error.ts'
import type { Schedulable } from './event.ts'
import { checkOptions, checkScenario } from './options.ts'
import { encodeTrace, outcomeOf } from './replay/trace.ts'
import { type HuntReport, ReportBuilder, type Seeds } from './report.ts'
import type { Scenario } from './scenario.ts'
import { type Happened, type Run, type RunOptions, run, runAll } from './scheduler.ts'
import { compareRuns, type Journal, newJournal, type Watched, watched } from './selfcheck.ts'
import { type SeededOptions, seeded } from './source.ts'
import { portfolio } from './strategies/portfolio.ts'
import type { Strategy } from './strategies/strategy.ts'

export interface HuntOptions<Measure = undefined> {
  /** 1 to 200 unless given. */
  readonly seeds?: Seeds
  /** `portfolio` unless given. */
  readonly strategy?: Strategy
  /** *sampled* unless given. */
  readonly timing?: TimingName
  /** Runs seeds 1 to 4, and 1 + n, 1 + 2n … a second time, and compares; 50 unless given, 0 for none. */
  readonly selfCheckEvery?: number
  /** Ends the hunt with the run that makes so many failing ones. */
  readonly failuresMax?: number
  /**
   * Counts how many different orders of dependent steps the runs had, `HuntReport.orders`, which takes up to a tenth
   * of the time of a short run; false unless given.
   */
  readonly coverage?: boolean
  /** Taken of each run at once, before the run is let go. */
  readonly measure?: (run: Run) => Measure
  /** Told now and then how many seeds are done. */
  readonly onProgress?: (runs: number) => void
  /** Ends the hunt early, with a report of what was done; an AbortSignal fits. */
  readonly signal?: { readonly aborted: boolean }
}

const SEEDS: Seeds = { first: 1, count: 200 }
const SELF_CHECK_EVERY = 50
/** Checked in any case, so that a short hunt is not left without. */
const FIRST_CHECKED = 4
/** Runs before the first look at the signal; later, as many as take about so many steps, up to a bound. */
const RUNS_OF_FIRST_ROUND = 32
const STEPS_PER_ROUND = 10_000
const RUNS_PER_ROUND_MAX = 500

/**
 * Runs the seeds one after the other, each to its end. Throws HEDDLE_SEEDS on a range that is none; any other
 * HeddleError that a run throws names the scenario and the seed.
 */
export async function hunt<Measure = undefined>(
  scenario: Scenario,
  options: HuntOptions<Measure> = {},
): Promise<HuntReport<Measure>> {
  checkScenario(scenario)
  checkOptions('hunt', options)
  const { seeds = SEEDS, strategy = portfolio, timing = 'sampled', signal, onProgress } = options
  const { failuresMax = Number.POSITIVE_INFINITY } = options
  checkSeeds(seeds)
  const builder = new ReportBuilder<Measure>(scenario, {
    first: seeds.first,
    strategy: strategy.name,
    timing,
    coverage: options.coverage ?? false,
  })
  // As a hunt may be handed out in pieces, and most of these check nothing.
  const { choices, divergence } = checksAny(seeds, options.selfCheckEvery ?? SELF_CHECK_EVERY)
    ? await survey(scenario, { strategy, timing })
    : { choices: await choicesOf(scenario, { strategy, timing }), divergence: undefined }
  const manner = { strategy, timing, choices }
  while (builder.runs < seeds.count && builder.failures < failuresMax && signal?.aborted !== true) {
    const count = Math.min(runsOfRound(builder), seeds.count - builder.runs)
    await round(builder, scenario, { first: seeds.first + builder.runs, count }, { ...options, ...manner })
    onProgress?.(builder.runs)
  }
  if (divergence !== undefined) builder.addDivergence(divergence)
  return builder.report()
}

export interface RecordOptions {
  readonly seed: number
  /** `portfolio` unless given. */
  readonly strategy?: Strategy
  /** *sampled* unless given. */
  readonly timing?: TimingName
  /** The property whose violation ends the run; without one, the run goes on to its end. */
  readonly property?: string
}

/** Runs one seed again, and gives the text of its trace. Throws HEDDLE_RECORD if `property` is not violated. */
export async function record(scenario: Scenario, options: RecordOptions): Promise<string> {
  checkScenario(scenario)
  checkOptions('record', options)
  const { seed, strategy = portfolio, timing = 'sampled', property } = options
  checkSeeds({ first: seed, count: 1 })
  const choices = await choicesOf(scenario, { strategy, timing })
  const source = ({ budgets }: Schedulable) => seeded({ seed, strategy, timing, choices, budgets })
  const finished = await run(
    scenario,
    property === undefined ? { source } : { source, stopAt: property },
  ).catch((error) => {
    throw inSeed(error, scenario, seed)
  })
  if (property !== undefined && outcomeOf(finished, property).property !== property) {
    throw new HeddleError(
      'HEDDLE_RECORD',
      `Expected seed ${seed} of ${scenario.name} to violate "${property}", found ${finished.verdict}. Was the code changed, or is it non-deterministic? Hunt again.`,
    )
  }
  const meta = { seed, strategy: strategy.name, timing }
  return encodeTrace(finished, property === undefined ? meta : { ...meta, property })
}

function checkSeeds({ first, count }: Seeds): void {
  // In this order, as the sum alone may be beyond what a number can be, and come back by rounding.
  const last = first + (count - 1)
  if (Number.isSafeInteger(first) && first >= 0 && Number.isSafeInteger(last) && count >= 0) return
  throw new HeddleError(
    'HEDDLE_SEEDS',
    `Expected seeds that are non-negative integers, found first ${first}, count ${count}. Give both as integers from 0 on.`,
  )
}

/** A round has a cost of its own, and short runs would spend much of their time on it. */
function runsOfRound({ runs, steps }: { readonly runs: number; readonly steps: number }): number {
  if (runs === 0) return RUNS_OF_FIRST_ROUND
  const stepsPerRun = Math.max(1, steps / runs)
  return Math.max(1, Math.min(RUNS_PER_ROUND_MAX, Math.floor(STEPS_PER_ROUND / stepsPerRun)))
}

/** How the schedules are made. */
type Manner = Required<Pick<SeededOptions, 'strategy' | 'timing' | 'choices'>>

async function round<Measure>(
  builder: ReportBuilder<Measure>,
  scenario: Scenario,
  seeds: Seeds,
  options: HuntOptions<Measure> & Manner,
): Promise<void> {
  const { strategy, timing, choices, measure } = options
  const { orders } = builder
  const { failuresMax = Number.POSITIVE_INFINITY } = options
  const checkEvery = options.selfCheckEvery ?? SELF_CHECK_EVERY
  const last = seeds.first + (seeds.count - 1)
  let seed = seeds.first - 1
  let begun: Schedulable | undefined
  let journal: Journal | undefined
  // The first run of a seed that is checked, until the second is over. Nothing else of a run outlives it, as whatever
  // a collector finds alive it copies.
  let before: Watched | undefined
  const source = (schedulable: Schedulable) => {
    begun = schedulable
    orders?.begin()
    const { budgets } = schedulable
    if (journal === undefined) return seeded({ seed, strategy, timing, choices, budgets })
    return watched(seeded({ seed, strategy, timing, choices, budgets, log: journal.draws }), journal)
  }
  // One for all runs, which the source tells apart; but that of most the steps are only counted.
  const onStep = orders && ((step: Happened) => orders.step(step))
  const attempt: readonly [Scenario, RunOptions] = [scenario, { source, onStep }]
  const usual: readonly [Scenario, RunOptions] = [
    scenario,
    { source, onStep, keepsSteps: measure !== undefined },
  ]
  const next = () => {
    if (before === undefined) {
      if (seed === last || builder.failures >= failuresMax) return undefined
      seed++
    }
    journal = isChecked(seed, checkEvery) ? newJournal() : undefined
    return journal === undefined ? usual : attempt
  }
  const each = (finished: Run) => {
    const watchedRun = journal && { run: finished, journal }
    if (before !== undefined && watchedRun !== undefined) {
      builder.addSelfCheck(seed, compareRuns(seed, before, watchedRun))
      before = undefined
      return
    }
    before = watchedRun
    builder.addRun(seed, finished, begun?.properties ?? [], measure)
  }
  await runAll(Number.POSITIVE_INFINITY, next, each).catch((error) => {
    throw inSeed(error, scenario, seed)
  })
}

/** An error as it was thrown, or where it is heddle's, the same with where it was. */
function inSeed(error: unknown, { name }: Scenario, seed: number): unknown {
  if (!(error instanceof HeddleError)) return error
  return new HeddleError(error.code, `${error.message} (scenario ${name}, seed ${seed})`, { cause: error })
}

/** Chosen by the seed alone, so that pieces of a range check the same seeds as the whole. */
function isChecked(seed: number, checkEvery: number): boolean {
  const isFirst = seed >= 1 && seed <= FIRST_CHECKED
  return checkEvery > 0 && (isFirst || (seed - 1) % checkEvery === 0)
}

function checksAny({ first, count }: Seeds, checkEvery: number): boolean {
  const last = first + Math.min(count, checkEvery) - 1
  for (let seed = first; seed <= last; seed++) if (isChecked(seed, checkEvery)) return true
  return false
}
