// What a hunt found: a report that is plain data. Reports of adjacent seeds, from different workers say,
// merge to the report that one worker would have made of all of them.

import type { TimingName } from './clock.ts'
import { HeddleError } from './error.ts'
import { isTimed, type Property } from './property.ts'
import type { Divergence } from './replay/divergence.ts'
import { mergeOrders, OrderCounter, type Orders } from './saturation.ts'
import type { Scenario } from './scenario.ts'
import { NOT_STUCK, type Run, type RunVerdict } from './scheduler.ts'

export interface Seeds {
  /** A non-negative integer. */
  readonly first: number
  readonly count: number
}

/** What the seeds made of one property. */
export interface PropertyReport {
  readonly property: string
  /** Whether it is about virtual time, which a search of every causal order does not judge. */
  readonly timed: boolean
  /** How many seeds violate it. */
  readonly violated: number
  /** The first of them, and what was violated there. */
  readonly firstSeed: number | null
  readonly message: string | null
}

export interface SometimesReport {
  readonly property: string
  /** How many seeds reach it. */
  readonly reached: number
  readonly firstSeed: number | null
}

/** A bound that runs came to before they came to rest. */
export interface BoundReport {
  readonly bound: 'steps' | 'time'
  /** Steps, or microseconds of virtual time. */
  readonly max: number
  readonly runs: number
  readonly firstSeed: number
}

export interface NonDeterminism extends Divergence {
  readonly seed: number
}

/** Plain data, fit for structured clone. Reports of adjacent seeds merge to the report of all of them. */
export interface HuntReport<Measure = undefined> {
  readonly scenario: string
  readonly strategy: string
  readonly timing: TimingName
  /** The seeds that were run. */
  readonly seeds: Seeds
  readonly verdict: RunVerdict | 'diverged'
  readonly steps: number
  /** How many runs violate anything, or are stuck. */
  readonly failures: number
  /** How many runs ended at a bound of steps or of time before they came to rest. */
  readonly cutShort: number
  /** Which bounds these were, in the order in which a seed first came to them. */
  readonly bounds: readonly BoundReport[]
  /** In the order in which they are declared, then in that in which they were first violated. */
  readonly properties: readonly PropertyReport[]
  readonly sometimes: readonly SometimesReport[]
  /** How many seeds were run a second time, and how many of those differed. */
  readonly selfChecks: number
  readonly differing: number
  readonly nonDeterminism: NonDeterminism | null
  /** Which orders of dependent steps were seen; null where the hunt was not asked for coverage. */
  readonly orders: Orders | null
  /** One for each run, in order, where the hunt measures. */
  readonly measures: readonly Measure[]
}

interface Origin {
  readonly first: number
  readonly strategy: string
  readonly timing: TimingName
  /** Whether to count the different orders. */
  readonly coverage: boolean
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Takes the runs of a hunt one by one, in the order of their seeds, and keeps nothing of them. */
export class ReportBuilder<Measure> {
  runs = 0
  failures = 0
  steps = 0
  readonly #scenario: Scenario
  readonly #origin: Origin
  readonly #bounds: Mutable<BoundReport>[] = []
  #selfChecks = 0
  #differing = 0
  #nonDeterminism: NonDeterminism | null = null
  readonly #properties = new Map<string, Mutable<PropertyReport>>()
  readonly #sometimes = new Map<string, Mutable<SometimesReport>>()
  /** Counts the orders of its runs, where the hunt asks for that: is to be told of their steps. */
  readonly orders: OrderCounter | undefined
  readonly #measures: Measure[] = []

  constructor(scenario: Scenario, origin: Origin) {
    this.#scenario = scenario
    this.#origin = origin
    this.orders = origin.coverage ? new OrderCounter() : undefined
    this.#declare(scenario.properties)
  }

  /** `declared` are the properties that the run brought with it, besides those of its scenario. */
  addRun(seed: number, run: Run, declared: readonly Property[], measure?: (run: Run) => Measure): void {
    this.runs++
    this.steps += run.stepCount
    if (run.verdict !== 'no violation found') this.failures++
    if (run.ending === 'steps' || run.ending === 'time') this.#cut(run.ending, seed)
    this.#declare(declared)
    for (const { property, message } of run.violations) this.#violated(property, seed, message)
    if (run.waiting.length > 0) this.#violated(NOT_STUCK, seed, run.waiting.join('; '))
    for (const property of run.reached) {
      const entry = this.#sometimes.get(property)
      if (entry === undefined) continue
      entry.reached++
      entry.firstSeed ??= seed
    }
    this.orders?.add()
    if (measure !== undefined) this.#measures.push(measure(run))
  }

  addSelfCheck(seed: number, divergence: Divergence | undefined): void {
    this.#selfChecks++
    if (divergence === undefined) return
    this.#differing++
    this.#nonDeterminism ??= { seed, ...divergence }
  }

  /** Of a run that is none of the seeds; what they showed themselves goes before it. */
  addDivergence(divergence: NonDeterminism): void {
    this.#nonDeterminism ??= divergence
  }

