// Which scenario a record is to be replayed on, where somebody has one at hand: the record is from a stranger, and names
// no code. It runs nothing.

import { isDeepStrictEqual } from 'node:util'
import { HeddleError, type Scenario, type Trace } from '../sim/index.ts'
import { plain } from './text.ts'

type Header = Pick<Trace, 'header'>

/** Whether a record says that it is of this scenario; it may still have other parameters. */
export function isOf({ header }: Header, { name }: Scenario): boolean {
  return header.scenario === name
}

/**
 * The scenario that a record was made on: this one, or the same with the parameters of the record, to which it may have
 * been shrunk. Throws HEDDLE_REPLAY_SCENARIO, and what a scenario throws for parameters that are none.
 */
export function scenarioOf({ header }: Header, scenario: Scenario): Scenario {
  const { parameters } = header
  if (header.scenario !== scenario.name) {
    throw refusal(`the scenario "${plain(scenario.name, 80)}"`, `"${plain(header.scenario, 80)}"`)
  }
  if (isDeepStrictEqual(parameters, scenario.parameters)) return scenario
  const made = scenario.withParameters?.(parameters)
  const differing = Object.keys(parameters).filter(
    (name) => !isWithin(parameters[name], (made ?? scenario).parameters[name]),
  )
  if (made === undefined || differing.length > 0) {
    const found = `others in ${plain(differing.join(', ') || 'that some are missing', 200)}`
    throw refusal(`the parameters of "${plain(scenario.name, 80)}"`, found)
  }
  // As they are recorded: options that came later have their defaults, and are no part of the record.
  return { ...made, parameters }
}

function refusal(expected: string, found: string): HeddleError {
  return new HeddleError(
    'HEDDLE_REPLAY_SCENARIO',
    `Expected a record of ${expected}, found ${found}. Replay it on the scenario it was recorded on.`,
  )
}

/** Whether all that was recorded is the same now; what came later is not recorded. */
export function isWithin(recorded: unknown, now: unknown): boolean {
  if (!isObject(recorded) || !isObject(now)) return isDeepStrictEqual(recorded, now)
  return Object.keys(recorded).every((name) => isWithin(recorded[name], now[name]))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
