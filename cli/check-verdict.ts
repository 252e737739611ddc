// What a check came to, beside what was expected of it. It decides what a result means; what a person reads of it
// is in check-text.ts.

import type { Exhaustible } from '../properties/index.ts'
import type { CheckVerdict } from '../sim/index.ts'
import { type CheckResult, isLost, type Planned } from './checking.ts'
import { titled } from './subjects.ts'

/** One check of the command: what it is, and what is expected of it. */
export type Subject = Planned & {
  readonly entry: Entry
  /** Whether it must come out as the catalogue says: where nobody chose a coordinator. */
  readonly isExpected: boolean
}

/** What there is to say of it: of the catalogue, or of a scenario of the user's own, which has no other size. */
export type Entry = Pick<Exhaustible, 'scenario' | 'expected' | 'broken'> & { readonly size?: string }

/** Which one it is, such as `five-tabs · single, 2 connections`. */
export function placeOf({ entry, coordinator }: Pick<Subject, 'entry' | 'coordinator'>): string {
  const { scenario, size } = entry
  return [titled(scenario, coordinator), ...(size === undefined ? [] : [size])].join(', ')
}

export interface Checked {
  readonly subject: Subject
  readonly result: CheckResult
  readonly verdict: CheckVerdict | 'lost' | 'not run'
  readonly isAsExpected: boolean
  /** What it must break, and did not. */
  readonly unbroken: readonly string[]
}

/** Every check must hold, but for those of the catalogue that must break something. */
export function judged(subject: Subject, result: CheckResult): Checked {
  const verdict = verdictOf(result)
  if (!mustBreak(subject))
    return { subject, result, verdict, isAsExpected: verdict === 'holds', unbroken: [] }
  const unbroken = subject.entry.broken.filter((claim) => !brokenIn(result).includes(claim))
  return { subject, result, verdict, isAsExpected: verdict === 'violated' && unbroken.length === 0, unbroken }
}

export function mustBreak({ isExpected, entry }: Subject): boolean {
  return isExpected && entry.expected === 'violated'
}

/** The claims that it broke, in the order in which they were found. */
export function brokenIn(result: CheckResult): readonly string[] {
  if (result === undefined || isLost(result)) return []
  return result.counterexamples.map(({ property }) => property)
}

function verdictOf(result: CheckResult): Checked['verdict'] {
  if (result === undefined) return 'not run'
  if (!isLost(result)) return result.report.verdict
  return result.bound === undefined ? 'lost' : 'bounded'
}

/** Whether a bound came before it could come out as it must. */
export function isOpen({ subject, result, verdict, isAsExpected }: Checked): boolean {
  if (isAsExpected || verdict === 'bounded') return !isAsExpected
  const isBound = result !== undefined && !isLost(result) && result.report.bound !== null
  return isBound && mustBreak(subject)
}
