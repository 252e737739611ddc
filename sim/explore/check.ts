// Checks a system of actors exhaustively: says *holds* only when every schedule was covered. Decides what is left
// out; the work is in checker.ts.

import { HeddleError } from '../error.ts'
import { checkScenario } from '../options.ts'
import type { Scenario } from '../scenario.ts'
import type { System } from '../system.ts'
import { Checker } from './checker.ts'
import type { Covered } from './coverage.ts'
import { type CheckOptions, type CheckReport, REDUCTIONS } from './report.ts'

/**
 * Searches every schedule of a scenario that is made of actors, in untimed order: every order that causes allow,
 * whatever the windows say; claims about virtual time are not judged. Throws HEDDLE_NOT_A_MODEL for a scenario
 * of code, HEDDLE_SCENARIO and HEDDLE_OPTIONS for what is no scenario or no option.
 */
export async function check(scenario: Scenario, options: CheckOptions = {}): Promise<CheckReport> {
  checkScenario(scenario)
  const { system } = scenario
  if (system === undefined) {
    throw new HeddleError(
      'HEDDLE_NOT_A_MODEL',
      `Expected a scenario that is made of actors, found ${scenario.name}, which runs code: its states cannot be stored. Hunt through its seeds.`,
    )
  }
  if (options.reductions === undefined) {
    const small = await checkSmall({ ...scenario, system }, options)
    if (small !== undefined) return small
  }
  const { report } = await new Checker(scenario, system, options).run()
  return isReduced(report) ? withShortest(report, { ...scenario, system }, options) : report
}

/** A space of so many states is searched sooner than it is found out which orders may be left out. */
const STATES_OF_SMALL_MAX = 300_000

/** Searches every order, if there are not too many; undefined if there are. */
async function checkSmall(
  scenario: Scenario & { readonly system: System },
  options: CheckOptions,
): Promise<CheckReport | undefined> {
  const { statesMax = Number.POSITIVE_INFINITY } = options
  const reductions = REDUCTIONS.filter((one) => one !== 'partial order')
  const bounds = { statesMax: Math.min(statesMax, STATES_OF_SMALL_MAX) }
  const { report } = await new Checker(scenario, scenario.system, { ...options, ...bounds, reductions }).run()
  return report.bound === 'states' && statesMax > STATES_OF_SMALL_MAX ? undefined : report
}

function isReduced({ counterexamples, reductions }: CheckReport): boolean {
  return counterexamples.length > 0 && reductions.includes('partial order')
}

/** So many states are searched for a shorter way to a violation. */
const STATES_FOR_SHORTEST_MAX = 200_000

/** Of the orders that lead to a violation, those that were left out may be shorter: looks for these. */
async function withShortest(
  report: CheckReport,
  scenario: Scenario & { readonly system: System },
  options: CheckOptions,
): Promise<CheckReport> {
  const everyProperty = report.counterexamples.map(({ property }) => property)
  const statesMax = Math.min(options.statesMax ?? Number.POSITIVE_INFINITY, STATES_FOR_SHORTEST_MAX)
  const reductions = (options.reductions ?? REDUCTIONS).filter((one) => one !== 'partial order')
  const again = new Checker(scenario, scenario.system, { ...options, reductions, statesMax, everyProperty })
  const { counterexamples } = (await again.run()).report
  return {
    ...report,
    counterexamples: report.counterexamples.map(
      (found) => counterexamples.find(({ property }) => property === found.property) ?? found,
    ),
  }
}

/** The same, with the states that each actor was in. */
export async function covered(
  scenario: Scenario & { readonly system: System },
  options: CheckOptions = {},
): Promise<{ readonly report: CheckReport; readonly states: Covered['states'] }> {
  return new Checker(scenario, scenario.system, options).run()
}
