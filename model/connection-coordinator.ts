// The coordinator for a real server: the very machines of session.ts and user-machine.ts, run by an ordinary
// class with asynchronous dependencies. A machine's transition runs to its end before anything that it asked
// for begins; answers come back as inputs, one at a time. No transition stands here: what is checked runs.

import { produce } from 'immer'
import { describeThrown, HeddleError, type Message, type WindowInput } from '../sim/index.ts'
import type { Commands, Coordinator, Frame, Identity, Input, Machine, Outcome } from './coordinator.ts'
import type { Dependencies, LeaseStore } from './dependencies.ts'
import type { LifecycleObservation } from './observations.ts'
import type { Session } from './session.ts'
import { single } from './single.ts'
import { InvalidTransition, isEnded, type LifecycleState } from './states.ts'
import type { Policy, UserMachine } from './user-machine.ts'

export interface CoordinatorOptions {
  readonly policy?: Policy
  /** The name of this instance. */
  readonly instance?: string
  /**
   * Fencing tokens that this instance gives out itself are above this. After a restart it must be above any
   * token from before: the time of the start, such as `Date.now()`, is. With a store, the store sees to it.
   */
  readonly tokensFrom?: number | ((user: string) => number)
}

/** How a request for a transition was answered, and which transition was refused. */
export interface Answer {
  readonly outcome: Outcome
  readonly error: InvalidTransition | undefined
}

/** The one machine of a user on this instance. */
export interface UserCoordination {
  readonly user: string
  /** The connection that acts for the user. */
  readonly owner: string | null
  /** Asks for a transition of one of the user's connections. */
  requestTransition(to: LifecycleState, connection: string, reason: string): Answer
}

interface Running {
  readonly of: Identity
  readonly coordinates: Machine
  readonly commands: Commands
  state: unknown
}

export class ConnectionCoordinator {
  readonly #dependencies: Dependencies
  readonly #coordinator: Coordinator
  readonly #instance: string
  readonly #tokensFrom: (user: string) => number
  // The highest token of the machines that were forgotten.
  #tokenForgotten = 0
  // By machine and whose it is, such as `session/tab-1`.
  readonly #running = new Map<string, Running>()
  readonly #users = new Map<string, UserCoordination>()
  readonly #timers = new Map<string, () => void>()
  readonly #connected = new Set<string>()
  // The last answer to a request of each connection.
  readonly #outcomes = new Map<string, Outcome>()
  // What is still to be done: transitions, and what they asked for, in the order in which they came.
  readonly #todo: (() => void)[] = []
  #working = false
  #stopped = false

  constructor(dependencies: Dependencies, options: CoordinatorOptions = {}) {
    const { policy = 'standby', instance = 'a', tokensFrom = 0 } = options
    this.#dependencies = dependencies
    this.#coordinator = single(policy)
    this.#instance = instance
    this.#tokensFrom = typeof tokensFrom === 'function' ? tokensFrom : () => tokensFrom
  }

  /** The machine of a user; every connection of the user gets the same one. */
  getOrCreate(user: string, connection: string): UserCoordination {
    this.#machine('session', connection, { connection, user })
    const known = this.#users.get(user)
    if (known !== undefined) return known
    const machine = this.#machine('machine', user, { connection: undefined, user })
    const coordination: UserCoordination = {
      user,
      get owner() {
        return (machine.state as UserMachine).owner
      },
      requestTransition: (to, of, reason) => this.#request(to, { connection: of, user, reason }),
    }
    this.#users.set(user, coordination)
    return coordination
  }

  /**
   * A connection wants to be opened; it claims to be the user's, and is believed once authenticated. Throws
   * HEDDLE_CONNECTION_ID for an id that was connected before and not forgotten since.
   */
  connect(connection: string, user: string): void {
    if (this.#connected.has(connection)) {
      throw new HeddleError(
        'HEDDLE_CONNECTION_ID',
        `Expected a new connection id, found "${connection}" again. Give every connection an id of its own, or forget() the older one once it has ended.`,
      )
    }
    this.#connected.add(connection)
    this.getOrCreate(user, connection)
    this.#input('session', connection, { type: 'upgrade', connection })
  }

  /** A message of a connection. `message` counts up from 1; what is not above the last is a duplicate. */
  message(connection: string, message: number): void {
    this.#input('session', connection, { type: 'frame', connection, message })
  }

  /** The transport has ended. */
  disconnected(connection: string, code: number): void {
    this.#input('session', connection, { type: 'gone', connection, code })
  }

  /** The transport refused something. */
  transportError(connection: string, error: string): void {
    this.#input('session', connection, { type: 'transport-error', connection, error })
  }

