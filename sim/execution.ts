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
import type { ChoiceSource, Repeated } from './source.ts'

export interface RunOptions {
  readonly source: ChoiceSource | ((schedulable: Schedulable) => ChoiceSource)
  /** Ends the run at the first violation of this property, or of any with `true`; runs on unless given. */
  readonly stopAt?: string | true
  /** False where the steps are only counted, which is faster: the run then has none. True unless given. @internal */
  readonly keepsSteps?: boolean
  /** Called after each step that is not one of `ChoiceSource.repeated`, with the execution as it then is. */
  readonly onStep?: ((step: Happened, schedulable: Schedulable) => void) | undefined
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
const NOTHING_REPEATED: readonly Repeated[] = []
const NOTHING_FOUND: Pick<Judge, 'violations' | 'reached'> = { violations: [], reached: new Set() }

/** One run as it goes on; the loop that drives it stands in scheduler.ts. @internal */
export class Execution {
  readonly #scenario: Scenario
  readonly #stopAt: string | true | undefined
  readonly #onStep: RunOptions['onStep']
  readonly #schedulable: Schedulable
  readonly #source: ChoiceSource
  readonly #clock = new Clock()
  // Made with the first claim, or the first violation: of most runs there is nothing to judge.
  #judge: Judge | undefined
  readonly #cycle: Cycle | undefined
  readonly #repeated: readonly Repeated[]
  // How many they are: the source may go on adding to the list.
  readonly #repeatedCount: number
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
    this.#schedulable = scenario.begin()
    this.#source = typeof options.source === 'function' ? options.source(this.#schedulable) : options.source
    if (options.keepsSteps !== false) this.#log = new RunLog(this.#clock)
    const { untimed, cycleFrom, repeated = NOTHING_REPEATED } = this.#source
    this.#repeated = repeated
    this.#repeatedCount = repeated.length
    // Where time rules, what repeats in one order may be kept from it by the windows.
    if (untimed && cycleFrom !== undefined) this.#cycle = new Cycle(cycleFrom)
    if (scenario.properties.length > 0) this.#judge = this.#newJudge()
  }

  /** How many steps it has taken. */
  get steps(): number {
    return this.#steps
  }

  /** Begins, and takes so many steps at the most; a promise where the caller must wait before the next one. */
  advance(count: number): Promise<void> | 'done' | undefined {
    const pending = this.#started ? undefined : this.#start()
    if (pending !== undefined) return pending
    const last = this.#steps + count
    return this.#repeat(Math.min(this.#repeatedCount, last)) ?? this.#advance(last)
  }

  /** Takes the steps up to one that are those of an earlier run. Nobody watches but the judge. */
  #repeat(last: number): Promise<void> | undefined {
    const schedulable = this.#schedulable
    const repeated = this.#repeated
    const clock = this.#clock
    const log = this.#log
    const looksOtherwise = this.#cycle !== undefined || this.#stopAt !== undefined
    while (this.#steps < last && this.#ending === undefined) {
      const enabled = schedulable.enabled()
      const { id, position } = repeated[this.#steps] as Repeated
      let event = enabled[position] as Event
      // An index beyond the end gives nothing.
      if (event?.id !== id)
        event = (this.#source as Required<ChoiceSource>).find(id, enabled, this.#steps + 1)
      const digest = log === undefined ? 0 : digestOfEnabled(enabled)
      clock.advance(clock.nextUs(event))
      let pending: void | Promise<void>
      try {
        pending = schedulable.fire(event)
      } catch (error) {
        return this.#settled(event, digest, { error })
      }
      if (pending !== undefined) return this.#settles(pending, event, digest)
      if (log !== undefined) this.#settled(event, digest)
      else {
        const observations = schedulable.takeObservations()
        const number = ++this.#steps
        if (this.#judge !== undefined || schedulable.properties.length > 0 || looksOtherwise)
          this.#look(observations, number, undefined)
      }
    }
    return undefined
  }

  #advance(last: number): Promise<void> | 'done' | undefined {
    const schedulable = this.#schedulable
    const source = this.#source
    const clock = this.#clock
    const { stepsMax, timeMaxUs } = this.#scenario
    for (;;) {
      if (this.#ending !== undefined) return 'done'
      if (this.#steps === last) return undefined
      const enabled = schedulable.enabled()
      if (enabled.length === 0) return this.#rest()
      if (this.#steps >= stepsMax) return this.#end('steps')
      const choice = source.choose(enabled, clock)
      if (choice === undefined) return enabled.every(isFault) ? this.#rest() : this.#sourceEnds()
      const { event, timeUs } = choice
      if (timeUs > timeMaxUs) return this.#end('time')
      const digest = this.#log === undefined ? 0 : digestOfEnabled(enabled)
      clock.advance(timeUs)
      const pending = this.#fire(event, digest)
      if (pending !== undefined) return pending
    }
  }

  finish(): Run {
    const { violations, reached } = this.#judge ?? NOTHING_FOUND
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
    const onStep = number > this.#repeatedCount ? this.#onStep : undefined
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
    if (this.#schedulable.properties.length > this.#adopted) this.#adopt()
    if (this.#judge?.follows === true) {
      this.#view ??= viewOf(this.#schedulable)
      this.#judge.step(observations, this.#view, { step, timeUs: this.#clock.nowUs })
    }
    if (thrown !== undefined) this.#threw(thrown, step)
    else this.#cycle?.look(this.#schedulable, step)
    if (this.#stopAt !== undefined) this.#stopAtViolation(this.#stopAt)
  }

  #newJudge(): Judge {
    const { untimed } = this.#source
    return new Judge(this.#scenario.properties, { untimed, cycleFrom: this.#cycle?.from })
  }

  #adopt(): void {
    this.#judge ??= this.#newJudge()
    const { properties } = this.#schedulable
    while (this.#adopted < properties.length) this.#judge.add(properties[this.#adopted++] as Property)
  }

  #threw({ error }: Thrown, step: number): void {
    this.#judge ??= this.#newJudge()
    const message = describeThrown(error)
    this.#judge.violate({ property: NO_EXCEPTION, message, step, timeUs: this.#clock.nowUs })
    this.#ending = 'violation'
  }

  #rest(): 'done' {
    if (this.#view !== undefined)
      this.#judge?.atRest(this.#view, { step: this.#steps, timeUs: this.#clock.nowUs })
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
    this.#judge?.inCycle(moment)
    return this.#end('cycle')
  }

  #end(ending: Ending): 'done' {
    this.#ending = ending
    return 'done'
  }

  #stopAtViolation(stopAt: string | true): void {
    const { violations } = this.#judge ?? NOTHING_FOUND
    if (violations.some(({ property }) => stopAt === true || property === stopAt)) this.#ending = 'violation'
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
