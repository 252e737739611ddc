// Puts together what a check gives back, from the searches it has made.

import type { Scenario } from '../scenario.ts'
import { NOT_STUCK } from '../scheduler.ts'
import type { Components } from './components.ts'
import { type Covered, coveredBy } from './coverage.ts'
import { counterexample, pathTo } from './path.ts'
import type { Renaming } from './renaming.ts'
import type { Bound, CheckReport, CheckVerdict, Counterexample, Reduction, Savings } from './report.ts'
import type { Resting } from './resting.ts'
import { type Found, isAtRest, type Search } from './search.ts'
import type { Part, Plan } from './systems.ts'

/** A report, with the states that each actor was in. */
export interface Reported {
  readonly report: CheckReport
  readonly states: Covered['states']
}

export interface Reporting {
  readonly plan: Plan
  readonly components: Components
  readonly renamings: readonly Renaming[]
  readonly reductions: readonly Reduction[]
  readonly saved: Savings
  /** Whether the searches went breadth first through every order. */
  readonly isShortest: boolean
  readonly resting: Resting | undefined
}

export function reportOf(scenario: Scenario, searches: readonly Search[], reporting: Reporting): Reported {
  const { plan, components, renamings, reductions, saved, isShortest, resting } = reporting
  const { states, coverage } = coveredBy(
    components,
    searches.map(({ modules }) => modules),
    renamings,
  )
  const isWhole = searches.length === plan.parts.length
  const found = searches.flatMap((search, index) => {
    const besides = () => resting?.besides(plan.parts[index] as Part) ?? []
    return search.found.map((found) => {
      const path = pathTo(search, found)
      const isFirst = isFirstOfItsLikes(found, { search, renamings })
      const isOfAll = plan.systems === 1 || (isWhole && !isAtRest(found))
      const shortest = isShortest && isFirst && isOfAll
      if (!isAtRest(found)) return counterexample(scenario, components, found, { path, shortest })
      const toRest = { ...path, events: [...path.events, ...besides()] }
      return counterexample(scenario, components, found, { path: toRest, shortest })
    })
  })
  const counterexamples = leastOfEach(found)
  const total = (of: (search: Search) => number) => searches.reduce((sum, one) => sum + of(one), 0)
  const bound = searches.find((search) => search.bound !== undefined)?.bound ?? null
  const stored = total(({ states }) => states)
  const sometimes = sometimesOf(scenario, components, reporting)
  const report: CheckReport = {
    scenario: scenario.name,
    verdict: verdictOf(counterexamples, bound, sometimes),
    bound,
    reductions,
    saved,
    systems: plan.systems,
    states: stored,
    transitions: total(({ transitions }) => transitions),
    depth: Math.max(...searches.map(({ depth }) => depth)),
    localTransitions: components.locals.calls,
    claimsJudged: components.watchers.calls + plan.parts.reduce((sum, { claims }) => sum + claims.calls, 0),
    store: searches[0]?.store.kind ?? 'table',
    bytesPerState: total(({ storedBytes }) => storedBytes) / Math.max(1, stored),
    counterexamples,
    sometimes,
    coverage,
  }
  return { report, states }
}

/** Of each property the counterexample with the fewest steps. */
function leastOfEach(found: readonly Counterexample[]): Counterexample[] {
  const least = new Map<string, Counterexample>()
  for (const one of found) {
    const known = least.get(one.property)
    if (known === undefined || one.steps < known.steps) least.set(one.property, one)
  }
  return [...least.values()]
}

/** Whether nothing was found before it that differs by names alone, as what stands for both may be nearer to that. */
function isFirstOfItsLikes(
  found: Found,
  { search, renamings }: { search: Search; renamings: readonly Renaming[] },
): boolean {
  const likes = new Set([found.property])
  for (const name of likes) for (const { names } of renamings) likes.add(names.text(name))
  return search.found.find(({ property }) => likes.has(property)) === found
}

function sometimesOf(
  { properties }: Scenario,
  { watchers }: Components,
  { plan, renamings }: Reporting,
): CheckReport['sometimes'] {
  const reached = new Set([...watchers.reached, ...plan.parts.flatMap(({ claims }) => [...claims.reached])])
  // What is reached under one name is reached, in a renamed run, under each that may take its place.
  for (const name of reached) for (const { names } of renamings) reached.add(names.text(name))
  return properties
    .filter(({ kind }) => kind === 'sometimes')
    .map(({ name }) => ({ property: name, reached: reached.has(name) }))
}

function verdictOf(
  counterexamples: readonly Counterexample[],
  bound: Bound | null,
  sometimes: CheckReport['sometimes'],
): CheckVerdict {
  if (counterexamples.some(({ property }) => property !== NOT_STUCK)) return 'violated'
  if (counterexamples.length > 0) return 'stuck'
  if (bound !== null) return 'bounded'
  return sometimes.every(({ reached }) => reached) ? 'holds' : 'unreached'
}
