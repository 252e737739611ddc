// Binds the catalogue's scenarios to the properties: every scenario must keep every one of them, and reach
// what it names.

import {
  type CatalogueEntry,
  type Coordinator,
  type LifecycleOptions,
  lifecycle,
  scenarios,
} from '../model/index.ts'
import { HeddleError, type Property, type Scenario } from '../sim/index.ts'
import {
  everyConnectionSettles,
  everyStandbyIsPromoted,
  no1011WithoutFault,
  noOrphansAtRest,
  noOrphanTimer,
  unauthenticatedGetsOnlyAClose,
} from './closing.ts'
import { allFiveAgentEvents, noMessageLostDuplicatedOrReordered } from './messages.ts'
import { exactlyOneGrant, oneMachinePerUser, oneOwnerPerUser } from './ownership.ts'
import { goalNamed } from './reached.ts'
import { legalTransitionsOnly, nothingBeforeReady, phasesInSequence, setUpOverhead } from './sequence.ts'

/** The claims that hold in every lifecycle scenario, whatever its delays. */
export const untimedProperties: readonly Property[] = [
  legalTransitionsOnly,
  oneOwnerPerUser,
  oneMachinePerUser,
  exactlyOneGrant,
  nothingBeforeReady,
  phasesInSequence,
  noMessageLostDuplicatedOrReordered,
  allFiveAgentEvents,
  no1011WithoutFault,
  unauthenticatedGetsOnlyAClose,
  everyConnectionSettles,
  everyStandbyIsPromoted,
  noOrphansAtRest,
  noOrphanTimer,
]

/** All claims: those above, and the one about virtual time, which is for scenarios whose delays allow it. */
export const allProperties: readonly Property[] = [...untimedProperties, setUpOverhead]

function propertiesOf({ name, reaches }: CatalogueEntry): readonly Property[] {
  return [...(name === 'set-up-overhead' ? allProperties : untimedProperties), ...reaches.map(goalNamed)]
}

/** A scenario of the catalogue under a coordinator. */
export function catalogueScenario(entry: CatalogueEntry, coordinator: Coordinator): Scenario {
  return lifecycle(entry.name, { ...entry.options, coordinator, properties: propertiesOf(entry) })
}

/**
 * Makes a scenario again from its name and the parameters that a trace carries. Throws
 * HEDDLE_UNKNOWN_SCENARIO, or HEDDLE_SCENARIO_OPTIONS for parameters out of their bounds.
 */
export function rebuild(name: string, parameters: unknown, coordinator: Coordinator): Scenario {
  const entry = scenarios.find((other) => other.name === name)
  if (entry === undefined) {
    throw new HeddleError(
      'HEDDLE_UNKNOWN_SCENARIO',
      `No scenario is named "${name}". "heddle list" shows them all.`,
    )
  }
  const { coordinator: _, ...options } = parameters as LifecycleOptions & { coordinator: unknown }
  return lifecycle(name, { ...options, coordinator, properties: propertiesOf(entry) })
}
