// A recorded schedule as a source of choices: ids and times from a trace, never its seed. It says where a run first
// leaves it; what that means, and what else might be tried, is decided elsewhere.

import type { Clock, TimingName } from '../clock.ts'
import { digestOfEnabled } from '../digest.ts'
import type { Window } from '../duration.ts'
import type { Event } from '../event.ts'
import type { ChoiceSource } from '../source.ts'
import { type Divergence, diverged, enabledList, type Place } from './divergence.ts'
import type { Trace, TraceStep } from './trace.ts'

/** A source that follows a trace, and notes where the run first leaves it. */
export interface Recorded extends ChoiceSource {
  /** The first difference seen so far in what is enabled, or in what may happen when. */
  readonly divergence: Divergence | undefined
}

/**
 * Choices from a trace. Ends the run where an event of the trace is not enabled, or not at its time; and where
 * its steps end, in the way that the trace says only if that is possible within `timeMaxUs`.
 */
export function recorded(trace: Trace, timeMaxUs: number): Recorded {
  const { steps, header, outcome } = trace
  let next = 0
  let divergence: Divergence | undefined
  const leaves = (step: TraceStep, enabled: readonly Event[], clock: Clock) => {
    const blocked = blockedAt(step, enabled, clock, header.timing)
    divergence ??= blocked ?? enabledDiffers(step, enabled)
    return blocked !== undefined
  }
  return {
    get divergence() {
      return divergence
    },
    untimed: header.timing === 'untimed',
    cycleFrom: outcome.cycleFrom,
    choose(enabled, clock) {
      const step = steps[next]
      if (step === undefined) {
        const isLate = outcome.ending === 'time' && lateUs(header.timing, enabled, clock) > timeMaxUs
        return isLate ? { event: enabled[0] as Event, timeUs: Number.POSITIVE_INFINITY } : undefined
      }
      if (leaves(step, enabled, clock)) return undefined
      next++
      return { event: enabled.find(({ id }) => id === step.event) as Event, timeUs: step.at }
    },
  }
}

/**
 * The latest at which the next event may have been due. A run whose ending is `time` was asked for one more
 * event and got one past its bound; otherwise the file was cut short, and its digest computed again. The other
 * endings need no such look: the scheduler itself finds rest and the bound of steps, and whether a cycle is one,
 * and `source` claims nothing about what comes after the last step.
 */
function lateUs(timing: TimingName, enabled: readonly Event[], clock: Clock): number {
  const times = enabled.map((event) => possibleTimes(timing, event, enabled, clock).maxUs)
  return Math.max(...times)
}

/** When an enabled event can fire next: within its window, and where time rules, before any other must. */
export function possibleTimes(
  timing: TimingName,
  event: Event,
  enabled: readonly Event[],
  clock: Clock,
): Window {
  const minUs = clock.nextUs(event)
  if (timing === 'untimed') return { minUs, maxUs: minUs }
  const latest = (other: Event) => Math.max(clock.nowUs, clock.createdAtUs(other) + other.window.maxUs)
  const mustFire = enabled.filter((other) => other === event || other.fault === undefined)
  return { minUs, maxUs: Math.min(...mustFire.map(latest)) }
}

const CAUSES: Readonly<Record<Exclude<Divergence['what'], 'draw'>, string>> = {
  opening: 'Was the scenario changed?',
  enabled: 'Was a step added to the code, or taken away?',
  event: 'Was a step taken away from the code, or renamed?',
  time: 'Was a window changed, or the file edited?',
  observations: 'Was the code changed?',
  outcome: 'Was a property or a bound of the scenario changed?',
}

/** Where a replay leaves its record, with the likely cause. */
export function leftAt(
  what: keyof typeof CAUSES,
  place: Place,
  difference: { expected: string; found: string },
): Divergence {
  return diverged('Replay', CAUSES[what], { what, place, ...difference })
}

function blockedAt(
  step: TraceStep,
  enabled: readonly Event[],
  clock: Clock,
  timing: TimingName,
): Divergence | undefined {
  const event = enabled.find(({ id }) => id === step.event)
  if (event === undefined) {
    return leftAt('event', step, { expected: step.event, found: enabledList(enabled) })
  }
  const { minUs, maxUs } = possibleTimes(timing, event, enabled, clock)
  if (step.at >= minUs && step.at <= maxUs) return undefined
  const possible = minUs === maxUs ? exactly(minUs) : `${exactly(minUs)} to ${exactly(maxUs)}`
  return leftAt('time', step, {
    expected: `${step.event} at ${exactly(step.at)}`,
    found: minUs > maxUs ? 'which another event must precede' : `possible: ${possible}`,
  })
}

/** Unrounded, as a microsecond may be what differs. */
function exactly(us: number): string {
  return `${us / 1_000}ms`
}

function enabledDiffers(step: TraceStep, enabled: readonly Event[]): Divergence | undefined {
  const digest = digestOfEnabled(enabled).toString(16).padStart(8, '0')
  if (digest === step.enabled) return undefined
  return leftAt('enabled', step, {
    expected: `other events beside ${step.event} (digest ${step.enabled})`,
    found: enabledList(enabled),
  })
}
