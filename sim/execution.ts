// One run: lists the enabled events, has the source choose one, fires it, lets the judge look, and writes
// down the step. Every non-deterministic choice of a run is made in `Execution.#step`, and nowhere else.

import { Clock } from './clock.ts'
import { Cycle } from './cycle.ts'
import { digestOfEnabled } from './digest.ts'
import { describeThrown, HeddleError } from './error.ts'
import type { Event, Observation, Schedulable } from './event.ts'
import { Judge } from './judge.ts'
import type { Property } from './property.ts'
import { type Ending, FinishedRun, type Run, RunLog, type Step } from './run.ts'
import type { Scenario } from './scenario.ts'
import type { ChoiceSource } from './source.ts'

export interface RunOptions {
  readonly source: ChoiceSource | ((schedulable: Schedulable) => ChoiceSource)
  /** Ends the run at the first violation of this property, or of any with `true`; runs on unless given. */
  readonly stopAt?: string | true
  /** False where the steps are only counted, which is faster: the run then has none. True unless given. @internal */
  readonly keepsSteps?: boolean
  /** Called after each step, with the execution as it then is. */
  readonly onStep?: ((step: Happened, schedulable: Schedulable) => void) | undefined
  /** Asked at the end of each step, whether `onStep` is to be called for it; it is, for each, unless given. @internal */
  readonly isWatched?: (() => boolean) | undefined
}

/** What is told of a step as it happens. */
export type Happened = Pick<Step, 'number' | 'event' | 'observations' | 'footprint'>

/** The property that the code under test breaks by throwing. */
export const NO_EXCEPTION = 'the code under test throws nothing'
/** The property that a run breaks that ends while somebody still waits. */
export const NOT_STUCK = 'nobody waits for what can no longer come'

/** What the code under test threw; in an object, as it may be undefined. */
interface Thrown {
  readonly error: unknown
}

const NOBODY: readonly string[] = []

/** One run as it goes on; the loop that drives it stands in scheduler.ts. @internal */
export class Execution {
  readonly #scenario: Scenario
  readonly #stopAt: string | true | undefined
  readonly #onStep: RunOptions['onStep']
  readonly #isWatched: RunOptions['isWatched']
  readonly #schedulable: Schedulable
  readonly #source: ChoiceSource
  readonly #clock = new Clock()
  readonly #judge: Judge
  readonly #cycle: Cycle | undefined
  // Undefined where the steps are only counted.
  readonly #log: RunLog | undefined
  #steps = 0
  // Made when a claim first looks at it.
  #view: (() => unknown) | undefined
  #opening: readonly Observation[] = []
  #started = false
  // How many of the execution's own properties the judge follows.
  #adopted = 0
  #ending: Ending | undefined
  #waiting = NOBODY
  #waitingAt = NOBODY

  constructor(scenario: Scenario, options: RunOptions) {
    this.#scenario = scenario
    // Taken out of objects of many shapes, as they are looked at in each step.
    this.#stopAt = options.stopAt
    this.#onStep = options.onStep
    this.#isWatched = options.isWatched
    this.#schedulable = scenario.begin()
    this.#source = typeof options.source === 'function' ? options.source(this.#schedulable) : options.source
    if (options.keepsSteps !== false) this.#log = new RunLog(this.#clock)
    const { untimed, cycleFrom } = this.#source
    // Where time rules, what repeats in one order may be kept from it by the windows.
    if (untimed && cycleFrom !== undefined) this.#cycle = new Cycle(cycleFrom)
    this.#judge = new Judge(scenario.properties, { untimed, cycleFrom: this.#cycle?.from })
  }

  /** How many steps it has taken. */
  get steps(): number {
    return this.#steps
  }

  /** Begins, and takes so many steps at the most; a promise where the caller must wait before the next one. */
  advance(count: number): Promise<void> | 'done' | undefined {
    let pending: Promise<void> | 'done' | undefined = this.#started ? undefined : this.#start()
    for (let taken = 0; pending === undefined && taken < count; taken++) pending = this.#step()
    return pending
  }

