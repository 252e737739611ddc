// Checks a system of actors exhaustively: says *holds* only when every schedule was covered. Decides what is left
// out; the work is in checker.ts.

import { HeddleError } from '../error.ts'
import { checkScenario } from '../options.ts'
import type { Scenario } from '../scenario.ts'
import type { System } from '../system.ts'
import { Checker } from './checker.ts'
import type { Covered } from './coverage.ts'
import { Alone } from './levels.ts'
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
    if (small !== undefined) return withShortest(small, { ...scenario, system }, options)
  }
  const { report } = await covered({ ...scenario, system }, options)
  return withShortest(report, { ...scenario, system }, options)
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

/** So many states are searched for a shorter way to a violation. */
const STATES_FOR_SHORTEST_MAX = 200_000

/** What a search has left out, orders or systems that it never came to, may lead to a violation sooner: looks there. */
async function withShortest(
  report: CheckReport,
  scenario: Scenario & { readonly system: System },
  options: CheckOptions,
): Promise<CheckReport> {
  const everyProperty = report.counterexamples.flatMap(({ property, shortest }) =>
    shortest ? [] : [property],
  )
  if (everyProperty.length === 0 || options.order === 'depth first') return report
  const statesMax = Math.min(options.statesMax ?? Number.POSITIVE_INFINITY, STATES_FOR_SHORTEST_MAX)
  const reductions = (options.reductions ?? REDUCTIONS).filter((one) => one === 'symmetry')
  const again = new Checker(scenario, scenario.system, { ...options, reductions, statesMax, everyProperty })
  const { counterexamples } = (await again.run()).report
  return {
    ...report,
    counterexamples: report.counterexamples.map((found) =>
      found.shortest ? found : (counterexamples.find(({ property }) => property === found.property) ?? found),
    ),
  }
}

/** The same, with the states that each actor was in. */
export async function covered(
  scenario: Scenario & { readonly system: System },
  options: CheckOptions = {},
): Promise<{ readonly report: CheckReport; readonly states: Covered['states'] }> {
  try {
    return await new Checker(scenario, scenario.system, options).run()
  } catch (error) {
    if (options.pool === undefined || !(error instanceof Alone)) throw error
    // Whatever ends a search is found by one thread alone, from the beginning: what it then knows, and no more.
    const { pool: _, ...alone } = options
    return new Checker(scenario, scenario.system, alone).run()
  }
}