  /** The state of a connection's lifecycle; undefined for one that was never seen. */
  stateOf(connection: string): LifecycleState | undefined {
    return (this.#running.get(`session/${connection}`)?.state as Session | undefined)?.phase
  }

  /** The newest fencing token given out for a user; what the next one is above. */
  tokenOf(user: string): number {
    const machine = this.#running.get(`machine/${user}`)?.state as UserMachine | undefined
    return machine?.token ?? Math.max(this.#tokensFrom(user), this.#tokenForgotten)
  }

  /** Takes every timer back and hears of nothing more, as when the process ends. */
  stop(): void {
    this.#stopped = true
    for (const takeBack of this.#timers.values()) takeBack()
    this.#timers.clear()
  }

  /** What the machines hold, by connection; nothing for one that has ended. */
  holding(): readonly { readonly machine: string; readonly connection: string }[] {
    return [...this.#running].flatMap(([machine, { coordinates, state }]) =>
      (coordinates.holds?.(state) ?? []).map((connection) => ({ machine, connection })),
    )
  }

  /** Forgets a connection that has ended, and its user if that was the last one. For every ended connection. */
  forget(connection: string): void {
    const session = this.#running.get(`session/${connection}`)?.state as Session | undefined
    if (session === undefined || !isEnded(session.phase)) return
    this.#running.delete(`session/${connection}`)
    this.#outcomes.delete(connection)
    this.#connected.delete(connection)
    this.#forgetUser(session.user)
  }

  #forgetUser(user: string): void {
    const machine = this.#running.get(`machine/${user}`)?.state as UserMachine | undefined
    const isIdle = machine?.owner === null && machine.waiting.length === 0 && machine.lease === 'none'
    const isNeeded = [...this.#running.values()].some(
      ({ of }) => of.connection !== undefined && of.user === user,
    )
    if (machine === undefined || !isIdle || isNeeded) return
    this.#tokenForgotten = Math.max(this.#tokenForgotten, machine.token)
    this.#running.delete(`machine/${user}`)
    this.#users.delete(user)
  }

  #request(to: LifecycleState, who: { connection: string; user: string; reason: string }): Answer {
    const { connection, user, reason } = who
    if (this.#working) {
      throw new HeddleError(
        'HEDDLE_REENTRANT',
        'Expected requestTransition() to be called from outside, found a call from within a dependency. Call it once the dependency has returned.',
      )
    }
    this.#machine('session', connection, { connection, user })
    const from = this.stateOf(connection) ?? 'CONNECTING'
    this.#outcomes.delete(connection)
    this.#input('session', connection, { type: 'request', connection, to, reason })
    const outcome = this.#outcomes.get(connection) ?? 'denied'
    return { outcome, error: outcome === 'refused' ? new InvalidTransition(from, to) : undefined }
  }

  #machine(machine: string, of: string, who: { connection: string | undefined; user: string }): Running {
    const known = this.#running.get(`${machine}/${of}`)
    if (known !== undefined) return known
    const coordinates = this.#coordinator.machines[machine] as Machine
    const instances = this.#dependencies.store === undefined ? 1 : 2
    const identity = { ...who, instance: this.#instance, instances, tokensFrom: this.tokenOf(who.user) }
    const commands = this.#commandsOf({ machine, of, identity })
    const running = { of: identity, coordinates, commands, state: coordinates.initial(identity) }
    this.#running.set(`${machine}/${of}`, running)
    return running
  }

  #input(machine: string, of: string, input: Input | Message): void {
    this.#later(() => {
      const running = this.#running.get(`${machine}/${of}`)
      if (running === undefined) return
      running.state = produce(running.state, (draft) => {
        running.coordinates.receive(draft, input, running.commands)
      })
    })
  }

  /**
   * Does something after all that is to be done already; at once if that is nothing. What one piece throws
   * keeps no other from being done, and is thrown at the end.
   */
  #later(work: () => void): void {
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
    this.#later(() => void asked().then(answered, (error: unknown) => failed(describeThrown(error))))
  }

  /** Does something on a transport, and hears of it as of any transport error if that throws. */
  #attempt(deed: () => void, failed: (error: string) => void): void {
    this.#later(() => {
      try {
        deed()
      } catch (error) {
        failed(describeThrown(error))
      }
    })
  }

  #commandsOf(self: { machine: string; of: string; identity: Identity }): Commands {
    const { user } = self.identity
    const answer = (input: Input) => this.#input(self.machine, self.of, input)
    return {
      ...this.#toConnection(answer),
      ...this.#toStore(user, answer),
      ...this.#toTimers(self, answer),
      ...this.#toObservers(self),
      tell: (machine, of, message) => this.#input(machine, of, message),
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
      renewLease: (token: number) => this.#later(() => store().renew(user, token)),
      releaseLease: (token: number) => this.#later(() => store().release(user, token)),
    }
  }

  #toTimers(
    { machine, of, identity }: { machine: string; of: string; identity: Identity },
    answer: (input: Input) => void,
  ) {
    const { connection } = identity
    const takeBack = (key: string) => {
      this.#timers.get(key)?.()
      this.#timers.delete(key)
    }
    return {
      setTimer: (timer: string, window: WindowInput) =>
        this.#later(() => {
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
      cancelTimer: (timer: string) => this.#later(() => takeBack(`${machine}/${of}/${timer}`)),
    }
  }

  #toObservers({ machine, of, identity }: { machine: string; of: string; identity: Identity }) {
    const { user, instance } = identity
    return {
      moved: (connection: string, to: LifecycleState, token = 0) =>
        this.#observe({ type: 'moved', connection, user, instance, to, token }),
      coordinates: (connection: string) =>
        this.#observe({ type: 'coordinated', connection, user, instance, machine: `${machine} of ${of}` }),
      answered: (connection: string, to: LifecycleState, outcome: Outcome, error = '') => {
        this.#outcomes.set(connection, outcome)
        this.#observe({ type: 'answered', connection, user, instance, to, outcome, error })
      },
      standing: (connection: string, standing: 'queued' | 'promoted') =>
        this.#observe({ type: standing, connection, user, instance }),
    }
  }

  /** Once the transition is over, whatever the observer does. */
  #observe(observation: LifecycleObservation): void {
    this.#later(() => this.#dependencies.observe?.(observation))
  }
}