  #step(): Promise<void> | 'done' | undefined {
    if (this.#ending !== undefined) return 'done'
    const enabled = this.#schedulable.enabled()
    if (enabled.length === 0) return this.#rest()
    if (this.#steps >= this.#scenario.stepsMax) return this.#end('steps')
    const choice = this.#source.choose(enabled, this.#clock)
    if (choice === undefined) return enabled.every(isFault) ? this.#rest() : this.#sourceEnds()
    if (choice.timeUs > this.#scenario.timeMaxUs) return this.#end('time')
    const digest = this.#log === undefined ? 0 : digestOfEnabled(enabled)
    this.#clock.advance(choice.timeUs)
    return this.#fire(choice.event, digest)
  }

  finish(): Run {
    const { violations, reached } = this.#judge
    this.#schedulable.end()
    return new FinishedRun(this.#log, {
      scenario: this.#scenario,
      opening: this.#opening,
      stepCount: this.#steps,
      ending: this.#ending ?? 'source',
      cycleFrom: (this.#ending === 'cycle' ? this.#cycle?.from : undefined) ?? null,
      verdict: violations.length > 0 ? 'violated' : this.#waiting.length > 0 ? 'stuck' : 'no violation found',
      violations,
      reached,
      declared: this.#schedulable.properties,
      waiting: this.#waiting,
      waitingAt: this.#waitingAt,
      timeUs: this.#clock.nowUs,
    })
  }

  /** Lets go of a run that an error of the user's, or of heddle's own, has cut short. */
  abandon(): void {
    this.#schedulable.end()
  }

  #start(): Promise<void> | undefined {
    this.#started = true
    let pending: void | Promise<void>
    try {
      pending = this.#schedulable.start?.()
    } catch (error) {
      return this.#opened({ error })
    }
    if (pending === undefined) return this.#opened()
    return pending.then(
      () => this.#opened(),
      (error) => this.#opened({ error }),
    )
  }

  #opened(thrown?: Thrown): undefined {
    this.#opening = this.#schedulable.takeObservations()
    this.#look(this.#opening, 0, thrown)
    return undefined
  }

  #fire(event: Event, digest: number): Promise<void> | undefined {
    let pending: void | Promise<void>
    try {
      pending = this.#schedulable.fire(event)
    } catch (error) {
      return this.#settled(event, digest, { error })
    }
    return pending === undefined ? this.#settled(event, digest) : this.#settles(pending, event, digest)
  }

  #settles(pending: Promise<void>, event: Event, digest: number): Promise<void> {
    return pending.then(
      () => this.#settled(event, digest),
      (error) => this.#settled(event, digest, { error }),
    )
  }

  /** Writes down the step that has just come to quiescence, or that threw. */
  #settled(event: Event, enabled: number, thrown?: Thrown): undefined {
    const observations = this.#schedulable.takeObservations()
    const number = ++this.#steps
    const onStep = this.#isWatched === undefined || this.#isWatched() ? this.#onStep : undefined
    if (this.#log === undefined && onStep === undefined) {
      this.#look(observations, number, thrown)
      return undefined
    }
    const footprint = this.#schedulable.footprint()
    this.#log?.add(event, enabled, observations, footprint)
    this.#look(observations, number, thrown)
    onStep?.({ number, event, observations, footprint }, this.#schedulable)
    return undefined
  }

  /** Has the judge look at a quiescent state, and ends the run where the code under test threw. */
  #look(observations: readonly Observation[], step: number, thrown: Thrown | undefined): void {
    if (thrown?.error instanceof HeddleError) throw thrown.error
    const { properties } = this.#schedulable
    while (this.#adopted < properties.length) this.#judge.add(properties[this.#adopted++] as Property)
    if (this.#judge.follows) {
      this.#view ??= viewOf(this.#schedulable)
      this.#judge.step(observations, this.#view, { step, timeUs: this.#clock.nowUs })
    }
    if (thrown !== undefined) {
      const message = describeThrown(thrown.error)
      this.#judge.violate({ property: NO_EXCEPTION, message, step, timeUs: this.#clock.nowUs })
      this.#ending = 'violation'
    } else this.#cycle?.look(this.#schedulable, step)
    if (this.#stopAt !== undefined) this.#stopAtViolation(this.#stopAt)
  }

  #rest(): 'done' {
    if (this.#view !== undefined)
      this.#judge.atRest(this.#view, { step: this.#steps, timeUs: this.#clock.nowUs })
    this.#waiting = this.#schedulable.waiting()
    this.#waitingAt = this.#waiting
    if (this.#waiting.length > 0 && this.#log !== undefined)
      this.#waitingAt = this.#schedulable.waitingAt?.(this.#log.events) ?? this.#waiting
    return this.#end('rest')
  }

  /** Where the source has no more to say: in a cycle, if it says that it is one, and it is. */
  #sourceEnds(): 'done' {
    const moment = { step: this.#steps, timeUs: this.#clock.nowUs }
    if (!this.#cycle?.closes(this.#schedulable)) return this.#end('source')
    this.#judge.inCycle(moment)
    return this.#end('cycle')
  }

  #end(ending: Ending): 'done' {
    this.#ending = ending
    return 'done'
  }

  #stopAtViolation(stopAt: string | true): void {
    const found = this.#judge.violations.some(({ property }) => stopAt === true || property === stopAt)
    if (found) this.#ending = 'violation'
  }
}

// A function of its own, so that the closure has no name: build tools that keep names define one on every
// closure at run time, and on V8 such a closure is slow to make and slow to collect.
function viewOf(schedulable: Schedulable): () => unknown {
  return () => schedulable.view()
}

function isFault(event: Event): boolean {
  return event.fault !== undefined
}
