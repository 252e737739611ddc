// The class of a real server under the scheduler: the environment is that of the model, event for event,
// and where the model has the coordinator's machines there are ports to ConnectionCoordinators, one for each
// instance, which run as the asynchronous code that they are. The same schedules fit both.

import {
  type Delivery,
  type Fired,
  HeddleError,
  type Property,
  type Scenario,
  System,
  type SystemState,
  type World,
  world,
} from '../sim/index.ts'
import { ConnectionCoordinator } from './connection-coordinator.ts'
import type { Coordinator } from './coordinator.ts'
import type { Dependencies } from './dependencies.ts'
import { environment } from './environment.ts'
import type { LifecycleParameters } from './options.ts'
import {
  type Answers,
  answerKey,
  connectionDependencies,
  leaseStore,
  PORT,
  type Port,
  type PortObservation,
  ports,
  type Say,
} from './ports.ts'
import { single } from './single.ts'
import { type Topology, topology, userMachineName } from './topology.ts'
import { hasEnded } from './transport.ts'
import type { Policy } from './user-machine.ts'
import type { LifecycleView } from './view.ts'

/** The class itself, to be put where a scenario wants a coordinator. */
export function connectionCoordinator(policy: Policy = 'standby'): Coordinator {
  const name = policy === 'standby' ? 'class' : `class:${policy}`
  return { ...single(policy), name, asynchronous: policy }
}

export interface AsynchronousParts {
  readonly name: string
  readonly policy: Policy
  readonly parameters: LifecycleParameters
  readonly properties: readonly Property[]
}

/** A scenario of the connection lifecycle with the asynchronous class in it, as a world. */
export function asynchronous({ name, policy, parameters, properties }: AsynchronousParts): Scenario {
  const places = topology(parameters)
  const system = new System({
    actors: environment(places, parameters, { entry: 'session', machines: ports(places) }),
    budgets: parameters.faults,
  })
  const overObservations = properties.filter(
    (property) =>
      property.kind === 'monitor' ||
      (property.kind === 'sometimes' && typeof property.reached !== 'function'),
  )
  return world(
    name,
    (inside) => {
      const bridge = new Bridge({ inside, system, places, policy, parameters })
      for (const property of properties) claim(inside.check, property, () => bridge.view())
      inside.check.eventually('no client waits for what can no longer come', () => bridge.waiting())
      bridge.begin()
    },
    {
      properties: overObservations,
      budgets: parameters.faults,
    },
  )
}

/** Has a run judge a property over states by what is seen of these; those over observations need nothing. */
function claim(check: World['check'], property: Property, view: () => LifecycleView): void {
  const { name } = property
  switch (property.kind) {
    case 'always':
      return check.always(name, () => property.holds(view()))
    case 'eventually': {
      const { withinUs } = property
      const options = withinUs === undefined ? {} : { within: `${withinUs}us` as const }
      return check.eventually(name, () => property.holds(view()), options)
    }
    case 'leadsTo':
      return check.leadsTo(
        name,
        () => property.from(view()),
        () => property.to(view()),
      )
    case 'sometimes': {
      const { reached } = property
      if (typeof reached === 'function') check.sometimes(name, () => reached(view()))
    }
  }
}

interface BridgeParts {
  readonly inside: World
  readonly system: System
  readonly places: Topology
  readonly policy: Policy
  readonly parameters: LifecycleParameters
}

/** Carries events from the world into the environment, and words between it and the coordinators. */
class Bridge {
  readonly #parts: BridgeParts
  readonly #initial: Fired
  #state: SystemState
  readonly #coordinators = new Map<string, { coordinator: ConnectionCoordinator; answers: Answers }>()
  // By sequence of the delivery: what takes its operation back.
  readonly #operations = new Map<number, AbortController>()

  constructor(parts: BridgeParts) {
    this.#parts = parts
    for (const instance of parts.places.instances) this.#startInstance(instance)
    this.#initial = parts.system.initial()
    this.#state = this.#initial.state
  }

  begin(): void {
    this.#apply(this.#initial)
  }

