// Checks a system of actors exhaustively: says *holds* only when every schedule was covered. Puts the parts
// together: what is searched apart, what a search rests on, and what it came to.

import { HeddleError } from '../error.ts'
import { afterMacrotask } from '../host.ts'
import { checkScenario } from '../options.ts'
import type { Scenario } from '../scenario.ts'
import { NOT_STUCK } from '../scheduler.ts'
import type { System } from '../system.ts'
import { Claims } from './claims.ts'
import { Components } from './components.ts'
import { Modules } from './modules.ts'
import { Partition } from './partition.ts'
import { counterexample, pathTo } from './path.ts'
import {
  type CheckOptions,
  type CheckReport,
  type CheckVerdict,
  type Counterexample,
  REDUCTIONS,
} from './report.ts'
import { Search } from './search.ts'
import { Watchers } from './watchers.ts'

/** Events between two turns of the event loop, so that signals and progress get through. */
const TRANSITIONS_PER_TURN = 200_000

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
  return new Check(scenario, system, options).run()
}

class Check {
  readonly #scenario: Scenario
  readonly #options: CheckOptions
  readonly #components: Components
  readonly #watchers: Watchers
  readonly #claims: Claims

  constructor(scenario: Scenario, system: System, options: CheckOptions) {
    this.#scenario = scenario
    this.#options = options
    this.#watchers = new Watchers(scenario.properties)
    this.#components = new Components(system, this.#watchers)
    this.#claims = new Claims(this.#components, scenario.properties)
  }

  async run(): Promise<CheckReport> {
    const search = this.#search()
    while (!search.advance(TRANSITIONS_PER_TURN)) {
      this.#options.onProgress?.({
        states: search.store.count,
        transitions: search.transitions,
        frontier: search.frontier,
        depth: search.depth,
        storedBytes: search.store.bytes,
      })
      await new Promise<void>((resolve) => afterMacrotask(resolve))
    }
    return this.#report(search)
  }

  #search(): Search {
    const { budgets = {} } = this.#components.system.definition
    const partition = new Partition(this.#components, [])
    const groups = partition.groups()
    const isSeveral = new Set(groups).size > 1
    const names = Object.keys(budgets)
    const homes = isSeveral ? groups : partition.modules()
    const modules = new Modules(this.#components, homes, { kind: 'shared', names })
    const { values } = Modules.begin(this.#components)
    const initial = [...modules.numbersOf(values), ...names.map((name) => budgets[name] ?? 0)]
    return new Search(modules, this.#claims, [Int32Array.from(initial)], {
      ...this.#options,
      canonical: undefined,
      persistent: undefined,
      goesOn: this.#options.everyProperty ?? false,
      needsIndex: false,
    })
  }

  #report(search: Search): CheckReport {
    const counterexamples = search.found.map((found) =>
      counterexample(this.#scenario, this.#components, found, {
        path: pathTo(search, found),
        shortest: this.#options.order !== 'depth first',
      }),
    )
    const reached = new Set([...this.#watchers.reached, ...this.#claims.reached])
    const sometimes = this.#scenario.properties
      .filter(({ kind }) => kind === 'sometimes')
      .map(({ name }) => ({ property: name, reached: reached.has(name) }))
    return {
      scenario: this.#scenario.name,
      verdict: verdictOf(counterexamples, search, sometimes),
      bound: search.bound ?? null,
      reductions: REDUCTIONS.filter(() => false),
      systems: 1,
      states: search.store.count,
      transitions: search.transitions,
      depth: search.depth,
      localTransitions: this.#components.locals.calls,
      claimsJudged: this.#claims.calls + this.#watchers.calls,
      store: search.store.kind,
      bytesPerState: search.store.bytes / search.store.count,
      counterexamples,
      sometimes,
      coverage: { neverShown: [], idle: [] },
    }
  }
}

function verdictOf(
  counterexamples: readonly Counterexample[],
  { bound }: Search,
  sometimes: CheckReport['sometimes'],
): CheckVerdict {
  if (counterexamples.some(({ property }) => property !== NOT_STUCK)) return 'violated'
  if (counterexamples.length > 0) return 'stuck'
  if (bound !== undefined) return 'bounded'
  return sometimes.every(({ reached }) => reached) ? 'holds' : 'unreached'
}
