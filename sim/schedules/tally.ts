// What an exploration has come to so far: counts, failures, goals that were reached, final states. Adds up; it decides
// nothing about what is explored.

import { canonicalJson } from '../canonical.ts'
import type { Schedulable } from '../event.ts'
import type { Run } from '../run.ts'
import type { Json, Scenario } from '../scenario.ts'
import { NOT_STUCK } from '../scheduler.ts'
import type { Explored } from './explorer.ts'
import type {
  ExploreBound,
  ExploreFailure,
  ExploreOptions,
  ExploreProgress,
  ExploreReport,
} from './report.ts'

/** A failure, with the schedule that it happened under until its trace is there. */
export interface Failing extends ExploreFailure {
  readonly schedule?: readonly string[]
}

/** What is added up, as it goes from one exploration to the one that resumes it. */
export interface Counts {
  executions: number
  blocked: number
  probes: number
  steps: number
  failing: number
}

export class Tally {
  counts: Counts = { executions: 0, blocked: 0, probes: 0, steps: 0, failing: 0 }
  failures: Failing[] = []
  /** What was left out for good. */
  leftOut: 'preemptions' | 'length' | null = null
  readonly reached = new Set<string>()
  readonly goals = new Set<string>()
  readonly finalStates = new Set<string>()
  readonly #scenario: Scenario
  readonly #finalState: ExploreOptions['finalState']

  constructor(scenario: Scenario, { finalState }: ExploreOptions) {
    this.#scenario = scenario
    this.#finalState = finalState
    this.#declare(scenario.properties)
  }

  get executions(): number {
    return this.counts.executions
  }

  get failing(): number {
    return this.counts.failing
  }

  get progress(): ExploreProgress {
    const { blocked: _, ...counts } = this.counts
    return counts
  }

  add(explored: Explored, run: Run, schedulable: Schedulable): void {
    switch (explored) {
      case 'probe':
        this.counts.probes++
        return
      case 'blocked':
        this.counts.blocked++
        return
      case 'complete':
        this.#complete(run, schedulable)
    }
  }

  report({
    failures,
    bound,
    resume,
  }: Pick<ExploreReport, 'failures' | 'resume'> & { bound: ExploreBound | null }): ExploreReport {
    const left = bound ?? this.leftOut
    return {
      scenario: this.#scenario.name,
      verdict: verdictOf(failures, left),
      bound: left,
      ...this.counts,
      failures,
      sometimes: [...this.goals].map((property) => ({ property, reached: this.reached.has(property) })),
      finalStates: this.#finalState === undefined ? null : [...this.finalStates].sort(byUnits),
      resume,
    }
  }

  #complete(run: Run, schedulable: Schedulable): void {
    this.counts.executions++
    this.counts.steps += run.stepCount
    if (run.ending === 'steps') this.leftOut ??= 'length'
    this.#declare(schedulable.properties)
    for (const property of run.reached) this.reached.add(property)
    if (this.#finalState !== undefined) this.finalStates.add(this.#stateOf(run, schedulable))
    if (run.verdict === 'no violation found') return
    this.counts.failing++
    for (const { property, message } of run.violations) this.#fails(run, property, message)
    if (run.waiting.length > 0) this.#fails(run, NOT_STUCK, run.waiting.join('; '))
  }

  #fails(run: Run, property: string, message: string): void {
    if (this.failures.some((failure) => failure.property === property)) return
    const schedule = run.steps.map(({ event }) => event.id)
    this.failures.push({ property, message, execution: this.executions, trace: '', schedule })
  }

  #declare(properties: Scenario['properties']): void {
    for (const { kind, name } of properties) if (kind === 'sometimes') this.goals.add(name)
  }

  #stateOf(run: Run, schedulable: Schedulable): string {
    if (typeof this.#finalState === 'function') return this.#finalState(schedulable, run)
    return schedulable.situation?.() ?? canonicalJson(schedulable.view() as Json, 'the final state')
  }
}

function verdictOf(
  failures: readonly ExploreFailure[],
  bound: ExploreBound | null,
): ExploreReport['verdict'] {
  if (failures.length === 0) return bound === null ? 'holds' : 'bounded'
  return failures.every(({ property }) => property === NOT_STUCK) ? 'stuck' : 'violated'
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
