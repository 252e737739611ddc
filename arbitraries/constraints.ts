// What narrows a workload: a value that an option is to have, or what it is drawn from. Makes an arbitrary of each that
// shrinks to the least, and refuses what no lifecycle scenario could be made of. Knows no option by name.

import fc from 'fast-check'
import { type Duration, toUs, type WindowInput } from '../sim/index.ts'
import { integers, usually } from './afresh.ts'
import { checkKeys, refuse } from './refuse.ts'

/** From `min` to `max`, both included; one that is left out is the usual one. */
export interface Range<Bound> {
  readonly min?: Bound
  readonly max?: Bound
}

/** So many, or a range to draw from. */
export type CountConstraint = number | Range<number>
/** This window, or a range of delays within which windows are drawn. */
export type WindowConstraint = WindowInput | Range<Duration>
/** This one, or one of these. */
export type OneOf<Value> = Value | readonly Value[]

/** What is constrained. */
export interface Option {
  readonly name: string
  /** Throws where the option may not have this value. */
  readonly check: (value: unknown) => void
}

type Bounds<Bound> = Required<Range<Bound>>

/** The bounds of a count, of which the usual ones give way to those that are given. */
export function countBounds(
  option: Option,
  constraint: CountConstraint | undefined,
  usual: Bounds<number>,
): Bounds<number> {
  if (constraint === undefined || isRange(constraint)) return bounds(option, constraint, usual, Number)
  option.check(constraint)
  return { min: constraint, max: constraint }
}

const US_PER_MS = 1_000

/** Windows, of whole milliseconds where the bounds are; without a constraint, half of them are the default. */
export function windows(
  option: Option,
  constraint: WindowConstraint | undefined,
  { usual, byDefault }: { readonly usual: Bounds<Duration>; readonly byDefault: WindowInput },
): fc.Arbitrary<WindowInput> {
  if (constraint !== undefined && !isRange(constraint)) {
    option.check(constraint)
    return fc.constant(constraint)
  }
  const { min, max } = bounds(option, constraint, usual, toUs)
  const drawn = windowsWithin(toUs(min), toUs(max))
  return constraint === undefined ? usually(byDefault, { drawn, ofTen: 5 }) : drawn
}

function windowsWithin(minUs: number, maxUs: number): fc.Arbitrary<WindowInput> {
  const [unit, unitUs] = [minUs, maxUs].every((us) => us % US_PER_MS === 0)
    ? (['ms', US_PER_MS] as const)
    : (['us', 1] as const)
  const delay = integers({ min: minUs / unitUs, max: maxUs / unitUs })
  const text = (count: number): Duration => (count === 0 ? 0 : `${count}${unit}`)
  return fc.tuple(delay, delay).map(([a, b]): WindowInput => {
    return a === b ? text(a) : [text(Math.min(a, b)), text(Math.max(a, b))]
  })
}

/** One of several, the first of which is the least. */
export function choices<Value>(
  option: Option,
  constraint: OneOf<Value> | undefined,
  usual: fc.Arbitrary<Value>,
): fc.Arbitrary<Value> {
  if (constraint === undefined) return usual
  const among = (Array.isArray(constraint) ? constraint : [constraint]) as readonly Value[]
  if (among.length === 0) refuse(nameOf(option), 'one of a list that is not empty', constraint)
  for (const value of among) option.check(value)
  return fc.constantFrom(...among)
}

const nameOf = ({ name }: Option) => `the constraint ${name}`

function isRange(constraint: unknown): constraint is Range<any> {
  return typeof constraint === 'object' && constraint !== null && !Array.isArray(constraint)
}

function bounds<Bound>(
  option: Option,
  range: Range<Bound> = {},
  usual: Bounds<Bound>,
  sizeOf: (bound: Bound) => number,
): Bounds<Bound> {
  checkKeys(nameOf(option), range, ['min', 'max'])
  for (const bound of [range.min, range.max]) if (bound !== undefined) option.check(bound)
  const min = range.min ?? usual.min
  const max = range.max ?? (sizeOf(usual.max) < sizeOf(min) ? min : usual.max)
  if (sizeOf(min) > sizeOf(max)) refuse(nameOf(option), 'a range with min <= max', range)
  return { min, max }
}
