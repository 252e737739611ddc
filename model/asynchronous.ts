// The class of a real server under the scheduler: the environment is that of the model, event for event,
// and where the model has the coordinator's machines there are ports to ConnectionCoordinators, one for each
// instance, which run as the asynchronous code that they are. The same schedules fit both.

import {
  actor,
  type Context,
  type Delivery,
  type Fired,
  HeddleError,
  type Message,
  type Observation,
  type Property,
  type Scenario,
  System,
  type SystemState,
  type WindowInput,
  type World,
  world,
} from '../sim/index.ts'
import { ConnectionCoordinator, type Dependencies, type LeaseStore } from './connection-coordinator.ts'
import type { AgentEventInput } from './coordinator.ts'
import { environment } from './environment.ts'
import type { LifecycleView } from './lifecycle.ts'
import { type LifecycleOptions, type LifecycleParameters, lifecycleParameters } from './options.ts'
import { connectionMachine, hostOf, type Topology, topology, userMachineName } from './topology.ts'
import { hasEnded } from './transport.ts'
import type { Policy } from './user-machine.ts'

/** What a port hears, it shows; the bridge takes it from there. */
const PORT = 'port'

interface PortObservation extends Observation {
  readonly type: typeof PORT
  readonly port: string
  readonly message: Message & Record<string, unknown>
}

/** A scenario of the connection lifecycle with the asynchronous class in it, as a world. */
export function asynchronous(
  name: string,
  options: LifecycleOptions & { policy?: Policy; properties?: readonly Property[] },
): Scenario {
  const { policy = 'standby', properties = [], ...rest } = options
  const parameters = lifecycleParameters(rest)
  const places = topology(parameters)
  const system = new System({
    actors: environment(places, parameters, { entry: 'session', machines: ports(places) }),
    budgets: parameters.faults,
  })
  const overObservations = properties.filter(({ kind }) => kind === 'monitor' || kind === 'sometimes')
  return world(
    name,
    (inside) => {
      const bridge = new Bridge({ inside, system, places, policy, parameters })
      for (const property of properties) {
        if (property.kind === 'eventually')
          inside.check.eventually(property.name, () => property.holds(bridge.view()))
      }
      inside.check.eventually('no client waits for what can no longer come', () => bridge.waiting())
      bridge.begin()
    },
    {
      parameters: { coordinator: 'asynchronous', policy, ...parameters } as Scenario['parameters'],
      properties: overObservations,
      budgets: parameters.faults,
    },
  )
}

function ports({ connections, users, instances }: Topology) {
  const port = (name: string, instance: string) =>
    [
      name,
      actor<object, Message>({
        initial: {},
        host: hostOf(instance),
        receive: (_, message, { self, observe }) => observe({ type: PORT, port: self, message }),
      }),
    ] as const
  return Object.fromEntries([
    ...connections.map(({ name, instance }) => port(connectionMachine(name, 'session'), instance)),
    ...users.flatMap((user) =>
      instances.map((instance) =>
        port(userMachineName(user, 'machine', instance, instances.length), instance),
      ),
    ),
  ])
}

interface BridgeParts {
  readonly inside: World
  readonly system: System
  readonly places: Topology
  readonly policy: Policy
  readonly parameters: LifecycleParameters
}

/** What a coordinator waits for from outside: who answers it, by what and whose it is. */
type Answers = Map<string, (message: Message & Record<string, unknown>) => void>

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
    this.#coordinators.get(instance)?.coordinator.stop()
    const answers: Answers = new Map()
    const dependencies = this.#dependencies(instance, answers)
    const coordinator = new ConnectionCoordinator(dependencies, { policy: this.#parts.policy, instance })
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
    const say = (port: string, act: (context: Context) => void) =>
      this.#apply(this.#parts.system.act(this.#state, port, act))
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

type Say = (port: string, act: (context: Context) => void) => void

/** Which question a message answers. */
function answerKey(port: string, message: Message & Record<string, unknown>): string {
  switch (message.type) {
    case 'timer':
      return `${port} timer ${message.timer}`
    case 'accepted':
      return `${port} accept`
    case 'authenticated':
    case 'unauthenticated':
      return `${port} authenticate`
    case 'lease-granted':
    case 'lease-refused':
      return `${port} lease`
    case 'lease-lost':
      return `${port} lost`
    default:
      return message.type.startsWith('services') ? `${port} services` : `${port} agent`
  }
}

function connectionDependencies(say: Say, answers: Answers) {
  const portOf = (connection: string) => `${connection}/session`
  const tell = (connection: string, part: string, message: Message) =>
    say(portOf(connection), ({ self, send }) => send(`${connection}/${part}`, { ...message, from: self }))
  /** Says something, and resolves to the answer. */
  const ask = (connection: string, what: string, part: string, message: Message) =>
    new Promise<Message>((resolve) => {
      answers.set(`${portOf(connection)} ${what}`, resolve)
      tell(connection, part, message)
    })
  return {
    accept: async (connection: string) => {
      await ask(connection, 'accept', 'transport', { type: 'accept' })
    },
    receive: (connection: string) => tell(connection, 'transport', { type: 'receive' }),
    authenticate: async (connection: string) => {
      const { type } = await ask(connection, 'authenticate', 'auth', { type: 'authenticate' })
      return type === 'authenticated'
    },
    startServices: (connection: string, onDegraded: () => void) =>
      new Promise<void>((resolve, reject) => {
        answers.set(`${portOf(connection)} services`, ({ type }) => {
          if (type === 'services-ready') resolve()
          else if (type === 'services-degraded') onDegraded()
          else reject(new Error('services failed to start'))
        })
        tell(connection, 'services', { type: 'start' })
      }),
    runAgent: (
      work: { connection: string; message: number; token: number },
      emit: (event: AgentEventInput['event']) => void,
    ) =>
      new Promise<boolean>((resolve) => {
        const { connection, message, token } = work
        answers.set(`${portOf(connection)} agent`, (answer) => {
          if (answer.type === 'fenced') return resolve(false)
          const { event } = answer as unknown as AgentEventInput
          emit(event)
          if (event === 'agent_completed') resolve(true)
        })
        tell(connection, 'services', { type: 'run', message, token } as Message)
      }),
    send: (connection: string, frame: { type: string }) =>
      tell(connection, 'transport', { type: 'send', frame } as Message),
    close: (connection: string, code: number, reason: string) =>
      tell(connection, 'transport', { type: 'close', code, reason } as Message),
  }
}

interface StorePlace {
  readonly machineOf: (user: string) => string
  /** The way to the store and back. */
  readonly network: WindowInput
}

function leaseStore(say: Say, answers: Answers, { machineOf, network }: StorePlace): LeaseStore {
  const tell = (user: string, message: Message) =>
    say(machineOf(user), ({ self, send }) =>
      send(`store/${user}`, { ...message, from: self }, { window: network }),
    )
  return {
    acquire: (user, mode, onLost) =>
      new Promise((resolve) => {
        const port = machineOf(user)
        answers.set(`${port} lost`, ({ token }) => onLost(Number(token)))
        answers.set(`${port} lease`, ({ type, token }) =>
          resolve(type === 'lease-granted' ? Number(token) : null),
        )
        tell(user, { type: 'acquire', mode } as Message)
      }),
    renew: (user, token) => tell(user, { type: 'renew', token } as Message),
    release: (user, token) => tell(user, { type: 'release', token } as Message),
  }
}