  view(): LifecycleView {
    const held = [...this.#coordinators.values()].flatMap(({ coordinator }) => coordinator.holding())
    const ended = (connection: string) =>
      hasEnded(this.#state.states[this.#parts.system.indexOf(`${connection}/transport`)])
    return {
      held: held.map(({ machine, connection }) => ({ machine, connection, ended: ended(connection) })),
    }
  }

  waiting(): true | string {
    const waiting = this.#parts.system.waiting(this.#state)
    return waiting.length === 0 || waiting.join('; ')
  }

  #startInstance(instance: string): void {
    const { places, policy } = this.#parts
    const before = this.#coordinators.get(instance)?.coordinator
    before?.stop()
    // What a server would take from its clock: tokens above all that an earlier life gave out.
    const tokens = new Map(places.users.map((user) => [user, before?.tokenOf(user) ?? 0]))
    const tokensFrom = (user: string) => tokens.get(user) ?? 0
    const answers: Answers = new Map()
    const dependencies = this.#dependencies(instance, answers)
    const coordinator = new ConnectionCoordinator(dependencies, { policy, instance, tokensFrom })
    this.#coordinators.set(instance, { coordinator, answers })
  }

  #apply({ state, observations }: Fired): void {
    this.#state = state
    for (const observation of observations) {
      if (observation.type === PORT) {
        this.#hear(observation as PortObservation)
        continue
      }
      this.#parts.inside.observe(observation)
      if (observation.type === 'crashed') this.#startInstance(String(observation.instance))
    }
    this.#follow()
  }

  /** Makes an operation of each new delivery, and takes back those of timers that are gone. */
  #follow(): void {
    const pending = new Set(this.#state.pending.map(({ sequence }) => sequence))
    for (const [sequence, operation] of this.#operations) {
      if (pending.has(sequence)) continue
      this.#operations.delete(sequence)
      operation.abort()
    }
    for (const delivery of this.#state.pending) {
      if (!this.#operations.has(delivery.sequence)) this.#await(delivery)
    }
  }

  #await(delivery: Delivery): void {
    const operation = new AbortController()
    this.#operations.set(delivery.sequence, operation)
    const { id, window, channel, fault } = delivery
    const name = id.slice(0, id.lastIndexOf('#'))
    this.#parts.inside
      .operation(name, {
        window: [`${window.minUs}us`, `${window.maxUs}us`],
        signal: operation.signal,
        ...(channel === undefined ? {} : { channel }),
        ...(fault === undefined ? {} : { fault }),
      })
      .then(
        () => {
          this.#operations.delete(delivery.sequence)
          this.#apply(this.#parts.system.fire(this.#state, delivery))
        },
        () => {},
      )
  }

  #hear({ port, message }: PortObservation): void {
    const user = this.#parts.places.connections.find(({ name }) => `${name}/session` === port)
    const instance = user?.instance ?? this.#instanceOfMachine(port)
    const { coordinator, answers } = this.#coordinators.get(instance) as {
      coordinator: ConnectionCoordinator
      answers: Answers
    }
    const connection = String(message.connection ?? '')
    switch (message.type) {
      case 'upgrade':
        return coordinator.connect(connection, user?.user ?? '')
      case 'frame':
        return coordinator.message(connection, Number(message.message))
      case 'gone':
        return coordinator.disconnected(connection, Number(message.code))
      case 'transport-error':
        return coordinator.transportError(connection, String(message.error))
      case 'request': {
        const { requestTransition } = coordinator.getOrCreate(user?.user ?? '', connection)
        requestTransition(message.to as never, connection, String(message.reason))
        return
      }
      default:
        answers.get(answerKey(port, message))?.(message)
    }
  }

  #instanceOfMachine(port: string): string {
    const { users, instances } = this.#parts.places
    const instance = instances.find((one) =>
      users.some((user) => userMachineName(user, 'machine', one, instances.length) === port),
    )
    if (instance === undefined) throw new HeddleError('HEDDLE_INTERNAL', `heddle's own bug: no port ${port}.`)
    return instance
  }

  #dependencies(instance: string, answers: Answers): Dependencies {
    const { places, parameters } = this.#parts
    const { instances } = places
    const network = parameters.delays.network
    const say: Say = (port, act) => {
      const { system } = this.#parts
      const { incarnation } = this.#state.states[system.indexOf(port)] as Port
      this.#apply(system.act(this.#state, port, (context) => act(context, incarnation)))
    }
    const machineOf = (user: string) => userMachineName(user, 'machine', instance, instances.length)
    return {
      ...connectionDependencies(say, answers),
      setTimer: ({ machine, of, timer }, window, callback) => {
        const port = machine === 'session' ? `${of}/session` : machineOf(of)
        answers.set(`${port} timer ${timer}`, callback)
        say(port, ({ setTimer }) => setTimer(timer, window, { type: 'timer', timer }))
        return () => say(port, ({ cancelTimer }) => cancelTimer(timer))
      },
      observe: (observation) => this.#parts.inside.observe({ ...observation }),
      ...(instances.length > 1 ? { store: leaseStore(say, answers, { machineOf, network }) } : {}),
    }
  }
}
