// Asynchronous context: a value that is seen by everything that follows from a call, however indirectly.
// Where the host offers hooks on promises, this is a lean one of our own: AsyncLocalStorage does more, and on
// Node 20 costs a third of a step. Elsewhere it is AsyncLocalStorage. It decides nothing about tasks.

import { atLeaveGuard, builtin } from '../host.ts'

export interface AsyncContext<T> {
  /**
   * From here on promises carry the value, to the end of the guard or to `disarm`; before, it holds in the
   * synchronous part of a call only. Where there is no such method, the value is always carried.
   */
  arm?(): void
  disarm?(): void
  /** Ends what is left of a context: nobody's code is running. */
  clear?(): void
  /** Calls `follow`; the value holds in it and in all that it leads to. */
  run<Result, Value>(value: T, follow: (argument: Value) => Result, argument: Value): Result
  getStore(): T | undefined
}

interface PromiseHooks {
  createHook(hooks: { init: (promise: Carrier) => void; before: (promise: Carrier) => void }): () => void
}

/** A context of the kind that the host allows; undefined where it allows none. */
export function asyncContext<T>(): AsyncContext<T> | undefined {
  const engine = builtin('node:v8') as { promiseHooks?: PromiseHooks } | undefined
  if (engine?.promiseHooks !== undefined) return new PromiseContext<T>(engine.promiseHooks)
  const hooks = builtin('node:async_hooks') as { AsyncLocalStorage: new () => AsyncContext<T> } | undefined
  return hooks === undefined ? undefined : new hooks.AsyncLocalStorage()
}

/** What a promise carries from where it was made to where its reaction runs. */
const VALUE = Symbol('heddle.context')
type Carrier = { [VALUE]?: any }

// In the module, as the hooks run several times a step: there is one such context in a process. It is not
// cleared after a reaction, to spare a third hook: what may run next brings its own, a reaction by its
// promise, a callback by its scheduler below.
let current: any

const CARRY = {
  init(promise: Carrier): void {
    if (current !== undefined) promise[VALUE] = current
  },
  before(promise: Carrier): void {
    current = promise[VALUE]
  },
}

type Schedule = (callback: (...values: unknown[]) => void, ...values: unknown[]) => void

/** The places from which callbacks are scheduled that no promise carries. */
const SCHEDULERS = [
  [globalThis, 'queueMicrotask'],
  [(globalThis as { process?: object }).process, 'nextTick'],
] as unknown as readonly (readonly [Record<string, Schedule> | undefined, string])[]

class PromiseContext<T> implements AsyncContext<T> {
  readonly #hooks: PromiseHooks
  #stop: (() => void) | undefined
  readonly #restore: (() => void)[] = []

  constructor(hooks: PromiseHooks) {
    this.#hooks = hooks
    atLeaveGuard(() => this.disarm())
  }

  getStore(): T | undefined {
    return current
  }

  clear(): void {
    current = undefined
  }

  run<Result, Value>(value: T, follow: (argument: Value) => Result, argument: Value): Result {
    const before = current
    current = value
    try {
      return follow(argument)
    } finally {
      current = before
    }
  }

  arm(): void {
    if (this.#stop !== undefined) return
    this.#stop = this.#hooks.createHook(CARRY)
    for (const [owner, name] of SCHEDULERS) {
      if (owner !== undefined) this.#carryThrough(owner, name)
    }
  }

  disarm(): void {
    if (this.#stop === undefined) return
    this.#stop()
    this.#stop = undefined
    for (const restore of this.#restore.splice(0)) restore()
    current = undefined
  }

  #carryThrough(owner: Record<string, Schedule>, name: string): void {
    const schedule = owner[name]
    if (schedule === undefined) return
    const carrying: Schedule = (callback, ...values) => {
      const value = current
      if (value === undefined || typeof callback !== 'function')
        return schedule.call(owner, callback, ...values)
      return schedule.call(owner, () => this.run(value, () => callback(...values), undefined))
    }
    owner[name] = carrying
    this.#restore.push(() => {
      if (owner[name] === carrying) owner[name] = schedule
    })
  }
}
