// Runs checks on worker threads, one scenario at its size each, and follows them: how far they are, which one does
// nothing any more, and what is left when somebody calls them off. Prints nothing.

import type { Bound, CheckOptions, CheckProgress } from '../sim/index.ts'
import { CheckLink } from './check-link.ts'
import type { Standing } from './check-progress.ts'
import type { CheckManner, CheckSubject, Searched } from './check-task.ts'
import { UsageError } from './exit.ts'
import { eachOf, Interrupted, NEVER_MS, type Pool, ThreadEnded } from './pool.ts'

/** One check of a command, before it runs. */
export type Planned = CheckSubject & { readonly everyProperty: NonNullable<CheckOptions['everyProperty']> }

/** A check that ended without a report: how, as the end of a sentence; by a bound where it was one. */
export interface Lost {
  readonly how: string
  readonly bound: Bound | undefined
  /** Where heddle itself is to blame. */
  readonly bug: Error | undefined
  readonly states: number
  readonly transitions: number
  readonly depth: number
}

/** What became of a check; undefined where it did not run. */
export type CheckResult = Searched | Lost | undefined

export function isLost(result: CheckResult): result is Lost {
  return result !== undefined && 'how' in result
}

export interface CheckingOptions {
  readonly manner: CheckManner
  /** A check that tells nothing for so long is given up. */
  readonly silentMaxMs: number
  /** Threads for all checks together; a large one takes what the others leave. */
  readonly threads: number
  readonly signal: AbortSignal
  /** Told several times a second. */
  readonly onProgress: (standing: Standing) => void
}

export interface Checking {
  /** In the order in which they were asked for. */
  readonly results: readonly CheckResult[]
  readonly interrupted: boolean
}

/** How long a check that was called off may still take to say what it found. */
const AFTERMATH_MS = 5_000
const LOOK_EVERY_MS = 200

export async function checkAll(
  pool: Pool,
  planned: readonly Planned[],
  options: CheckingOptions,
): Promise<Checking> {
  const { signal } = options
  const results: CheckResult[] = planned.map(() => undefined)
  const follower = new Follower(planned.length, options)
  try {
    await eachOf(planned, pool.workers, async (one, index) => {
      if (signal.aborted) return
      const running = follower.begin()
      try {
        results[index] = await runOne(pool, { one, running }, options)
      } catch (error) {
        if (error instanceof Interrupted) return
        // What the others find is of no use any more.
        follower.abort()
        throw error
      } finally {
        follower.end(running, results[index])
      }
    })
  } finally {
    follower.close()
  }
  return { results, interrupted: signal.aborted }
}

async function runOne(
  pool: Pool,
  { one, running }: { one: Planned; running: Running },
  { manner, silentMaxMs }: CheckingOptions,
): Promise<Searched | Lost> {
  const { link, controller } = running
  try {
    return await pool.run(
      { kind: 'check', ...one, ...manner, shared: link.shared },
      { timeoutMs: NEVER_MS, signal: controller.signal },
    )
  } catch (error) {
    const { states, transitions, depth } = link.progress()
    const lost = (how: string, parts: Partial<Lost> = {}): Lost => {
      return { how, bound: undefined, bug: undefined, states, transitions, depth, ...parts }
    }
    if (running.isSilent) return lost(`did not do anything for ${silentMaxMs / 1_000} s`)
    // Where all of it is heddle's own, there is nothing that a user could mend.
    const isTheirs = error instanceof UsageError && one.coordinator?.kind !== 'built-in'
    if (error instanceof Interrupted || isTheirs) throw error
    if (!(error instanceof ThreadEnded)) {
      // One such check leaves what the others find as it is.
      const bug = error instanceof Error ? error : new Error(String(error))
      return lost(`met a bug of heddle's own: ${bug.message}`, { bug })
    }
    return /memory limit/.test(error.message)
      ? lost('used up its memory', { bound: 'memory' })
      : lost(`ended its thread: ${error.message}`)
  }
}

interface Running {
  readonly link: CheckLink
  /** Ends the thread. */
  readonly controller: AbortController
  beats: number
  beatAtMs: number
  isSilent: boolean
  /** What was told last, and before that. */
  now: CheckProgress
  before: CheckProgress
}

/** Looks at the running checks several times a second. */
class Follower {
  readonly #running = new Set<Running>()
  readonly #options: CheckingOptions
  readonly #checks: number
  readonly #timer: NodeJS.Timeout
  readonly #interrupt = () => this.abort()
  #aftermath: NodeJS.Timeout | undefined
  #done = 0
  #statesBefore = 0
  #lookedAtMs = performance.now()
  #states = 0
  #perSecond = 0

  constructor(checks: number, options: CheckingOptions) {
    this.#checks = checks
    this.#options = options
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
    options.signal.addEventListener('abort', this.#interrupt, { once: true })
  }

  begin(): Running {
    const link = new CheckLink()
    const controller = new AbortController()
    const now = link.progress()
    const beatAtMs = performance.now()
    const running = { link, controller, beats: 0, beatAtMs, isSilent: false, now, before: now }
    this.#running.add(running)
    this.#shareThreads()
    return running
  }

  end(running: Running, result: CheckResult): void {
    this.#running.delete(running)
    this.#shareThreads()
    this.#done++
    this.#statesBefore += statesOf(result)
  }

  #shareThreads(): void {
    const share = Math.floor(this.#options.threads / this.#running.size)
    for (const { link } of this.#running) link.threads = share
  }

  /** Asks every check to say what it has found, and ends its thread where it does not. */
  abort(): void {
    for (const { link } of this.#running) link.abort()
    this.#aftermath ??= setTimeout(() => {
      for (const { controller } of this.#running) controller.abort()
    }, AFTERMATH_MS)
  }

  close(): void {
    clearInterval(this.#timer)
    clearTimeout(this.#aftermath)
    this.#options.signal.removeEventListener('abort', this.#interrupt)
  }

  #look(): void {
    const nowMs = performance.now()
    for (const running of this.#running) this.#watch(running, nowMs)
    const running = [...this.#running]
    const states = this.#statesBefore + running.reduce((sum, { now }) => sum + now.states, 0)
    const lately = ((states - this.#states) * 1_000) / (nowMs - this.#lookedAtMs)
    // Smoothed, as a look may fall between two tellings.
    this.#perSecond = this.#states === 0 ? lately : this.#perSecond * 0.8 + lately * 0.2
    this.#states = states
    this.#lookedAtMs = nowMs
    this.#options.onProgress({
      done: this.#done,
      checks: this.#checks,
      statesBefore: this.#statesBefore,
      running,
      perSecond: Math.max(0, this.#perSecond),
      memoryBytes: process.memoryUsage.rss(),
    })
  }

  #watch(running: Running, nowMs: number): void {
    const { beats } = running.link
    if (beats !== running.beats) {
      running.beats = beats
      running.beatAtMs = nowMs
      running.before = running.now
      running.now = running.link.progress()
    } else if (nowMs - running.beatAtMs > this.#options.silentMaxMs) {
      running.isSilent = true
      running.controller.abort()
    }
  }
}

function statesOf(result: CheckResult): number {
  if (result === undefined) return 0
  return isLost(result) ? result.states : result.report.states
}
