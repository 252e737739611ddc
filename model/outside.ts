// What a ConnectionCoordinator's machines do to the world around them: one thing after the other, each once the
// transition that asked for it is over, and whatever the outside throws is taken as its answer.

import { describeThrown, HeddleError, type Message, type WindowInput } from '../sim/index.ts'
import type { Commands, Frame, Identity, Input, Outcome } from './coordinator.ts'
import type { Dependencies, LeaseStore } from './dependencies.ts'
import type { LifecycleObservation } from './observations.ts'
import type { LifecycleState } from './states.ts'

/** A machine that speaks to the outside, and how it is spoken to. */
export interface Speaking {
  readonly machine: string
  /** The connection or user whose machine it is. */
  readonly of: string
  readonly identity: Identity
  answer(input: Input): void
  tell<M extends Message>(machine: string, of: string, message: M): void
  /** Told how a request of the connection was answered. */
  answered(connection: string, outcome: Outcome): void
}

export class Outside {
  readonly #dependencies: Dependencies
  readonly #timers = new Map<string, () => void>()
  // What is still to be done: transitions, and what they asked for, in the order in which they came.
  readonly #todo: (() => void)[] = []
  #working = false
  #stopped = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** True while something is being done, as it is when a dependency calls back at once. */
  get isWorking(): boolean {
    return this.#working
  }

  /** Takes every timer back, and does nothing more. */
  stop(): void {
    this.#stopped = true
    for (const takeBack of this.#timers.values()) takeBack()
    this.#timers.clear()
  }

  /**
   * Does something after all that is to be done already; at once if that is nothing. What one piece throws
   * keeps no other from being done, and is thrown at the end.
   */
  later(work: () => void): void {
    if (this.#stopped) return
    this.#todo.push(work)
    if (this.#working) return
    this.#working = true
    const thrown: unknown[] = []
    for (let next = this.#todo.shift(); next !== undefined; next = this.#todo.shift()) {
      if (this.#stopped) continue
      try {
        next()
      } catch (error) {
        thrown.push(error)
      }
    }
    this.#working = false
    if (thrown.length > 0) throw thrown[0]
  }

  /** Asks something of the outside once the transition is over, and takes its answer as an input. */
  #ask<T>(question: () => Promise<T>, answered: (value: T) => void, failed: (error: string) => void): void {
    // An asynchronous function turns what the question throws into a rejection.
    const asked = async () => question()
    this.later(() => void asked().then(answered, (error: unknown) => failed(describeThrown(error))))
  }

  /** Does something on a transport, and hears of it as of any transport error if that throws. */
  #attempt(deed: () => void, failed: (error: string) => void): void {
    this.later(() => {
      try {
        deed()
      } catch (error) {
        failed(describeThrown(error))
      }
    })
  }

  /** The commands of one machine. */
  commandsOf(self: Speaking): Commands {
    const { user } = self.identity
    const { answer } = self
    return {
      ...this.#toConnection(answer),
      ...this.#toStore(user, answer),
      ...this.#toTimers(self),
      ...this.#toObservers(self),
      tell: self.tell,
    }
  }

  #toConnection(answer: (input: Input) => void) {
    const outside = this.#dependencies
    const tooEarly = (connection: string) => (error: string) =>
      answer({ type: 'transport-error', connection, error })
    return {
      accept: (connection: string) =>
        this.#ask(
          () => outside.accept(connection),
          () => answer({ type: 'accepted', connection }),
          tooEarly(connection),
        ),
      receive: (connection: string) => this.#attempt(() => outside.receive(connection), tooEarly(connection)),
      send: (connection: string, frame: Frame) =>
        this.#attempt(() => outside.send(connection, frame), tooEarly(connection)),
      close: (connection: string, code: number, reason: string) =>
        // A transport that cannot be closed is gone, or will be: that is heard of as any other end.
        this.#attempt(
          () => outside.close(connection, code, reason),
          () => {},
        ),
      authenticate: (connection: string) =>
        this.#ask(
          () => outside.authenticate(connection),
          (good) => answer({ type: good ? 'authenticated' : 'unauthenticated', connection }),
          () => answer({ type: 'unauthenticated', connection }),
        ),
      startServices: (connection: string) =>
        this.#ask(
          () => outside.startServices(connection, () => answer({ type: 'services-degraded', connection })),
          () => answer({ type: 'services-ready', connection }),
          () => answer({ type: 'services-failed', connection }),
        ),
      runAgent: (connection: string, message: number, token: number) =>
        this.#ask(
          () =>
            outside.runAgent({ connection, message, token }, (event) =>
              answer({ type: 'agent-event', connection, message, event }),
            ),
          (finished) => finished || answer({ type: 'fenced', connection }),
          tooEarly(connection),
        ),
    }
  }

  #toStore(user: string, answer: (input: Input) => void) {
    const store = (): LeaseStore => {
      if (this.#dependencies.store !== undefined) return this.#dependencies.store
      throw new HeddleError('HEDDLE_NO_STORE', 'Expected a lease store among the dependencies, found none.')
    }
    return {
      acquireLease: (mode: 'wait' | 'seize' | 'try') =>
        this.#ask(
          () => store().acquire(user, mode, (token) => answer({ type: 'lease-lost', token })),
          (token) => answer(token === null ? { type: 'lease-refused' } : { type: 'lease-granted', token }),
          () => answer({ type: 'lease-refused' }),
        ),
      renewLease: (token: number) =>
        this.#ask(
          () => store().renew(user, token),
          (held) => answer({ type: held ? 'lease-renewed' : 'lease-lost', token }),
          () => answer({ type: 'lease-lost', token }),
        ),
      releaseLease: (token: number) => this.later(() => store().release(user, token)),
    }
  }

  #toTimers({ machine, of, identity, answer }: Speaking) {
    const { connection } = identity
    const takeBack = (key: string) => {
      this.#timers.get(key)?.()
      this.#timers.delete(key)
    }
    return {
      setTimer: (timer: string, window: WindowInput) =>
        this.later(() => {
          const key = `${machine}/${of}/${timer}`
          takeBack(key)
          const fire = () => {
            this.#timers.delete(key)
            if (connection !== undefined)
              this.#observe({ type: 'timer', connection, machine: `${connection}/${machine}` })
            answer({ type: 'timer', timer })
          }
          this.#timers.set(key, this.#dependencies.setTimer({ machine, of, timer }, window, fire))
        }),
      cancelTimer: (timer: string) => this.later(() => takeBack(`${machine}/${of}/${timer}`)),
    }
  }

  #toObservers(self: Speaking) {
    const { machine, of, identity } = self
    const { user, instance } = identity
    return {
      moved: (connection: string, to: LifecycleState, token = 0) =>
        this.#observe({ type: 'moved', connection, user, instance, to, token }),
      coordinates: (connection: string) =>
        this.#observe({ type: 'coordinated', connection, user, instance, machine: `${machine} of ${of}` }),
      answered: (connection: string, to: LifecycleState, outcome: Outcome, error = '') => {
        self.answered(connection, outcome)
        this.#observe({ type: 'answered', connection, user, instance, to, outcome, error })
      },
      standing: (connection: string, standing: 'queued' | 'promoted') =>
        this.#observe({ type: standing, connection, user, instance }),
    }
  }

  /** Once the transition is over, whatever the observer does. */
  #observe(observation: LifecycleObservation): void {
    this.later(() => this.#dependencies.observe?.(observation))
  }
}
