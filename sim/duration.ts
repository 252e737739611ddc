// Durations and windows as people write them ('5ms', ['1ms', '20ms']), and as the engine keeps them:
// integer microseconds of virtual time. Nothing here reads a clock.

import { HeddleError } from './error.ts'

/** A length of virtual time: a number and its unit, or 0. */
export type Duration = 0 | `${number}us` | `${number}ms` | `${number}s` | `${number}min`

/** The delay in which an event may fire after it was created: exact, or from a minimum to a maximum. */
export type WindowInput = Duration | readonly [min: Duration, max: Duration]

/** Invariant: both are safe integers, and 0 <= minUs <= maxUs. */
export interface Window {
  readonly minUs: number
  readonly maxUs: number
}

export const NO_DELAY: Window = { minUs: 0, maxUs: 0 }

const MICROSECONDS: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, min: 60_000_000 }
const PATTERN = /^(\d+(?:\.\d+)?)(us|ms|s|min)$/

/** Microseconds of a duration. Throws HEDDLE_DURATION on anything else than the forms of {@link Duration}. */
export function toUs(duration: Duration): number {
  if (duration === 0) return 0
  const match = typeof duration === 'string' ? PATTERN.exec(duration) : null
  const us = match === null ? Number.NaN : Math.round(Number(match[1]) * (MICROSECONDS[match[2] ?? ''] ?? 0))
  if (!Number.isSafeInteger(us)) {
    throw new HeddleError(
      'HEDDLE_DURATION',
      `Expected a duration such as '250us', '5ms', '1.5s' or 0, found ${JSON.stringify(duration)}.`,
    )
  }
  return us
}

/** The window that an input stands for. Throws HEDDLE_DURATION when its minimum exceeds its maximum. */
export function toWindow(input: WindowInput | undefined): Window {
  if (input === undefined || input === 0) return NO_DELAY
  return typeof input === 'string' ? exactly(input) : between(input)
}

// Windows are written once and asked for at every send, so both forms are remembered.
const exactWindows = new Map<string, Window>()
const rangeWindows = new WeakMap<readonly Duration[], Window>()

function exactly(duration: Duration & string): Window {
  let window = exactWindows.get(duration)
  if (window === undefined) {
    const us = toUs(duration)
    window = { minUs: us, maxUs: us }
    if (exactWindows.size < 10_000) exactWindows.set(duration, window)
  }
  return window
}

function between(range: readonly [Duration, Duration]): Window {
  let window = rangeWindows.get(range)
  if (window === undefined) {
    // What is no range at all, such as a bare number, is refused as the duration that it was meant for.
    if (!Array.isArray(range)) toUs(range as unknown as Duration)
    window = { minUs: toUs(range[0]), maxUs: toUs(range[1]) }
    if (window.minUs > window.maxUs) {
      throw new HeddleError(
        'HEDDLE_DURATION',
        `Expected a window [min, max] with min <= max, found ${JSON.stringify(range)}. Swap the two.`,
      )
    }
    rangeWindows.set(range, window)
  }
  return window
}

/** Microseconds as a person reads them: '0ms', '1.41ms', '2.5s'. */
export function formatUs(us: number): string {
  return us < 1_000_000 ? `${Number((us / 1_000).toFixed(2))}ms` : `${Number((us / 1_000_000).toFixed(3))}s`
}
