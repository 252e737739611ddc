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

/** The same as plain data. */
export interface Tallied {
  readonly counts: Readonly<Counts>
  readonly failures: readonly Failing[]
  readonly leftOut: Tally['leftOut']
  readonly reached: readonly string[]
  readonly goals: readonly string[]
  /** Null where nobody asked. */
  readonly finalStates: readonly string[] | null
}

/** How a run has ended, beside what it was. */
export interface Ended {
  readonly schedulable: Schedulable
  readonly schedule: readonly string[]
}

export class Tally {
  readonly counts: Counts = { executions: 0, blocked: 0, probes: 0, steps: 0, failing: 0 }
  readonly failures: Failing[] = []
  /** What was left out for good. */
  leftOut: 'preemptions' | 'length' | null = null
  readonly #reached = new Set<string>()
  readonly #goals = new Set<string>()
  readonly #finalStates = new Set<string>()
  readonly #finalState: ExploreOptions['finalState']

  constructor(properties: Scenario['properties'], finalState: ExploreOptions['finalState']) {
    this.#finalState = finalState
    this.#declare(properties)
  }

  get hasFinalStates(): boolean {
    return this.#finalState !== undefined
  }

  get progress(): ExploreProgress {
    const { blocked: _, ...counts } = this.counts
    return counts
  }

  plain(): Tallied {
    return {
      counts: { ...this.counts },
      failures: [...this.failures],
      leftOut: this.leftOut,
      reached: [...this.#reached],
      goals: [...this.#goals],
      finalStates: this.hasFinalStates ? [...this.#finalStates] : null,
    }
  }

  /** Adds what was found after all that it has. */
  merge({ counts, failures, leftOut, reached, goals, finalStates }: Tallied): void {
    for (const failure of failures) {
      if (this.failures.some(({ property }) => property === failure.property)) continue
      this.failures.push({ ...failure, execution: this.counts.executions + failure.execution })
    }
    for (const name of Object.keys(this.counts) as (keyof Counts)[]) this.counts[name] += counts[name]
    this.leftOut ??= leftOut
    for (const name of reached) this.#reached.add(name)
    for (const name of goals) this.#goals.add(name)
    for (const text of finalStates ?? []) this.#finalStates.add(text)
  }

  /** `schedule`: the ids of what happened in it, where it failed. */
  add(explored: Explored, run: Run, { schedulable, schedule }: Ended): void {
    switch (explored) {
      case 'probe':
        this.counts.probes++
        return
      case 'blocked':
        this.counts.blocked++
        return
      case 'complete':
        this.#complete(run, schedulable, schedule)
    }
  }

  report(
    scenario: string,
    { failures, bound, resume }: Pick<ExploreReport, 'failures' | 'bound' | 'resume'>,
  ): ExploreReport {
    const left = bound ?? this.leftOut
    return {
      scenario,
      verdict: verdictOf(failures, left),
      bound: left,
      ...this.counts,
      failures,
      sometimes: [...this.#goals].map((property) => ({ property, reached: this.#reached.has(property) })),
      finalStates: this.hasFinalStates ? [...this.#finalStates].sort(byUnits) : null,
      resume,
    }
  }

  #complete(run: Run, schedulable: Schedulable, schedule: readonly string[]): void {
    this.counts.executions++
    this.counts.steps += run.stepCount
    if (run.ending === 'steps') this.leftOut ??= 'length'
    this.#declare(schedulable.properties)
    if (run.reached.size > 0) for (const property of run.reached) this.#reached.add(property)
    if (this.hasFinalStates) this.#finalStates.add(this.#stateOf(run, schedulable))
    if (run.verdict === 'no violation found') return
    this.counts.failing++
    for (const { property, message } of run.violations) this.#fails(property, message, schedule)
    if (run.waiting.length > 0) this.#fails(NOT_STUCK, run.waiting.join('; '), schedule)
  }

  #fails(property: string, message: string, schedule: readonly string[]): void {
    if (this.failures.some((failure) => failure.property === property)) return
    this.failures.push({ property, message, execution: this.counts.executions, trace: '', schedule })
  }

  #declare(properties: Scenario['properties']): void {
    for (const { kind, name } of properties) if (kind === 'sometimes') this.#goals.add(name)
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
