// One exploration on the threads of a pool: hands out its pieces, adds up what they give, and has failures recorded.
// Prints nothing and writes no file.

import {
  Exploration,
  type ExploreBounds,
  type ExploreReport,
  ExploreTally,
  type Json,
  type PieceTask,
  resumedExploration,
  resumption,
} from '../sim/index.ts'
import { CheckLink } from './check-link.ts'
import { nowMs } from './deadline.ts'
import type { ExploringStanding } from './explore-progress.ts'
import { type ExploringSubject, explorable, type Shown } from './explore-task.ts'
import { Interrupted, NEVER_MS, type Pool, ThreadEnded } from './pool.ts'

export interface ExploreManner {
  readonly executionsMax: number | undefined
  readonly preemptionsMax: number | undefined
  readonly timeMaxMs: number | undefined
  /** What an earlier exploration left to be run. */
  readonly resume: Json | undefined
  /** Whether it goes on until one of the claims is broken that must be. */
  readonly mustBreak: boolean
  /** A piece that tells nothing for so long is given up, and all that is left with it. */
  readonly silentMaxMs: number
}

export interface Explored {
  /** Why it was given up: in words, after the scenario's name. */
  readonly lost: string | undefined
  /** How two runs of one order differ, where they do. */
  readonly divergence: string | undefined
  readonly report: Omit<ExploreReport, 'failures' | 'scenario'>
  readonly failures: readonly Shown[]
  readonly elapsedMs: number
}

/** Pieces tell of what they do more often than this. */
const LOOK_EVERY_MS = 100
/** Failing executions until a claim is broken that must be. */
const FAILURES_MAX = 50
/** A piece that does not end by itself when it is called off has so long. */
const AFTERMATH_MS = 5_000
const SHOW_MAX_MS = 60_000

export class Exploring {
  readonly #pool: Pool
  readonly #subject: ExploringSubject
  readonly #manner: ExploreManner
  readonly #exploration: Exploration
  /** What it was resumed with. */
  readonly #before: { readonly executions: number; readonly failing: number }
  readonly #links = new Set<CheckLink>()
  readonly #ending = new AbortController()
  #isCalledOff = false
  #lost: string | undefined
  #divergence: string | undefined
  #beats = 0
  /** Once it runs. */
  #untilMs: number | undefined
  #beganMs: number | undefined

  /** Throws HEDDLE_RESUME for a state to resume from that is none. */
  constructor(pool: Pool, subject: ExploringSubject, manner: ExploreManner) {
    this.#pool = pool
    this.#subject = subject
    this.#manner = manner
    const { executionsMax, preemptionsMax, mustBreak, resume } = manner
    const bounds: ExploreBounds = { executionsMax, preemptionsMax, failuresMax: mustBreak ? FAILURES_MAX : 1 }
    const tally = new ExploreTally([], undefined)
    this.#exploration =
      resume === undefined ? new Exploration(tally, bounds) : resumedExploration(resume, tally, bounds)
    this.#before = { ...this.#exploration.tally.counts }
  }

