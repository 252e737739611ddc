// A scenario: a closed, named system that can be begun again and again, and the properties it must keep.

import type { Schedulable } from './event.ts'
import { checkScenario } from './options.ts'
import type { Property } from './property.ts'
import type { System } from './system.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface Scenario {
  readonly name: string
  /** What the scenario was made from, so that a replay file can make it again. Plain JSON. */
  readonly parameters: Readonly<Record<string, Json>>
  readonly properties: readonly Property[]
  /** How many steps a run may take at the most. */
  readonly stepsMax: number
  /** How much virtual time a run may take at the most, in microseconds. */
  readonly timeMaxUs: number
  /** The actors, where it is made of them and of nothing else: what an exhaustive check needs. */
  readonly system?: System
  /** What is interchangeable in it, innermost first; an exhaustive check relies on it. */
  readonly symmetries?: readonly Symmetry[]
  /**
   * Strictly smaller scenarios that may show the same failure, the boldest first, for shrinking. Each is made again
   * from its own parameters, and no chain of them goes on for ever.
   */
  readonly simpler?: () => Iterable<Scenario>
  /**
   * The same scenario from the parameters of a record: its own, or those of a `simpler` one. Throws a HeddleError for
   * parameters that are none of it.
   */
  readonly withParameters?: (parameters: Scenario['parameters']) => Scenario
  /** Begins one execution; nothing of an earlier one is left in it. */
  begin(): Schedulable
}

/**
 * Blocks of names that may change places: the k-th name of one block with the k-th name of another. Claims must
 * treat them alike, as actors do; what actors do is compared, and of claims, those about states. A name counts where it stands for itself in a string: in `tab-1/auth`, `emit.tab-1` and `tab-1~2`, but not in `tab-12`.
 */
export interface Symmetry {
  readonly blocks: readonly (readonly string[])[]
  /**
   * Renames a number that says whose it is. `key` is the nearest field's name, with `[]` behind it in an array;
   * `rename` says the new name for a name.
   */
  readonly number?: (value: number, key: string, rename: (name: string) => string) => number
}

export const STEPS_MAX = 10_000
export const TIME_MAX_US = 3_600_000_000

/**
 * A scenario from its parts, with the usual bounds: 10,000 steps and one hour of virtual time. Throws
 * HEDDLE_SCENARIO where a part does not fit.
 */
export function scenario(
  parts: Pick<Scenario, 'name'> &
    Partial<Scenario> &
    ({ readonly begin: Scenario['begin'] } | { readonly system: System }),
): Scenario {
  const { system } = parts
  const begin = parts.begin ?? (system === undefined ? undefined : () => system.begin())
  checkScenario({ ...parts, begin: begin ?? null })
  return {
    parameters: {},
    properties: [],
    stepsMax: STEPS_MAX,
    timeMaxUs: TIME_MAX_US,
    ...parts,
    begin: begin as Scenario['begin'],
  }
}
