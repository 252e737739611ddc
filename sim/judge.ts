// Follows one run with the properties: which were violated first where, and which `sometimes` was reached.
// It only looks; it never changes what happens.

import { cycleText } from './cycle.ts'
import { describeThrown, HeddleError } from './error.ts'
import type { Observation } from './event.ts'
import { MonitorRun } from './monitor-run.ts'
import {
  type Always,
  type Eventually,
  isTimed,
  type Judgement,
  type LeadsTo,
  type Moment,
  type Monitor,
  type Property,
  type Sometimes,
} from './property.ts'

export interface Violation {
  readonly property: string
  readonly message: string
  readonly step: number
  readonly timeUs: number
}

const NONE_REACHED: ReadonlySet<string> = new Set()
// Shared by all judges while they have none, so never changed in place.
const NO_VIOLATIONS: readonly Violation[] = []
const NONE: readonly never[] = []

export interface JudgeOptions {
  /** True where claims about virtual time say nothing. */
  readonly untimed?: boolean
  /** The step after which a cycle may have begun: its states are that one's and all later ones. */
  readonly cycleFrom?: number | undefined
}

export class Judge {
  /** Invariant: never changed in place, as most runs share the empty one. */
  violations: readonly Violation[] = NO_VIOLATIONS
  /** Invariant: never changed in place, as most runs share the empty one. */
  reached: ReadonlySet<string> = NONE_REACHED
  #always: readonly Always[] = NONE
  // Both without what is settled.
  #eventually: readonly Eventually[] = NONE
  #sometimes: readonly Sometimes[] = NONE
  #leadsTo: readonly Obligation[] = NONE
  #monitorRuns: readonly MonitorRun[] = NONE
  // By the type of the observations that they follow; made with the first monitor.
  #monitors: Map<string, MonitorRun[]> | undefined

  #follows = false
  readonly #untimed: boolean
  readonly #cycle: CycleClaims | undefined

  constructor(properties: readonly Property[], options: JudgeOptions = {}) {
    this.#untimed = options.untimed ?? false
    const { cycleFrom } = options
    if (cycleFrom !== undefined) this.#cycle = { cycleFrom, fulfilled: new Set() }
    for (const property of properties) this.add(property)
  }

  add(property: Property): void {
    if (this.#untimed && isTimed(property)) return
    this.#follows = true
    switch (property.kind) {
      case 'always':
        this.#always = [...this.#always, property]
        return
      case 'eventually':
        this.#eventually = [...this.#eventually, property]
        return
      case 'leadsTo':
        this.#leadsTo = [...this.#leadsTo, { property, since: undefined }]
        return
      case 'sometimes':
        if (isMonitor(property.reached)) this.#addMonitor(property.reached, property.name)
        else this.#sometimes = [...this.#sometimes, property]
        return
      case 'monitor':
        this.#addMonitor(property)
    }
  }

  /** Whether a step can tell any claim anything. */
  get follows(): boolean {
    return this.#follows
  }

  /** Judges what a step showed. `view` is asked for only when a property looks at it. */
  step(observations: readonly Observation[], view: () => unknown, moment: Moment): void {
    if (this.#monitors !== undefined) {
      for (const observation of observations) {
        for (const run of this.#monitors.get(observation.type) ?? []) {
          this.#follow(run, observation, moment)
        }
      }
    }
    for (const property of this.#always) this.#judge(property, view, moment)
    for (const obligation of this.#leadsTo) this.#oblige(obligation, view, moment)
    if (this.#eventually.length > 0) {
      this.#eventually = this.#eventually.filter((property) => !this.#settles(property, view, moment))
    }
    if (this.#sometimes.length > 0) {
      this.#sometimes = this.#sometimes.filter((property) =>
        this.#isOpen(property, observations, view, moment),
      )
    }
    if (this.#cycle !== undefined) this.#lookInCycle(this.#cycle, view, moment)
  }

  /** Judges the end of a run in which everything came to rest. */
  atRest(view: () => unknown, moment: Moment): void {
    for (const run of this.#monitorRuns) {
      this.#restOf(run, moment)
    }
    for (const property of this.#eventually) this.#judge(property, view, moment)
    for (const { property, since } of this.#leadsTo) {
      if (since !== undefined)
        this.#record(property.name, `nothing came of what held at step ${since}`, moment)
    }
  }

  /** Judges the end of a run whose steps after `cycleFrom` repeat for ever. */
  inCycle(moment: Moment): void {
    if (this.#cycle === undefined) return
    const { cycleFrom, fulfilled } = this.#cycle
    const cycle = cycleText({ cycleFrom, steps: moment.step })
    for (const property of this.#eventually) {
      if (property.withinUs !== undefined || fulfilled.has(property)) continue
      this.#record(property.name, `it never holds again: ${cycle}`, moment)
    }
    for (const { property, since } of this.#leadsTo) {
      if (since === undefined || fulfilled.has(property)) continue
      this.#record(property.name, `nothing ever comes of what held at step ${since}: ${cycle}`, moment)
    }
  }

  /** A violation that no property of the user's claims, such as an error that the code under test throws. */
  violate(violation: Violation): void {
    if (this.violations.some(({ property }) => property === violation.property)) return
    this.violations = [...this.violations, violation]
  }

  /** A monitor that is the goal of a `sometimes` reaches it by speaking, instead of being violated. */
  #addMonitor(property: Monitor, goal?: string): void {
    const run = new MonitorRun(property, goal)
    if (goal === undefined) this.#monitorRuns = [...this.#monitorRuns, run]
    this.#monitors ??= new Map()
    for (const type of new Set(property.on)) {
      const followers = this.#monitors.get(type)
      if (followers === undefined) this.#monitors.set(type, [run])
      else followers.push(run)
    }
  }

  /** Opens what a state calls for, and closes what it fulfils. A claim that throws is violated. */
  #oblige(obligation: Obligation, view: () => unknown, moment: Moment): void {
    const { from, to, name } = obligation.property
    try {
      if (obligation.since === undefined && from(view())) obligation.since = moment.step
      if (obligation.since !== undefined && to(view())) obligation.since = undefined
    } catch (error) {
      this.#record(name, violationOf(error), moment)
    }
  }

  #lookInCycle({ cycleFrom, fulfilled }: CycleClaims, view: () => unknown, moment: Moment): void {
    if (moment.step < cycleFrom) return
    for (const property of this.#eventually) {
      if (!isViolation(judgementOf(property, view))) fulfilled.add(property)
    }
    for (const { property } of this.#leadsTo) {
      // Asked also where nothing is open: what the cycle opens later is fulfilled here the next time round.
      if (isFulfilled(property, view)) fulfilled.add(property)
    }
  }

  /** Whether nothing more can come of an `eventually` before the end of the run. */
  #settles(property: Eventually, view: () => unknown, moment: Moment): boolean {
    if (property.withinUs === undefined) return false
    const late = moment.timeUs > property.withinUs
    if (late) this.#record(property.name, `not within ${property.withinUs / 1000}ms`, moment)
    return late || !isViolation(judgementOf(property, view))
  }

  #reach(name: string): void {
    if (!this.reached.has(name)) this.reached = new Set([...this.reached, name])
  }