  report(): HuntReport<Measure> {
    const properties = [...this.#properties.values()]
    return {
      scenario: this.#scenario.name,
      strategy: this.#origin.strategy,
      timing: this.#origin.timing,
      seeds: { first: this.#origin.first, count: this.runs },
      verdict: verdictOf(properties, this.#nonDeterminism),
      steps: this.steps,
      failures: this.failures,
      cutShort: this.#bounds.reduce((sum, { runs }) => sum + runs, 0),
      bounds: this.#bounds,
      properties,
      sometimes: [...this.#sometimes.values()],
      selfChecks: this.#selfChecks,
      differing: this.#differing,
      nonDeterminism: this.#nonDeterminism,
      orders: this.orders?.orders() ?? null,
      measures: this.#measures,
    }
  }

  #cut(bound: BoundReport['bound'], firstSeed: number): void {
    const entry = this.#bounds.find((one) => one.bound === bound)
    const { stepsMax, timeMaxUs } = this.#scenario
    if (entry !== undefined) entry.runs++
    else this.#bounds.push({ bound, max: bound === 'steps' ? stepsMax : timeMaxUs, runs: 1, firstSeed })
  }

  #declare(properties: readonly Property[]): void {
    for (const declared of properties) {
      const { kind, name: property } = declared
      if (kind === 'sometimes') {
        if (!this.#sometimes.has(property)) {
          this.#sometimes.set(property, { property, reached: 0, firstSeed: null })
        }
      } else if (!this.#properties.has(property)) {
        const timed = isTimed(declared)
        this.#properties.set(property, { property, timed, violated: 0, firstSeed: null, message: null })
      }
    }
  }

  #violated(property: string, seed: number, message: string): void {
    const entry = this.#properties.get(property)
    if (entry === undefined) {
      this.#properties.set(property, { property, timed: false, violated: 1, firstSeed: seed, message })
      return
    }
    if (entry.violated++ > 0) return
    entry.firstSeed = seed
    entry.message = message
  }
}

function verdictOf(
  properties: readonly PropertyReport[],
  nonDeterminism: NonDeterminism | null,
): HuntReport['verdict'] {
  if (nonDeterminism !== null) return 'diverged'
  const violated = properties.filter((entry) => entry.violated > 0)
  if (violated.length === 0) return 'no violation found'
  return violated.every(({ property }) => property === NOT_STUCK) ? 'stuck' : 'violated'
}

/** The report of the seeds of `a` and, right behind them, those of `b`. Throws HEDDLE_SEEDS if there is a gap. */
export function mergeReports<Measure>(a: HuntReport<Measure>, b: HuntReport<Measure>): HuntReport<Measure> {
  checkAdjacent(a, b)
  const properties = mergeBy('property', a.properties, b.properties, (one, other) => ({
    ...(one.violated > 0 ? one : other),
    violated: one.violated + other.violated,
  }))
  const bounds = mergeBy('bound', a.bounds, b.bounds, (one, other) => ({
    ...one,
    runs: one.runs + other.runs,
  }))
  const sometimes = mergeBy('property', a.sometimes, b.sometimes, (one, other) => ({
    property: one.property,
    reached: one.reached + other.reached,
    firstSeed: one.firstSeed ?? other.firstSeed,
  }))
  const nonDeterminism = a.nonDeterminism ?? b.nonDeterminism
  return {
    scenario: a.scenario,
    strategy: a.strategy,
    timing: a.timing,
    seeds: { first: a.seeds.first, count: a.seeds.count + b.seeds.count },
    verdict: verdictOf(properties, nonDeterminism),
    steps: a.steps + b.steps,
    failures: a.failures + b.failures,
    cutShort: a.cutShort + b.cutShort,
    bounds,
    properties,
    sometimes,
    selfChecks: a.selfChecks + b.selfChecks,
    differing: a.differing + b.differing,
    nonDeterminism,
    orders: a.orders === null || b.orders === null ? null : mergeOrders(a.orders, b.orders),
    measures: [...a.measures, ...b.measures],
  }
}

function checkAdjacent(a: HuntReport<unknown>, b: HuntReport<unknown>): void {
  const kind = ({ scenario, strategy, timing }: HuntReport<unknown>) => `${scenario}, ${strategy}, ${timing}`
  const next = a.seeds.first + a.seeds.count
  if (kind(a) === kind(b) && b.seeds.first === next) return
  throw new HeddleError(
    'HEDDLE_SEEDS',
    `Expected a report of ${kind(a)} from seed ${next} on, found one of ${kind(b)} from seed ${b.seeds.first} on. Merge reports in the order of their seeds.`,
  )
}

function mergeBy<Name extends string, Entry extends { readonly [Key in Name]: string }>(
  name: Name,
  a: readonly Entry[],
  b: readonly Entry[],
  merge: (one: Entry, other: Entry) => Entry,
): Entry[] {
  const merged = new Map(a.map((entry) => [entry[name] as string, entry]))
  for (const entry of b) {
    const before = merged.get(entry[name])
    merged.set(entry[name], before === undefined ? entry : merge(before, entry))
  }
  return [...merged.values()]
}
