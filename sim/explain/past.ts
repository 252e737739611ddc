// Happens-before in one run (Lamport, 1978): what a step depends on, by who created it, by what both touch, and by what
// the violated property saw of both. Messages of one channel go to one receiver, so their order is among what is touched.

import { dependent } from '../event.ts'
import type { Monitor, Property } from '../property.ts'
import type { Step } from '../run.ts'

/** Beyond so many steps, only the last ones are looked at: it is their order that a person can read. */
const STEPS_MAX = 1_000

export interface Past {
  /** The numbers of the steps that happen before a step, in their order. */
  before(step: number): readonly number[]
  /**
   * Pairs of steps that depend on each other directly and could have come the other way round, the latest first (races,
   * as in Flanagan and Godefroid, 2005).
   */
  readonly races: readonly (readonly [first: Step, second: Step])[]
  /** Whether a step happens before another. */
  isBefore(a: Step, b: Step): boolean
  /** Whether a step made another, or one that did: then no order has them the other way round. */
  isMadeBy(step: Step, maker: Step): boolean
  /** Whether the order of two steps can make a difference. */
  areDependent(a: Step, b: Step): boolean
}

export function pastOf(
  steps: readonly Step[],
  property: Property | undefined,
  stepsMax: number = STEPS_MAX,
): Past {
  const areDependent = dependence(property)
  const from = Math.max(0, steps.length - stepsMax)
  const before = new Map<number, ReadonlySet<number>>()
  const races: (readonly [Step, Step])[] = []
  for (let later = from; later < steps.length; later++) {
    const step = steps[later] as Step
    const past = new Set<number>()
    for (let earlier = later - 1; earlier >= from; earlier--) {
      const other = steps[earlier] as Step
      if (past.has(other.number)) continue
      const created = step.event.createdAtStep === other.number
      if (!created && !areDependent(other, step)) continue
      if (!created) races.push([other, step])
      past.add(other.number)
      for (const number of before.get(other.number) ?? []) past.add(number)
    }
    before.set(step.number, past)
  }
  return {
    before: (step) => [...(before.get(step) ?? [])].sort((a, b) => a - b),
    races: races.reverse(),
    isBefore: (a, b) => before.get(b.number)?.has(a.number) === true,
    isMadeBy(step, maker) {
      let made: Step | undefined = step
      while (made !== undefined && made.event.createdAtStep > maker.number) {
        made = steps[made.event.createdAtStep - 1]
      }
      return made?.event.createdAtStep === maker.number
    },
    areDependent,
  }
}

function dependence(property: Property | undefined): Past['areDependent'] {
  if (property?.kind !== 'monitor') return (a, b) => dependent(a.footprint, b.footprint)
  const known = new Map<Step, readonly string[]>()
  const keysIn = (step: Step) => {
    const keys = known.get(step) ?? keysOf(property, step)
    known.set(step, keys)
    return keys
  }
  return (a, b) => {
    if (dependent(a.footprint, b.footprint)) return true
    const keys = keysIn(a)
    return keys.length > 0 && keysIn(b).some((key) => keys.includes(key))
  }
}

/** The instances of a monitor that a step moves on. */
function keysOf(monitor: Monitor, { observations }: Step): readonly string[] {
  return observations.flatMap((seen) => (monitor.on.includes(seen.type) ? (monitor.each(seen) ?? []) : []))
}
