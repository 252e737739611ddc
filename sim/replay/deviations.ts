// A schedule as what it does otherwise than it would if nothing raced: which events it holds back, and where its
// faults strike. The rest follows from the code, so that a schedule stays short and outlives an edit. Draws nothing.

import type { Event } from '../event.ts'
import type { Choice, ChoiceSource } from '../source.ts'

/** The event does not happen before `until` has, unless nothing else that must happen is enabled. */
export interface Hold {
  readonly kind: 'hold'
  readonly event: string
  readonly until: string
}

/** The fault happens as soon as it can once `after` has happened; with null, from the beginning. */
export interface Strike {
  readonly kind: 'strike'
  readonly fault: string
  readonly after: string | null
}

export type Deviation = Hold | Strike

/** One choice as it was made: the event that came next, of those that were enabled, oldest first. */
export interface Made {
  readonly event: Event
  readonly enabled: readonly Event[]
}

/** The same source, which keeps what it chose of what. */
export interface Recording extends ChoiceSource {
  /** One for each step, and one more where the run came to its bound of time instead of taking it. */
  readonly made: readonly Made[]
}

export function recording(source: ChoiceSource): Recording {
  const made: Made[] = []
  return {
    untimed: source.untimed,
    cycleFrom: source.cycleFrom,
    made,
    choose(enabled, clock) {
      // Taken before the choice: a list of enabled events is valid only until the next one fires.
      const kept = enabled.slice()
      const choice = source.choose(enabled, clock)
      if (choice !== undefined) made.push({ event: choice.event, enabled: kept })
      return choice
    },
  }
}

/** Where a schedule that deviates ends; at rest unless given. */
export interface End {
  /** After so many steps at the most. */
  readonly steps?: number
  /** After how many steps the others repeat for ever, see `ChoiceSource`. */
  readonly cycleFrom?: number | undefined
}

/**
 * Choices that follow the order in which events fall due when each takes as little time as it may, the older first,
 * without any fault; but for the deviations. An event with several holds waits for all of them. Whatever of them names
 * an event that never comes changes nothing.
 */
export function deviating(deviations: readonly Deviation[], end: End = {}): ChoiceSource {
  const holds = new Map<string, string[]>()
  for (const one of deviations) {
    if (one.kind === 'hold') holds.set(one.event, [...(holds.get(one.event) ?? []), one.until])
  }
  const strikes = deviations.filter((one) => one.kind === 'strike')
  const happened = new Set<string | null>([null])
  const isHeld = ({ id }: Event) => holds.get(id)?.some((until) => !happened.has(until)) === true
  let left = end.steps ?? Number.POSITIVE_INFINITY
  return {
    untimed: true,
    cycleFrom: end.cycleFrom,
    choose(enabled, clock): Choice | undefined {
      if (left-- <= 0) return undefined
      const dueUs = (event: Event) => clock.dueUs(event)
      const event = striking(strikes, enabled, happened) ?? firstDue(enabled, dueUs, isHeld)
      if (event === undefined) return undefined
      happened.add(event.id)
      return { event, timeUs: clock.nextUs(event) }
    },
  }
}

function striking(
  strikes: readonly Strike[],
  enabled: readonly Event[],
  happened: ReadonlySet<string | null>,
): Event | undefined {
  for (const { fault, after } of strikes) {
    if (!happened.has(after)) continue
    const event = enabled.find(({ id }) => id === fault)
    if (event !== undefined) return event
  }
  return undefined
}

/** Of what must happen, what falls due first and is not held; where all of it is held, what falls due first. */
function firstDue(
  enabled: readonly Event[],
  dueUs: (event: Event) => number,
  isHeld: (event: Event) => boolean,
): Event | undefined {
  let free: Event | undefined
  let held: Event | undefined
  for (const event of enabled) {
    if (event.fault !== undefined) continue
    if (isHeld(event)) held = held === undefined ? event : earlier(held, event, dueUs)
    else free = free === undefined ? event : earlier(free, event, dueUs)
  }
  return free ?? held
}

/** What falls due first; invariant: total, as no two events of a run have the same sequence. */
function earlier(a: Event, b: Event, dueUs: (event: Event) => number): Event {
  const difference = dueUs(a) - dueUs(b) || a.sequence - b.sequence
  return difference <= 0 ? a : b
}

/**
 * What a run did otherwise, in the order in which it did: `deviating` makes the same order of ids of it. An event that
 * was passed over is held until the last event that passed it over has happened, so there is one hold for each event
 * at the most.
 */
export function deviationsOf(made: readonly Made[]): readonly Deviation[] {
  const deviations = new Map<string, Deviation>()
  // Index: number of the step. When it happens at the earliest, in this order.
  const timesUs = [0]
  const dueUs = ({ createdAtStep, window }: Event) => (timesUs[createdAtStep] ?? 0) + window.minUs
  let after: string | null = null
  for (const { event, enabled } of made) {
    if (event.fault !== undefined) {
      deviations.set(event.id, { kind: 'strike', fault: event.id, after })
    } else {
      for (const other of enabled) {
        if (other === event || other.fault !== undefined || earlier(other, event, dueUs) === event) continue
        deviations.set(other.id, { kind: 'hold', event: other.id, until: event.id })
      }
      after = event.id
    }
    timesUs.push(Math.max(timesUs.at(-1) ?? 0, dueUs(event)))
  }
  return [...deviations.values()]
}
