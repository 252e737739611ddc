// A scenario: a closed, named system that can be begun again and again, and the properties it must keep.

import type { Schedulable } from './event.ts'
import { checkScenario } from './options.ts'
import type { Property } from './property.ts'

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
  /** Begins one execution; nothing of an earlier one is left in it. */
  begin(): Schedulable
}

export const STEPS_MAX = 10_000
export const TIME_MAX_US = 3_600_000_000

/**
 * A scenario from its parts, with the usual bounds: 10,000 steps and one hour of virtual time. Throws
 * HEDDLE_SCENARIO where a part does not fit.
 */
export function scenario(
  parts: Pick<Scenario, 'name' | 'begin'> & Partial<Omit<Scenario, 'name' | 'begin'>>,
): Scenario {
  checkScenario(parts)
  return { parameters: {}, properties: [], stepsMax: STEPS_MAX, timeMaxUs: TIME_MAX_US, ...parts }
}
