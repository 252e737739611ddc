// Exact time: which virtual times an order of events can have. The windows are difference constraints between the
// times of steps, as in the zones of timed automata (Dill, 1989), and are solved by relaxation (Bellman, 1958; Ford,
// 1956) in alternating directions (Yen, 1970). It chooses no order, and runs nothing.

import type { Event } from '../event.ts'
import type { ChoiceSource } from '../source.ts'
import type { Made } from './deviations.ts'

/** Of all times that an order can have: the earliest of each step, or the latest. */
export type Pace = 'earliest' | 'latest'

/** The time of step `to` is at least that of step `from`, and `byUs` later; earlier where that is negative. */
interface Constraint {
  readonly from: number
  readonly to: number
  readonly byUs: number
}

/**
 * An event that waited behind another of its channel, or for its guard: it is late where its window is over when its
 * turn comes, and then happens at once. So either of two constraints is enough.
 */
interface Late {
  readonly inTime: Constraint
  readonly atOnce: Constraint
}

interface Constraints {
  readonly all: readonly Constraint[]
  readonly late: readonly Late[]
}

/** How many constraints are looked at, again and again; beyond, an order counts as impossible. Few take thousands. */
const LOOKS_MAX = 5_000_000

/** Numbers of two steps: the first must not come behind the second. */
export type Edge = readonly [from: number, to: number]

/**
 * The virtual times of each step of an order, in microseconds, that fit all windows where time rules: an event happens
 * within its window, and not before what must happen is overdue. Undefined where no times do. With `edges`, only the
 * steps that these name must keep their order, beside those of which one made the other.
 */
export function feasibleTimes(
  order: readonly Made[],
  pace: Pace = 'earliest',
  edges: readonly Edge[] = order.map((_, index) => [index, index + 1]),
): readonly number[] | undefined {
  const { all, late } = constraintsOf(order, edges)
  const looks = { left: LOOKS_MAX }
  const found = settle({ all, late }, new Array(order.length + 1).fill(0), looks)
  if (found === undefined) return undefined
  const timesUs = pace === 'earliest' ? found.timesUs : latest(found.constraints, order.length)
  return timesUs.slice(1)
}

/** A stretch in which an event was enabled: since the step `since`, and last before the step `last` was taken. */
interface Stretch {
  readonly event: Event
  readonly since: number
  last: number
}

function constraintsOf(order: readonly Made[], edges: readonly Edge[]): Constraints {
  const all: Constraint[] = edges.map(([from, to]) => ({ from, to, byUs: 0 }))
  const late: Late[] = []
  const current = new Map<string, Stretch>()
  /** It happens, or is not enabled any more, before it is overdue. */
  const end = ({ event: { createdAtStep, window }, since, last }: Stretch) => {
    const inTime = { from: last, to: createdAtStep, byUs: -window.maxUs }
    if (since <= createdAtStep) all.push(inTime)
    else late.push({ inTime, atOnce: { from: last, to: since, byUs: 0 } })
  }
  for (const [index, { event, enabled }] of order.entries()) {
    const step = index + 1
    all.push({ from: event.createdAtStep, to: step, byUs: event.window.minUs })
    for (const other of enabled) {
      const stretch = current.get(other.id)
      if (stretch?.last === index) stretch.last = step
      else {
        if (stretch !== undefined && other.fault === undefined) end(stretch)
        current.set(other.id, { event: other, since: index, last: step })
      }
    }
    // A fault may pass its time unless it is what happens.
    if (event.fault !== undefined) end(current.get(event.id) ?? { event, since: index, last: step })
  }
  for (const stretch of current.values()) if (stretch.event.fault === undefined) end(stretch)
  return { all, late }
}

interface Settled {
  readonly timesUs: readonly number[]
  readonly constraints: readonly Constraint[]
}

/** The earliest times from `timesUs` on; where an event comes out late, with the one or the other that explains it. */
function settle(
  { all, late }: Constraints,
  from: readonly number[],
  looks: { left: number },
): Settled | undefined {
  const timesUs = earliest(all, from, looks)
  if (timesUs === undefined) return undefined
  const unexplained = late.find(({ inTime, atOnce }) => !isKept(inTime, timesUs) && !isKept(atOnce, timesUs))
  if (unexplained === undefined) return { timesUs, constraints: [...all, ...late.map(keptOf(timesUs))] }
  const others = late.filter((one) => one !== unexplained)
  return (
    settle({ all: [...all, unexplained.inTime], late: others }, timesUs, looks) ??
    settle({ all: [...all, unexplained.atOnce], late: others }, timesUs, looks)
  )
}

function isKept({ from, to, byUs }: Constraint, timesUs: readonly number[]): boolean {
  return at(timesUs, to) >= at(timesUs, from) + byUs
}

function keptOf(timesUs: readonly number[]) {
  return ({ inTime, atOnce }: Late): Constraint => (isKept(inTime, timesUs) ? inTime : atOnce)
}

/** The least times that keep all constraints and are nowhere below `from`; undefined where there are none. */
function earliest(
  constraints: readonly Constraint[],
  from: readonly number[],
  looks: { left: number },
): number[] | undefined {
  const timesUs = from.slice()
  const backwards = constraints.toReversed()
  for (let round = 0; round <= timesUs.length; round++) {
    looks.left -= constraints.length
    if (looks.left < 0) return undefined
    const ordered = round % 2 === 0 ? constraints : backwards
    let changed = false
    for (const { from, to, byUs } of ordered) {
      const leastUs = at(timesUs, from) + byUs
      if (leastUs <= at(timesUs, to)) continue
      timesUs[to] = leastUs
      changed = true
    }
    // The beginning is the one time that is given.
    if (at(timesUs, 0) > 0) return undefined
    if (!changed) return timesUs
  }
  return undefined
}

/** The greatest times that keep constraints which some times do keep. */
function latest(constraints: readonly Constraint[], steps: number): number[] {
  const timesUs = [0, ...new Array<number>(steps).fill(Number.POSITIVE_INFINITY)]
  const backwards = constraints.toReversed()
  for (let round = 0; round <= timesUs.length; round++) {
    const ordered = round % 2 === 0 ? constraints : backwards
    let changed = false
    for (const { from, to, byUs } of ordered) {
      const greatestUs = at(timesUs, to) - byUs
      if (greatestUs >= at(timesUs, from)) continue
      timesUs[from] = greatestUs
      changed = true
    }
    if (!changed) break
  }
  return timesUs
}

function at(timesUs: readonly number[], step: number): number {
  return timesUs[step] as number
}

/** Choices that take an order at these times; where time rules, as in a seeded run. Ends the run behind it. */
export function following(order: readonly Made[], timesUs: readonly number[]): ChoiceSource {
  let next = 0
  return {
    untimed: false,
    choose(enabled) {
      const id = order[next]?.event.id
      const event = enabled.find((one) => one.id === id)
      const timeUs = timesUs[next++]
      return event === undefined || timeUs === undefined ? undefined : { event, timeUs }
    },
  }
}
