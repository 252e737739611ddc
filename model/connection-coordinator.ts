// The coordinator for a real server: the very machines of session.ts and user-machine.ts, run by an ordinary
// class with asynchronous dependencies. A machine's transition runs to its end before anything that it asked
// for begins; answers come back as inputs, one at a time. No transition stands here: what is checked runs.

import { produce } from 'immer'
import { HeddleError, type Message } from '../sim/index.ts'
import type { Commands, Coordinator, Input, Machine, Outcome } from './coordinator.ts'
import type { Dependencies } from './dependencies.ts'
import { Outside } from './outside.ts'
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
  readonly coordinates: Machine
  readonly commands: Commands
  state: unknown
}

export class ConnectionCoordinator {
  readonly #outside: Outside
  readonly #instances: number
  readonly #coordinator: Coordinator
  readonly #instance: string
  readonly #tokensFrom: (user: string) => number
  // The highest token of the machines that were forgotten.
  #tokenForgotten = 0
  // By machine and whose it is, such as `session/tab-1`.
  readonly #running = new Map<string, Running>()
  readonly #users = new Map<string, UserCoordination>()
  readonly #connected = new Set<string>()
  // The last answer to a request of each connection.
  readonly #outcomes = new Map<string, Outcome>()
  // How many sessions each user has.
  readonly #sessions = new Map<string, number>()

  constructor(dependencies: Dependencies, options: CoordinatorOptions = {}) {
    const { policy = 'standby', instance = 'a', tokensFrom = 0 } = options
    this.#outside = new Outside(dependencies)
    this.#instances = dependencies.store === undefined ? 1 : 2
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
    this.#outside.stop()
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
    this.#sessions.set(session.user, (this.#sessions.get(session.user) ?? 1) - 1)
    this.#forgetUser(session.user)
  }

  #forgetUser(user: string): void {
    const machine = this.#running.get(`machine/${user}`)?.state as UserMachine | undefined
    const isIdle = machine?.owner === null && machine.waiting.length === 0 && machine.lease === 'none'
    if (machine === undefined || !isIdle || (this.#sessions.get(user) ?? 0) > 0) return
    this.#tokenForgotten = Math.max(this.#tokenForgotten, machine.token)
    this.#running.delete(`machine/${user}`)
    this.#users.delete(user)
    this.#sessions.delete(user)
  }

  #request(to: LifecycleState, who: { connection: string; user: string; reason: string }): Answer {
    const { connection, user, reason } = who
    if (this.#outside.isWorking) {
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
    const tokensFrom = this.tokenOf(who.user)
    const identity = { ...who, instance: this.#instance, instances: this.#instances, tokensFrom }
    const commands = this.#outside.commandsOf({
      machine,
      of,
      identity,
      answer: (input) => this.#input(machine, of, input),
      tell: (other, whose, message) => this.#input(other, whose, message),
      answered: (connection, outcome) => void this.#outcomes.set(connection, outcome),
    })
    const running = { coordinates, commands, state: coordinates.initial(identity) }
    if (machine === 'session') this.#sessions.set(who.user, (this.#sessions.get(who.user) ?? 0) + 1)
    this.#running.set(`${machine}/${of}`, running)
    return running
  }

  #input(machine: string, of: string, input: Input | Message): void {
    this.#outside.later(() => {
      const running = this.#running.get(`${machine}/${of}`)
      if (running === undefined) return
      running.state = produce(running.state, (draft) => {
        running.coordinates.receive(draft, input, running.commands)
      })
    })
  }
}
