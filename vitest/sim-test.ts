// `test.sim`: a simulated test beside the runner's own, made in every way in which the runner makes one. What such a
// test does is in simulate.ts.

import { test as base, type TestAPI, type TestContext } from 'vitest'
import type { Body, Subject } from './body.ts'
import type { SimOptions } from './options.ts'
import { simulate } from './simulate.ts'
import { stackBelow } from './stack.ts'

type Name = string | ((...values: any[]) => unknown)

/** A test for each of several cases; `make` gives the subject of one. */
export interface EachSim<Case extends readonly unknown[]> {
  (name: Name, make: (...of: Case) => Subject, options?: SimOptions): void
  (name: Name, options: SimOptions, make: (...of: Case) => Subject): void
}

/**
 * A test that runs its subject, a scenario or the body of a world, under many schedules, and fails with the first that
 * violates a property. A claim is made with the `check` of a body, by the properties of a scenario, or by throwing.
 */
export interface Sim {
  (name: Name, subject: Subject, options?: SimOptions): void
  (name: Name, options: SimOptions, subject: Subject): void
  readonly only: Sim
  readonly skip: Sim
  /** Passes where the simulation fails. */
  readonly fails: Sim
  readonly concurrent: Sim
  todo(name: Name): void
  skipIf(condition: unknown): Sim
  runIf(condition: unknown): Sim
  /** As `test.each`: an array among the cases is spread over the parameters of `make` where all of them are arrays. */
  each<Case extends readonly unknown[]>(cases: readonly Case[]): EachSim<[...Case]>
  each<Case>(cases: readonly Case[]): EachSim<[Case]>
  each(strings: TemplateStringsArray, ...values: readonly unknown[]): EachSim<[Record<string, any>]>
  /** As `test.for`: nothing is spread. */
  for<Case>(cases: readonly Case[]): EachSim<[Case]>
  for(strings: TemplateStringsArray, ...values: readonly unknown[]): EachSim<[Record<string, any>]>
}

// heddle bounds the time itself: what is then known of a failure is told, and not only that time is over.
const UNTIMED = { timeout: 0 }
const CHAINED = ['only', 'skip', 'fails', 'concurrent'] as const

function simOf(test: TestAPI): Sim {
  const sim = (name: Name, second: unknown, third?: unknown) => {
    const asked = { ...ordered(second, third), site: stackBelow(sim) }
    test(name, UNTIMED, (context: TestContext) => simulate(asked, context))
  }
  const casesOf = (cases: any, values: readonly unknown[], spreads: boolean) => {
    const each = (name: Name, second: unknown, third?: unknown) => {
      const { subject: make, options } = ordered(second, third)
      const site = stackBelow(each)
      ;(test.for as any)(cases, ...values)(name, UNTIMED, (one: any, context: TestContext) => {
        const subject = typeof make === 'function' ? make(...(spreads ? one : [one])) : undefined
        return simulate({ subject, options, site }, context)
      })
    }
    return each
  }
  Object.assign(sim, {
    todo: (name: Name) => test.todo(name),
    skipIf: (condition: unknown) => simOf(condition ? (test.skip as TestAPI) : test),
    runIf: (condition: unknown) => simOf(condition ? test : (test.skip as TestAPI)),
    each: (cases: any, ...values: readonly unknown[]) =>
      casesOf(cases, values, values.length === 0 && cases.every(Array.isArray)),
    for: (cases: any, ...values: readonly unknown[]) => casesOf(cases, values, false),
  })
  for (const name of CHAINED) Object.defineProperty(sim, name, { get: () => simOf(test[name] as TestAPI) })
  return sim as unknown as Sim
}

/** The runner lets options come before or behind what is to be run. */
function ordered(second: unknown, third: unknown): { readonly subject: unknown; readonly options: unknown } {
  const isFirst =
    typeof second === 'function' || (typeof second === 'object' && second !== null && 'begin' in second)
  return isFirst || third === undefined
    ? { subject: second, options: third ?? {} }
    : { subject: third, options: second }
}

const sim = simOf(base)

/** The runner's own `test`, and `test.sim`. */
export const test: TestAPI & { readonly sim: Sim } = new Proxy(base, {
  get: (target, key, receiver) => (key === 'sim' ? sim : Reflect.get(target, key, receiver)),
}) as TestAPI & { readonly sim: Sim }

export type { Body, SimOptions, Subject }
