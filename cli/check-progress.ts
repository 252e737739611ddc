// How far running checks are, as one line: what they have seen, how fast, and how much of it is still to be looked
// into. An estimate, and it says so; it changes nothing.

import { counted, thousands } from '../failures/index.ts'
import type { CheckProgress } from '../sim/index.ts'

/** What a progress line says of the checks that run and of those that are over. */
export interface Standing {
  readonly done: number
  readonly checks: number
  /** Of those that are over. */
  readonly statesBefore: number
  readonly running: readonly { readonly before: CheckProgress; readonly now: CheckProgress }[]
  /** States a second, lately. */
  readonly perSecond: number
  /** Of the whole process. */
  readonly memoryBytes: number
}

export function progressText(standing: Standing): string {
  const { done, checks, statesBefore, running, perSecond, memoryBytes } = standing
  const total = (of: (progress: CheckProgress) => number) =>
    running.reduce((sum, { now }) => sum + of(now), 0)
  const states = statesBefore + total((progress) => progress.states)
  return [
    `${done} of ${counted(checks, 'check')}`,
    `${counted(states, 'state')}, ${thousands(Math.round(perSecond))}/s`,
    `frontier ${thousands(total(({ frontier }) => frontier))}`,
    `${thousands(Math.round(memoryBytes / 1_000_000))} MB`,
    timeLeft(standing),
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

function timeLeft({ running, perSecond }: Standing): string {
  if (running.length === 0 || perSecond === 0) return ''
  const left = running.map(({ before, now }) => statesLeft(before, now))
  if (left.some((states) => states === undefined)) return 'still growing'
  const states = left.reduce((sum: number, one) => sum + (one ?? 0), 0)
  return `about ${thousands(Math.ceil(states / perSecond))} s for ${running.length === 1 ? 'this one' : 'these'}`
}

/**
 * How many states a search is likely to look into yet; undefined while its frontier grows. Were every state to lead
 * to as few new ones as those of late do, the frontier would be a geometric series.
 */
export function statesLeft(before: CheckProgress, now: CheckProgress): number | undefined {
  const looked = now.states - now.frontier
  const lookedLately = looked - (before.states - before.frontier)
  if (looked <= 0 || lookedLately <= 0) return undefined
  const newOnes = (now.states - before.states) / lookedLately
  return newOnes >= 1 ? undefined : now.frontier / (1 - newOnes)
}
