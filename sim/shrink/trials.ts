// Runs candidates: schedules given as deviations, on a scenario that may be smaller than the one that failed, and says
// whether the same property fails. A failure that was found where time rules stays within its windows. Every run counts
// against one budget; which candidates are worth a run is decided elsewhere.

import type { TimingName } from '../clock.ts'
import { HeddleError } from '../error.ts'
import type { Schedulable } from '../event.ts'
import { type Deviation, deviating, deviationsOf, type Made, recording } from '../replay/deviations.ts'
import { feasibleTimes, following, type Pace } from '../replay/feasible.ts'
import { recorded } from '../replay/replay.ts'
import { outcomeOf, type Trace } from '../replay/trace.ts'
import type { Scenario } from '../scenario.ts'
import { type Run, run } from '../scheduler.ts'
import { type ChoiceSource, inOrder, type SeededOptions, seeded } from '../source.ts'
import { random } from '../strategies/random.ts'

/** What became of one candidate. */
export interface Trial {
  readonly scenario: Scenario
  readonly run: Run
  /** What was chosen of what, for each step. */
  readonly order: readonly Made[]
  /** The fewest that tell this order; none that changed nothing. */
  readonly deviations: readonly Deviation[]
  /** Whether the property is violated. */
  readonly fails: boolean
}

export interface Budget {
  /** Candidates at the most. */
  readonly runsMax: number
  /** Their steps at the most, all together. */
  readonly stepsMax: number
  /** Spends all of it at once. What fails is reproduced all the same. */
  readonly signal?: { readonly aborted: boolean } | undefined
}

export class Trials {
  readonly property: string
  readonly timing: TimingName
  readonly #budget: Budget
  // How fast an order is taken where time rules; undefined where only the times it was found with will do.
  #pace: Pace | undefined = 'earliest'
  // Whether the violation is one of virtual time, so that a run without it says nothing.
  #timed = false
  #isReproduced = false
  #runs = 0
  #steps = 0

  constructor({ property, timing }: { property: string; timing: TimingName }, budget: Budget) {
    this.property = property
    this.timing = timing
    this.#budget = budget
  }

  get runs(): number {
    return this.#runs
  }

  get isCalledOff(): boolean {
    return this.#isReproduced && this.#budget.signal?.aborted === true
  }

  get isSpent(): boolean {
    const { runsMax, stepsMax } = this.#budget
    return this.isCalledOff || this.#runs >= runsMax || this.#steps >= stepsMax
  }

  /** Takes the steps of a trace, and finds out how to take the same order again; undefined where it does not fail. */
  async reproduce(trace: Trace, scenario: Scenario): Promise<Trial | undefined> {
    const found = await this.#reproduced(trace, scenario)
    this.#isReproduced = true
    return found
  }