  /** How far it is, pieces that are being worked on included; of these, failures are known once they are done. */
  get standing(): ExploringStanding {
    const { executionsMax = Number.POSITIVE_INFINITY, timeMaxMs = Number.POSITIVE_INFINITY } = this.#manner
    const { executions, failing } = this.#exploration.tally.counts
    let traces = executions
    for (const link of this.#links) traces += link.progress().states
    return {
      traces: traces - this.#before.executions,
      failing: failing - this.#before.failing,
      tracesLeft: Math.max(0, executionsMax - traces),
      msLeft: this.#untilMs === undefined ? timeMaxMs : Math.max(0, this.#untilMs - nowMs()),
    }
  }

  /** Grows as long as anything is done. */
  get #beatsOfAll(): number {
    let beats = this.#beats
    for (const link of this.#links) beats += link.beats
    return beats
  }

  /**
   * Explores on as many threads as `atOnce` says; the report is the same for any number. The signal ends it early, with
   * what was found until then. Throws what a pool does.
   */
  async run({ signal, atOnce }: { readonly signal: AbortSignal; atOnce(): number }): Promise<Explored> {
    const { timeMaxMs } = this.#manner
    const untilMs = timeMaxMs === undefined ? Number.POSITIVE_INFINITY : nowMs() + timeMaxMs
    this.#untilMs = untilMs
    let timer: NodeJS.Timeout | undefined
    const abort = () => {
      this.#isCalledOff = true
      for (const link of this.#links) link.abort()
      timer = setTimeout(() => this.#ending.abort(), AFTERMATH_MS)
      timer.unref()
    }
    signal.addEventListener('abort', abort, { once: true })
    const watching = this.#watch()
    try {
      const bound = await this.#driven(untilMs, { signal, atOnce })
      const elapsedMs = performance.now() - (this.#beganMs ?? performance.now())
      const reported = await this.#reported(bound)
      return { ...reported, lost: this.#lost, divergence: this.#divergence, elapsedMs }
    } finally {
      clearInterval(watching)
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      // What is still worked on is not needed any more.
      if (this.#links.size > 0) abort()
    }
  }

  /** Ends the threads that work on it once none of them has told anything for too long. */
  #watch(): NodeJS.Timeout {
    const { silentMaxMs } = this.#manner
    const last = { beats: -1, atMs: performance.now() }
    return setInterval(() => {
      const beats = this.#beatsOfAll
      const atMs = performance.now()
      if (beats !== last.beats) Object.assign(last, { beats, atMs })
      else if (atMs - last.atMs > silentMaxMs) {
        this.#lost ??= `did nothing for ${Math.round(silentMaxMs / 1_000)} s`
        this.#ending.abort()
      }
    }, LOOK_EVERY_MS)
  }

  async #driven(
    untilMs: number,
    { signal, atOnce }: { readonly signal: AbortSignal; atOnce(): number },
  ): Promise<ExploreReport['bound']> {
    const ending = () => (signal.aborted ? 'interrupted' : nowMs() >= untilMs ? 'time' : null)
    try {
      return await this.#exploration.drive((piece) => this.#work(piece, untilMs), { atOnce, ending })
    } catch (error) {
      // What a thread that ended had found of its piece is lost, and nothing else.
      if (error instanceof ThreadEnded) this.#lost ??= `ended its thread: ${error.message}`
      const isKnown = this.#lost !== undefined || this.#divergence !== undefined
      if (isKnown || (error instanceof Interrupted && signal.aborted)) return 'interrupted'
      throw error
    }
  }

  async #work(piece: PieceTask, untilMs: number) {
    const link = new CheckLink()
    if (this.#isCalledOff) link.abort()
    this.#links.add(link)
    try {
      const { shared } = link
      const task = { kind: 'explore', ...this.#subject, piece, untilMs, shared } as const
      const limits = { timeoutMs: NEVER_MS, signal: this.#ending.signal }
      const given = await this.#pool.run(task, limits)
      if ('divergence' in given) {
        this.#divergence ??= given.divergence
        throw new Interrupted()
      }
      const { elapsedMs, ...result } = given
      this.#beganMs ??= performance.now() - elapsedMs
      this.#beats += link.beats + 1
      return result
    } finally {
      this.#links.delete(link)
    }
  }

  async #reported(bound: ExploreReport['bound']): Promise<Pick<Explored, 'report' | 'failures'>> {
    const { tally } = this.#exploration
    const shown = await this.#shown()
    const failures = tally.failures.map(({ property, message, execution }, index) => ({
      property,
      message,
      execution,
      trace: shown[index]?.recorded.text ?? '',
    }))
    const resume = resumption(this.#exploration, failures, this.#manner)
    const { failures: _, scenario: __, ...report } = tally.report('', { failures, bound, resume })
    const { mustBreak } = this.#manner
    const broken = this.#subject.file === undefined ? explorable(this.#subject.index).broken : []
    return { report, failures: shown.filter(({ property }) => !mustBreak || broken.includes(property)) }
  }

  async #shown(): Promise<readonly Shown[]> {
    const { failures } = this.#exploration.tally
    if (failures.length === 0) return []
    // Also for what was found until it was interrupted.
    const limits = { timeoutMs: SHOW_MAX_MS, signal: new AbortController().signal }
    return this.#pool.run({ kind: 'show', ...this.#subject, failures }, limits)
  }
}
