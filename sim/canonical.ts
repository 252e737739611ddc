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
  return write(value, { path: [name], within: [] })
}

/** Where the value stands that is being written. Both are as before when it is written. */
interface Place {
  readonly path: (string | number)[]
  readonly within: object[]
}

function write(value: unknown, place: Place): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : refuse(place.path, String(value))
    case 'object':
      return value === null ? 'null' : writeObject(value, place)
    default:
      return refuse(place.path, typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`)
  }
}

function writeObject(value: object, place: Place): string {
  const { path, within } = place
  if (within.includes(value)) refuse(path, 'a cycle')
  if (within.length >= DEPTH_MAX) refuse(path, `more than ${DEPTH_MAX} levels`)
  within.push(value)
  const text = Array.isArray(value) ? writeArray(value, place) : writeFields(value, place)
  within.pop()
  return text
}

function writeArray(value: readonly unknown[], place: Place): string {
  let text = '['
  // By index, as this visits holes too, which are then refused as undefined.
  for (let index = 0; index < value.length; index++) {
    place.path.push(index)
    text += index === 0 ? write(value[index], place) : `,${write(value[index], place)}`
    place.path.pop()
  }
  return `${text}]`
}

function writeFields(value: object, place: Place): string {
  const { path } = place
  if (!isPlain(value)) refuse(path, `an instance of ${value.constructor?.name ?? 'a class'}`)
  let text = '{'
  for (const [key, field] of Object.entries(value).sort(byKey)) {
    if (key === '__proto__') refuse([...path, key], 'a key that names a prototype')
    if (field === undefined) continue
    path.push(key)
    text += `${text === '{' ? '' : ','}${JSON.stringify(key)}:${write(field, place)}`
    path.pop()
  }
  return `${text}}`
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether it is an object literal's kind of object, also one from another realm. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function refuse(path: readonly (string | number)[], found: string): never {
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
