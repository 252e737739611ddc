// Plain asynchronous code under the scheduler: what the body of a world is given, and how a world becomes a
// scenario. Every function is bound to whichever task calls it, so that it can be taken out of the object;
// what a task is and does stands in tasks.ts.

import type { Duration, WindowInput } from '../duration.ts'
import type { Observation } from '../event.ts'
import { checkBody, checkOptions } from '../options.ts'
import {
  always,
  eventually,
  type Judgement,
  leadsTo,
  type Monitor,
  monitor,
  type ObservationMatcher,
  type Property,
  sometimes,
} from '../property.ts'
import { type Scenario, scenario } from '../scenario.ts'
import type { OperationOptions } from './choice-point.ts'
import { Names } from './names.ts'
import { carryTask, currentTask, type Program, type TaskHandle, type TaskOptions, TaskRun } from './tasks.ts'

export type { OperationOptions } from './choice-point.ts'
export type { TaskHandle, TaskOptions } from './tasks.ts'

/**
 * Claims about one run. They may look at anything. What a claim throws is its violation, a `sometimes` and a
 * monitor included; an `eventually` may throw until it must hold.
 */
export interface Check {
  always(name: string, holds: () => Judgement): void
  /** Holds when the run is at rest; with `within`, once in that stretch of virtual time from its start. */
  eventually(name: string, holds: () => Judgement, options?: { within?: Duration }): void
  /** Whenever `from` holds, `to` holds then or later. */
  leadsTo(name: string, from: () => boolean, to: () => boolean): void
  sometimes(name: string, reached: ObservationMatcher | (() => boolean)): void
  monitor<State, O extends Observation = Observation>(
    definition: Monitor<State> | Parameters<typeof monitor<State, O>>[0],
  ): void
}

export interface World {
  /**
   * Runs `fn` as a task of its own, synchronously up to its first await, as any call does. Its name begins
   * the ids of its events, and is unique within a run. A task that rejects violates a property. `fn` is
   * given the task: its `sleep` and `operation` cost a quarter less than those of the world, which have to
   * find out who calls.
   */
  task<T>(name: string, fn: (task: TaskHandle) => T | Promise<T>, options?: TaskOptions): Promise<T>
  /** A choice point: the task goes on after a virtual time within the window. */
  sleep(window: WindowInput): Promise<void>
  /**
   * A choice point: something outside the task happens, such as `operation('auth.resolve')`. A name with a
   * slash is absolute; any other follows the name of the task.
   */
  operation<Value = void>(name: string, options?: OperationOptions<Value>): Promise<Value>
  /** Wraps a value so that what is read and written of it lands in the footprint of the current step. */
  shared<T extends object>(name: string, value: T): T
  /** Shows something to the monitors and to the trace. */
  observe(observation: Observation): void
  readonly check: Check
}

export interface WorldOptions extends Partial<Omit<Scenario, 'name' | 'begin'>> {
  /** How often each fault may strike in one run; a fault without a budget never does. */
  readonly budgets?: Readonly<Record<string, number>>
}

/** A scenario of plain asynchronous code. Each run calls `body` afresh, as the task `main`. */
export function world(
  name: string,
  body: (world: World) => void | Promise<void>,
  options: WorldOptions = {},
): Scenario {
  checkBody(body)
  checkOptions('world', options)
  const { budgets = {}, ...rest } = options
  let program: Program = {
    body: () => body(functions),
    names: new Names(),
    budgets,
    isFaultless: Object.keys(budgets).length === 0,
    carries: isAsyncFunction(body),
  }
  const begin = () => {
    const names = program.names.trimmed()
    if (names !== program.names) program = { ...program, names }
    return new TaskRun(program)
  }
  return scenario({ name, begin, ...rest })
}

function isAsyncFunction(body: (world: World) => unknown): boolean {
  return Object.prototype.toString.call(body) === '[object AsyncFunction]'
}

const sleep: World['sleep'] = (window) => currentTask('sleep').sleep(window)
const operation: World['operation'] = (name, options) => currentTask('operation').operation(name, options)

const functions: World = {
  task: (name, fn, options) => currentTask('task').run.startTask(name, fn, options),
  // Whoever takes one of these will call it without saying for which task.
  get sleep() {
    carryTask()
    return sleep
  },
  get operation() {
    carryTask()
    return operation
  },
  shared: (name, value) => currentTask('shared').run.share(name, value),
  observe: (observation) => currentTask('observe').run.observe(observation),
  check: {
    always: (name, holds) => claim('always', always(name, holds)),
    eventually: (name, holds, options) => claim('eventually', eventually(name, holds, options)),
    leadsTo: (name, from, to) => claim('leadsTo', leadsTo(name, from, to)),
    sometimes: (name, reached) => claim('sometimes', sometimes(name, reached)),
    monitor: (definition) => claim('monitor', 'kind' in definition ? definition : monitor(definition)),
  },
}

function claim(kind: string, property: Property): void {
  currentTask(`check.${kind}`).run.claim(property)
}
