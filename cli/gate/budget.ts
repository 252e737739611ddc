// The time budget of a gate, counted from the start of the process: what is left of it, and how much of it each thing may
// have, so that what was found is written down and shown, and, as far as there is time, made small.

/** Of the budget, as something may be found in the last run. */
const PUT_BY_ANYWAY = { share: 0.05, maxMs: 1_000 }
/** Of the budget for what was found: the share is enough for most, and the least for a short budget, or many findings. */
const PUT_BY = { share: 0.08, maxMs: 20_000, minMs: 800, minMsEach: 100, shareMax: 0.3 }
/** How many runs it takes to record and replay something. */
const RUNS_EACH = 8
/** Of that, for what is recorded to be written and shown. */
const SHOWING = { share: 0.02, maxMs: 500, msEach: 4 }

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

  /** Until the end; never below 0, as is what follows. */
  leftMs(): number {
    return this.#left(() => 0)
  }

  /**
   * Until searching ends, so that so many findings can still be recorded and made small. `runMs` is how long a run takes
   * of where they are.
   */
  leftToSearchMs(findings: number, runMs = 0): number {
    const { share, maxMs, minMs, minMsEach, shareMax } = PUT_BY
    return this.#left((totalMs) => {
      if (findings === 0) return shareOf(totalMs, PUT_BY_ANYWAY)
      const enough = Math.max(
        shareOf(totalMs, { share, maxMs }),
        minMs,
        findings * Math.max(minMsEach, RUNS_EACH * runMs),
      )
      return Math.min(enough, totalMs * shareMax)
    })
  }

  /** Until no more of so many findings are recorded or made small. */
  leftToRecordMs(findings: number): number {
    return this.#left((totalMs) => shareOf(totalMs, SHOWING) + findings * SHOWING.msEach)
  }

  #left(putByMs: (totalMs: number) => number): number {
    const { totalMs } = this
    if (totalMs === null) return Number.POSITIVE_INFINITY
    return Math.max(0, totalMs - putByMs(totalMs) - this.#now())
  }
}

function shareOf(totalMs: number, { share, maxMs }: { share: number; maxMs: number }): number {
  return Math.min(maxMs, totalMs * share)
}
