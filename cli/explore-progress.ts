// How far explorations are, as one line: how many traces they ran, how fast, how many of them fail, and how long it may
// take at the most, where that is bounded. It changes nothing.

import { counted, thousands } from '../failures/index.ts'

/** How far one of them is. What it was resumed with does not count. */
export interface ExploringStanding {
  readonly traces: number
  readonly failing: number
  /** Until its bound; Infinity without one. */
  readonly tracesLeft: number
  /** Until its bound, which is whole as long as it has not begun; Infinity without one. */
  readonly msLeft: number
}

/** What a progress line says of all explorations of a command. */
export interface Standing {
  readonly done: number
  readonly explorations: number
  /** Of all of them, as is what follows. */
  readonly traces: number
  readonly failing: number
  readonly perSecond: number
  /** Those that are not over. */
  readonly open: readonly ExploringStanding[]
  readonly workers: number
}

export function exploringText(standing: Standing): string {
  const { done, explorations, traces, failing, perSecond } = standing
  const leftMs = msLeft(standing)
  return [
    `${done} of ${counted(explorations, 'exploration')}`,
    counted(traces, 'trace'),
    `${thousands(Math.round(perSecond))}/s`,
    `${thousands(failing)} failing`,
    ...(Number.isFinite(leftMs) ? [`at most ${thousands(Math.ceil(leftMs / 1_000))} s left`] : []),
  ].join(', ')
}

/** As many at once as there are workers, which share the rate; one that is left alone has all of it. */
function msLeft({ open, workers, perSecond }: Standing): number {
  const lanes = Math.min(workers, open.length)
  const each = open.map(({ msLeft, tracesLeft }) =>
    Math.min(msLeft, tracesLeft === 0 ? 0 : (tracesLeft * lanes * 1_000) / perSecond),
  )
  const all = each.reduce((sum, ms) => sum + ms, 0)
  return Math.max(0, ...each, all / Math.max(1, lanes))
}
