// One run: lists the enabled events, has the source choose one, fires it, lets the judge look, and writes
// down the step. Every non-deterministic choice of a run is made in `Execution.step`, and nowhere else.

import { Clock } from './clock.ts'
import { Cycle } from './cycle.ts'
import { digestOfEnabled } from './digest.ts'
import { describeThrown, HeddleError } from './error.ts'
import type { Event, Observation, Schedulable } from './event.ts'
import { afterMacrotask, enterGuard, leaveGuard } from './host.ts'
import { Judge } from './judge.ts'
import { checkScenario } from './options.ts'
import type { Property } from './property.ts'
import { type Ending, FinishedRun, type Run, RunLog, type Step } from './run.ts'
import type { Scenario } from './scenario.ts'
import type { ChoiceSource } from './source.ts'

export type { Ending, Run, RunVerdict, Step } from './run.ts'

export interface RunOptions {
  readonly source: ChoiceSource | ((schedulable: Schedulable) => ChoiceSource)
  /** Ends the run at the first violation of this property, or of any with `true`; runs on unless given. */
  readonly stopAt?: string | true
  /** False where the steps are only counted, which is faster: the run then has none. True unless given. @internal */
  readonly keepsSteps?: boolean
  /** Called after each step, with the execution as it then is. */
  readonly onStep?: ((step: Happened, schedulable: Schedulable) => void) | undefined
}

/** What is told of a step as it happens. */
export type Happened = Pick<Step, 'number' | 'event' | 'observations' | 'footprint'>

/** The property that the code under test breaks by throwing. */
export const NO_EXCEPTION = 'the code under test throws nothing'
/** The property that a run breaks that ends while somebody still waits. */
export const NOT_STUCK = 'nobody waits for what can no longer come'

/** Runs a scenario whose events all fire synchronously, such as an actor system. */
export function runSync(scenario: Scenario, options: RunOptions): Run {
  checkScenario(scenario)
  const execution = new Execution(scenario, options)
  for (;;) {
    const pending = execution.step()
    if (pending === 'done') return execution.finish()
    if (pending !== undefined) {
      throw new HeddleError(
        'HEDDLE_ASYNCHRONOUS',
        `Scenario ${scenario.name} runs asynchronous code: expected run(), found runSync(). Await run().`,
      )
    }
  }
}

/** Runs any scenario. The run loop stands outside every microtask, so that worlds can drain synchronously. */
export async function run(scenario: Scenario, options: RunOptions): Promise<Run> {
  checkScenario(scenario)
  const [finished] = await runAll(1, () => [scenario, options])
  return finished as Run
}

/** Steps after which a batch of runs lets the event loop turn, so that signals and progress get through. */
const STEPS_PER_TURN = 5_000

/**
 * Runs several executions one after the other, at most `count` of them, each made by `next`, until that makes no
 * more; much faster than one `run` at a time. `each` may take a run at once and return something smaller to keep.
 */
export function runAll<T = Run>(
  count: number,
  next: (index: number) => readonly [Scenario, RunOptions] | undefined,
  each: (run: Run, index: number) => T = (finished) => finished as T,
): Promise<T[]> {
  const kept: T[] = []
  let execution: Execution | undefined
  return new Promise((resolve, reject) => {
    const turn = () => {
      let awaiting = false
      enterGuard()
      try {
        for (let steps = 0; steps < STEPS_PER_TURN; steps++) {
          if (kept.length === count) return resolve(kept)
          if (execution === undefined) {
            const made = next(kept.length)
            if (made === undefined) return resolve(kept)
            execution = new Execution(made[0], made[1])
          }
          const pending = execution.step()
          if (pending === 'done') {
            kept.push(each(execution.finish(), kept.length))
            execution = undefined
          } else if (pending !== undefined) {
            awaiting = true
            pending.finally(leaveGuard).then(() => afterMacrotask(turn), reject)
            return
          }
        }
        afterMacrotask(turn)
      } catch (error) {
        execution?.abandon()
        reject(error)
      } finally {
        if (!awaiting) leaveGuard()
      }
    }
    afterMacrotask(turn)
  })
}

/** What the code under test threw; in an object, as it may be undefined. */
interface Thrown {
  readonly error: unknown
}

const NOBODY: readonly string[] = []

class Execution {
  readonly #scenario: Scenario
  readonly #options: RunOptions
  readonly #schedulable: Schedulable
  readonly #source: ChoiceSource
  readonly #clock = new Clock()
  readonly #judge: Judge
  readonly #cycle: Cycle | undefined
  // Undefined where the steps are only counted.
  readonly #log: RunLog | undefined
  #steps = 0
  readonly #view: () => unknown
  #opening: readonly Observation[] = []
  #started = false
  // How many of the execution's own properties the judge follows.
  #adopted = 0
  #ending: Ending | undefined
  #waiting = NOBODY
  #waitingAt = NOBODY

  constructor(scenario: Scenario, options: RunOptions) {
    this.#scenario = scenario
    this.#options = options
    this.#schedulable = scenario.begin()
    this.#source = typeof options.source === 'function' ? options.source(this.#schedulable) : options.source
    this.#view = viewOf(this.#schedulable)
    if (options.keepsSteps !== false) this.#log = new RunLog(this.#clock)
    const { untimed, cycleFrom } = this.#source
    // Where time rules, what repeats in one order may be kept from it by the windows.
    if (untimed && cycleFrom !== undefined) this.#cycle = new Cycle(cycleFrom)
    this.#judge = new Judge(scenario.properties, { untimed, cycleFrom: this.#cycle?.from })
  }

  /** Takes one step, or begins; a promise where the caller must wait before the next one. */
  step(): Promise<void> | 'done' | undefined {
    if (!this.#started) return this.#start()
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
    const { onStep } = this.#options
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
    if (this.#judge.follows) this.#judge.step(observations, this.#view, { step, timeUs: this.#clock.nowUs })
    if (thrown !== undefined) {
      const message = describeThrown(thrown.error)
      this.#judge.violate({ property: NO_EXCEPTION, message, step, timeUs: this.#clock.nowUs })
      this.#ending = 'violation'
    } else this.#cycle?.look(this.#schedulable, step)
    if (this.#options.stopAt !== undefined) this.#stopAtViolation(this.#options.stopAt)
  }

  #rest(): 'done' {
    const moment = { step: this.#steps, timeUs: this.#clock.nowUs }
    this.#judge.atRest(this.#view, moment)
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
