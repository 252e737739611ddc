// Plain data as canonical JSON: one text for one value, on every machine. Keys are sorted by UTF-16 code
// units, nothing is escaped that need not be, and what JSON cannot hold faithfully is refused with its path.
// Never guesses: no toJSON, no class instances, no dropped functions.

import { HeddleError } from './error.ts'
import { printable } from './printable.ts'

/** Deeper than this is refused, so that whatever was written can be read without a deep stack. */
export const DEPTH_MAX = 64

/**
 * The canonical text of a value. A field that is undefined counts as absent, and -0 is 0; anything else that
 * JSON would drop or change throws HEDDLE_TRACE_VALUE. `name` says in the error what the value is.
 */
export function canonicalJson(value: unknown, name: string): string {
  return write(value, [name], [])
}

type Path = readonly (string | number)[]

function write(value: unknown, path: Path, within: readonly object[]): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : refuse(path, String(value))
    case 'object':
      return value === null ? 'null' : writeObject(value, path, within)
    default:
      return refuse(path, typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`)
  }
}

function writeObject(value: object, path: Path, within: readonly object[]): string {
  if (within.includes(value)) refuse(path, 'a cycle')
  if (within.length >= DEPTH_MAX) refuse(path, `more than ${DEPTH_MAX} levels`)
  const inside = [...within, value]
  if (Array.isArray(value)) {
    // Array.from also visits holes, which are then refused as undefined.
    return `[${Array.from(value, (item, index) => write(item, [...path, index], inside)).join(',')}]`
  }
  if (!isPlain(value)) refuse(path, `an instance of ${value.constructor?.name ?? 'a class'}`)
  const fields: string[] = []
  for (const [key, field] of Object.entries(value).sort(byKey)) {
    if (key === '__proto__') refuse([...path, key], 'a key that names a prototype')
    if (field !== undefined) {
      fields.push(`${JSON.stringify(key)}:${write(field, [...path, key], inside)}`)
    }
  }
  return `{${fields.join(',')}}`
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether it is an object literal's kind of object, also one from another realm. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function refuse(path: Path, found: string): never {
  const where = path.map((part, index) => segment(part, index)).join('')
  throw new HeddleError(
    'HEDDLE_TRACE_VALUE',
    `Expected plain JSON in ${printable(where, 200)}, found ${found}. Show numbers, strings, booleans, null, arrays and plain objects only.`,
  )
}

function segment(part: string | number, index: number): string {
  if (index === 0) return String(part)
  return typeof part === 'number' ? `[${part}]` : `.${part}`
}
