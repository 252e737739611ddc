// The time budget of a gate, counted from the start of the process: what is left of it, and how much is put by for
// writing down what was found.

/** Of the budget, and at the most so long. */
const PUT_BY = { share: 0.08, maxMs: 20_000 }

export class Budget {
  /** Null where there is none. */
  readonly totalMs: number | null
  readonly #now: () => number

  /** `now` gives the milliseconds since the process started. */
  constructor(totalMs: number | null, now = () => performance.now()) {
    this.totalMs = totalMs
    this.#now = now
  }

  elapsedMs(): number {
    return this.#now()
  }

  /** Until the end; never below 0. */
  leftMs(): number {
    return this.totalMs === null ? Number.POSITIVE_INFINITY : Math.max(0, this.totalMs - this.#now())
  }

  /** Until searching ends, so that so many findings can still be recorded and made small. */
  leftToSearchMs(findings: number): number {
    if (this.totalMs === null) return Number.POSITIVE_INFINITY
    const putBy = findings === 0 ? 0 : Math.min(PUT_BY.maxMs, this.totalMs * PUT_BY.share)
    return Math.max(0, this.leftMs() - putBy)
  }
}