  #judge(property: Always | Eventually, view: () => unknown, moment: Moment): void {
    this.#record(property.name, judgementOf(property, view), moment)
  }

  #follow(run: MonitorRun, observation: Observation, moment: Moment): void {
    const name = run.goal ?? run.property.name
    let said: string | undefined
    try {
      said = run.observe(observation, moment)
    } catch (error) {
      this.#record(name, violationOf(error), moment)
      return
    }
    if (said === undefined) return
    if (run.goal === undefined) this.#record(name, said, moment)
    else this.#reach(name)
  }

  #restOf(run: MonitorRun, moment: Moment): void {
    try {
      for (const message of run.atRest()) this.#record(run.property.name, message, moment)
    } catch (error) {
      this.#record(run.property.name, violationOf(error), moment)
    }
  }

  /** Whether a `sometimes` may still be reached; one that throws is violated, and done with. */
  #isOpen(
    property: Sometimes,
    observations: readonly Observation[],
    view: () => unknown,
    moment: Moment,
  ): boolean {
    try {
      if (!isReached(property, observations, view)) return true
      this.#reach(property.name)
    } catch (error) {
      this.#record(property.name, violationOf(error), moment)
    }
    return false
  }

  #record(property: string, judgement: Judgement, moment: Moment): void {
    if (!isViolation(judgement)) return
    this.violate({
      property,
      message: typeof judgement === 'string' ? judgement : 'it does not hold',
      ...moment,
    })
  }
}

/** A `leadsTo` in one run. */
interface Obligation {
  readonly property: LeadsTo
  /** The step at which it was first called for, and not fulfilled since. */
  since: number | undefined
}

/** What may be a cycle, from the state after step `cycleFrom` on. */
interface CycleClaims {
  readonly cycleFrom: number
  /** The claims that some state of it has fulfilled, and fulfils again and again. */
  readonly fulfilled: Set<Eventually | LeadsTo>
}

function judgementOf(property: Always | Eventually, view: () => unknown): Judgement {
  try {
    return property.holds(view())
  } catch (error) {
    return violationOf(error)
  }
}

function isFulfilled({ to }: LeadsTo, view: () => unknown): boolean {
  try {
    return to(view())
  } catch (error) {
    if (error instanceof HeddleError) throw error
    return false
  }
}

/** What a claim threw, as what it says. A mistake in using heddle is thrown on. */
function violationOf(thrown: unknown): string {
  if (thrown instanceof HeddleError) throw thrown
  return describeThrown(thrown)
}

function isMonitor(goal: Sometimes['reached']): goal is Monitor {
  return typeof goal === 'object' && 'kind' in goal
}

function isReached(property: Sometimes, observations: readonly Observation[], view: () => unknown): boolean {
  const { reached } = property
  if (typeof reached === 'function') return reached(view())
  if (isMonitor(reached)) return false
  return observations.some((observation) => observation.type === reached.type && reached.matches(observation))
}

function isViolation(judgement: Judgement): judgement is false | string {
  return judgement === false || typeof judgement === 'string'
}
