// What it says when two runs that should be one differ: at which step, what was expected, what was found,
// and the likely cause, in one line that is safe to print. Compares observations; decides nothing else.

import { canonicalJson } from '../canonical.ts'
import { formatUs } from '../duration.ts'
import type { Event, Observation } from '../event.ts'
import { printable } from '../printable.ts'

/** The first thing in which two runs differ. */
export interface Divergence {
  readonly what: 'opening' | 'enabled' | 'draw' | 'event' | 'time' | 'observations' | 'outcome'
  /** The step it was found at; 0 is before the first one. */
  readonly step: number
  readonly timeUs: number
  readonly expected: string
  readonly found: string
  /** One line for a person. */
  readonly message: string
}

/** A step and its virtual time in microseconds. */
export interface Place {
  readonly step: number
  readonly at: number
}

export const BEFORE_THE_FIRST_STEP: Place = { step: 0, at: 0 }

/** How many characters of a text of unknown length a message shows. */
const SHOWN_MAX = 300

export interface Difference {
  readonly what: Divergence['what']
  readonly place: Place
  readonly expected: string
  readonly found: string
}

/** A divergence of `subject`, such as a replay, with its likely cause as a question. */
export function diverged(subject: string, cause: string, difference: Difference): Divergence {
  const { what, place } = difference
  const where = place.step === 0 ? 'before its first step' : `at step ${place.step} (t=${formatUs(place.at)})`
  const expected = printable(difference.expected, SHOWN_MAX)
  const found = printable(difference.found, SHOWN_MAX)
  const message = `${subject} diverged ${where}: expected ${expected}, ${found}. ${cause}`
  return { what, step: place.step, timeUs: place.at, expected, found, message }
}

/** The first observation in which two lists differ. */
export function observedOtherwise(
  expected: readonly Observation[],
  found: readonly Observation[],
  step: number,
): { expected: string; found: string } | undefined {
  const text = (seen: Observation | undefined) =>
    seen === undefined ? 'nothing more' : canonicalJson(seen, `step ${step}, observation`)
  const longest = Math.max(expected.length, found.length)
  for (let index = 0; index < longest; index++) {
    const [wanted, got] = [text(expected[index]), text(found[index])]
    if (wanted !== got) return { expected: `to observe ${wanted}`, found: `observed: ${got}` }
  }
  return undefined
}

const IDS_MAX = 8

/** The ids of enabled events, the first few of them. */
export function enabledList(enabled: readonly Event[]): string {
  const ids = enabled.slice(0, IDS_MAX).map(({ id }) => id)
  const more = enabled.length - ids.length
  return `enabled: ${more > 0 ? `${ids.join(', ')} and ${more} more` : ids.join(', ') || 'nothing'}`
}
