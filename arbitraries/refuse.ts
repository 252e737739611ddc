// How a constraint or a pick that does not fit is refused: in one line that says what was expected, and what was found.

import { stringify } from 'fast-check'
import { HeddleError, printable } from '../sim/index.ts'

/** Throws HEDDLE_OPTIONS. `what` is what does not fit, such as `the constraint users`. */
export function refuse(what: string, expected: string, found: unknown): never {
  const shown = printable(stringify(found), 60)
  throw new HeddleError('HEDDLE_OPTIONS', `Expected ${what} to be ${expected}, found ${shown}.`)
}

/** Throws HEDDLE_OPTIONS for what is no object, and for keys that are not known. */
export function checkKeys(what: string, given: unknown, known: readonly string[]): asserts given is object {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    refuse(what, `an object with any of ${known.join(', ')}`, given)
  }
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) refuse(what, `an object with any of ${known.join(', ')}`, unknown)
}