  async #reproduced(trace: Trace, scenario: Scenario): Promise<Trial | undefined> {
    const source = recorded(trace, scenario.timeMaxUs)
    const first = await this.#run(scenario, source, { stepsMax: trace.steps.length })
    if (!first?.fails || this.timing === 'untimed') return first?.fails ? first : undefined
    const end = { steps: first.order.length }
    const untimed = await this.#run(scenario, deviating(first.deviations, end))
    this.#timed = !untimed?.fails
    for (const pace of ['earliest', 'latest'] as const) {
      this.#pace = pace
      const again = await this.#inTime(scenario, first.order)
      if (again?.fails) return again
    }
    this.#pace = undefined
    return first
  }

  /** Whether schedules can be changed at all: not where only the times that a failure was found with make it fail. */
  get canDeviate(): boolean {
    return this.#pace !== undefined
  }

  /** A schedule that fails; undefined where it does not, cannot be, or takes more than `stepsMax` steps to. */
  async failing(
    scenario: Scenario,
    deviations: readonly Deviation[],
    stepsMax?: number,
  ): Promise<Trial | undefined> {
    const trial = await this.#deviating(scenario, deviations, stepsMax)
    if (trial === undefined || this.timing === 'untimed') return trial?.fails ? trial : undefined
    if (!trial.fails && !this.#timed) return undefined
    const timed = await this.#inTime(scenario, trial.order)
    return timed?.fails ? timed : undefined
  }

  /** A schedule, whether it fails or not, to its end; undefined where it cannot be, or comes to no end. */
  async whole(scenario: Scenario, deviations: readonly Deviation[]): Promise<Trial | undefined> {
    const trial = await this.#deviating(scenario, deviations, undefined)
    return trial === undefined ? undefined : this.#possible(trial)
  }

  /** As `whole`, but it goes on behind a violation, so that what would have come is seen as well. */
  async beyond(
    scenario: Scenario,
    deviations: readonly Deviation[],
    stepsMax: number,
  ): Promise<Trial | undefined> {
    const trial = await this.#run(scenario, deviating(deviations), { stepsMax, goesOn: true })
    return trial === undefined ? undefined : this.#possible(trial)
  }

  /** Counts what was run by others against the budget. */
  spend({ runs, steps }: { readonly runs: number; readonly steps: number }): void {
    this.#runs += runs
    this.#steps += steps
  }

  /** How much of the budget is left. */
  get left(): { readonly runs: number; readonly steps: number } {
    if (this.isSpent) return { runs: 0, steps: 0 }
    return { runs: this.#budget.runsMax - this.#runs, steps: this.#budget.stepsMax - this.#steps }
  }

  /** A candidate that came to an end, at times that the windows allow; undefined where there are none. */
  async #possible(trial: Trial): Promise<Trial | undefined> {
    const { scenario, run, order, fails } = trial
    if (this.timing === 'untimed') return fails || run.ending === 'rest' ? trial : undefined
    if (fails && !this.#timed) {
      // No times mend what fails whatever they are, so it need not be run at them.
      const { step } = outcomeOf(run, this.property)
      return feasibleTimes(order.slice(0, step), this.#pace) === undefined ? undefined : trial
    }
    const timed = await this.#inTime(scenario, order)
    return timed?.fails || timed?.run.ending === 'rest' ? timed : undefined
  }

  /** A run of a seed that fails within `stepsMax` steps, at the pace of the others where it then fails too. */
  async seeded(scenario: Scenario, seed: number, stepsMax: number): Promise<Trial | undefined> {
    const { timing } = this
    const source = ({ budgets }: Schedulable) => seeded({ seed, strategy: random, timing, budgets })
    const trial = await this.#run(scenario, source, { stepsMax })
    if (!trial?.fails) return undefined
    if (timing === 'untimed' || this.#pace === undefined) return trial
    const paced = await this.#inTime(scenario, trial.order)
    return paced?.fails ? paced : undefined
  }

  /** A run under a strategy, at the timing given, that comes to rest within `stepsMax` steps, and does not fail. */
  async holding(
    scenario: Scenario,
    manner: Pick<SeededOptions, 'seed' | 'strategy' | 'timing'>,
    stepsMax: number,
  ): Promise<Trial | undefined> {
    const source = ({ budgets }: Schedulable) => seeded({ ...manner, budgets })
    const trial = await this.#run(scenario, source, { stepsMax })
    return trial?.fails === false && trial.run.ending === 'rest' ? trial : undefined
  }

  /** The steps of an order as far as they can be taken, without regard to time. */
  inOrder(scenario: Scenario, ids: readonly string[]): Promise<Trial | undefined> {
    const untimed = { ...scenario, timeMaxUs: Number.POSITIVE_INFINITY }
    return this.#run(untimed, inOrder(ids), { goesOn: true })
  }

  #deviating(scenario: Scenario, deviations: readonly Deviation[], stepsMax: number | undefined) {
    return this.#run(scenario, deviating(deviations), { stepsMax })
  }

  async #inTime(scenario: Scenario, order: readonly Made[]): Promise<Trial | undefined> {
    if (this.#pace === undefined) return undefined
    const timesUs = feasibleTimes(order, this.#pace)
    return timesUs === undefined ? undefined : this.#run(scenario, following(order, timesUs))
  }

  async #run(
    scenario: Scenario,
    source: ChoiceSource | ((schedulable: Schedulable) => ChoiceSource),
    { stepsMax, goesOn = false }: { stepsMax?: number | undefined; goesOn?: boolean } = {},
  ): Promise<Trial | undefined> {
    if (this.isSpent) return undefined
    this.#runs++
    const left = Math.min(stepsMax ?? Number.POSITIVE_INFINITY, this.#budget.stepsMax - this.#steps)
    // What other claims say is nobody's business here.
    const properties = scenario.properties.filter(({ name }) => name === this.property)
    let recorder = recording({ untimed: true, choose: () => undefined })
    const recorderOf = (schedulable: Schedulable) => {
      recorder = recording(bounded(typeof source === 'function' ? source(schedulable) : source, left))
      return recorder
    }
    const finished = await run(
      { ...scenario, properties },
      goesOn ? { source: recorderOf } : { source: recorderOf, stopAt: this.property },
    ).catch(refused)
    if (finished === undefined) return undefined
    this.#steps += finished.steps.length
    const order = recorder.made.slice(0, finished.steps.length)
    const fails = outcomeOf(finished, this.property).property === this.property
    return { scenario, run: finished, order, deviations: deviationsOf(order), fails }
  }
}

/** The same source, which ends the run after so many steps; rest behind them is still found. */
function bounded(source: ChoiceSource, stepsMax: number): ChoiceSource {
  let left = stepsMax
  return {
    untimed: source.untimed,
    cycleFrom: source.cycleFrom,
    choose: (enabled, clock) => (left-- > 0 ? source.choose(enabled, clock) : undefined),
  }
}

/** A candidate that is used wrongly is none; what is heddle's own fault is not to be passed over. */
function refused(error: unknown): undefined {
  if (error instanceof HeddleError && error.code !== 'HEDDLE_INTERNAL') return undefined
  throw error
}
