// A lifecycle scenario: puts clients, environment and a coordinator's machines together into one actor
// system. What happens in it is in the actors; nothing here decides an order.

import {
  type Actor,
  HeddleError,
  type Property,
  type Scenario,
  System,
  scenario,
  toWindow,
  type WindowInput,
} from '../sim/index.ts'
import { agent } from './agent.ts'
import { auth } from './auth.ts'
import { balancer } from './balancer.ts'
import { client, requester } from './client.ts'
import type { Coordinator, Identity, Machine } from './coordinator.ts'
import { instance } from './instance.ts'
import { machineActor } from './machine.ts'
import { type LifecycleOptions, type LifecycleParameters, lifecycleParameters } from './options.ts'
import { services } from './services.ts'
import { store } from './store.ts'
import { type Connection, connectionMachine, type Topology, topology, userMachineName } from './topology.ts'
import { transport } from './transport.ts'

/** What properties over a lifecycle scenario look at, beside its observations. */
export interface LifecycleView {
  /** What the coordinator's machines still hold, and whether the connection they hold it for has ended. */
  readonly held: readonly { readonly machine: string; readonly connection: string; readonly ended: boolean }[]
}

/** Names that the environment has taken; no machine of a coordinator may have one. */
const ENVIRONMENT = ['transport', 'auth', 'services']

/**
 * A scenario of the connection lifecycle under a coordinator. Throws HEDDLE_SCENARIO_OPTIONS for options out
 * of their bounds, HEDDLE_COORDINATOR for a coordinator that does not keep the contract.
 */
export function lifecycle(
  name: string,
  options: LifecycleOptions & { coordinator: Coordinator; properties?: readonly Property[] },
): Scenario {
  const { coordinator, properties = [], ...rest } = options
  checkCoordinator(coordinator)
  const parameters = lifecycleParameters(rest)
  const system = assemble(parameters, coordinator)
  return scenario({
    name,
    parameters: { coordinator: coordinator.name, ...parameters } as Scenario['parameters'],
    properties,
    begin: () => system.begin(),
  })
}

function checkCoordinator({ name, entry, machines }: Coordinator): void {
  const complaint =
    typeof name !== 'string' || name === ''
      ? 'a name'
      : typeof machines !== 'object' || machines === null
        ? 'machines'
        : machines[entry]?.per !== 'connection'
          ? `a machine "${entry}" (its entry) for each connection`
          : ENVIRONMENT.find((taken) => taken in machines) !== undefined
            ? `machines not named ${ENVIRONMENT.join(', ')}`
            : undefined
  if (complaint === undefined) return
  throw new HeddleError(
    'HEDDLE_COORDINATOR',
    `Expected a coordinator with ${complaint}; see model/coordinator.ts.`,
  )
}

function assemble(parameters: LifecycleParameters, coordinator: Coordinator): System {
  const places = topology(parameters)
  const machines = machineActors(places, coordinator, parameters.delays.network as WindowInput)
  const holders = Object.keys(machines).flatMap((name) => {
    const holds = machines[name]?.holds
    return holds === undefined ? [] : [{ name, holds }]
  })
  return new System({
    actors: {
      ...clients(places, parameters, coordinator.entry),
      ...(parameters.balancer === 'none' ? {} : { balancer: balancerOf(parameters) }),
      ...Object.assign(
        {},
        ...places.connections.map((one) => environmentOf(one, parameters, coordinator.entry)),
      ),
      ...Object.fromEntries(Object.entries(machines).map(([name, { actor }]) => [name, actor])),
      ...shared(places, parameters),
      ...instances(places, parameters),
    },
    budgets: parameters.faults,
    view: (states): LifecycleView => ({
      held: holders.flatMap(({ name, holds }) =>
        holds(states[name]).map((connection) => ({
          machine: name,
          connection,
          ended: (states[`${connection}/transport`] as { phase: string }).phase === 'ended',
        })),
      ),
    }),
  })
}

type Actors = Record<string, Actor<any, any>>

function clients({ clients }: Topology, parameters: LifecycleParameters, entry: string): Actors {
  const { minUs, maxUs } = toWindow(parameters.stagger as WindowInput)
  return Object.fromEntries(
    clients.map((place) => {
      const offset: WindowInput = [`${minUs * place.index}us`, `${maxUs * place.index}us`]
      const one =
        parameters.asksFor === null
          ? client(place, offset, parameters)
          : requester(place, offset, parameters, entry)
      return [place.name, one]
    }),
  )
}

function balancerOf({ delays, balancer: kind }: LifecycleParameters): Actor<any, any> {
  const { network, coldStart } = delays as Windows
  return balancer({ network, coldStart, strips: kind === 'strips-authorization' })
}

type Windows = Record<keyof LifecycleParameters['delays'], WindowInput>

/** What stands on the server beside the machines of one connection. */
function environmentOf(connection: Connection, parameters: LifecycleParameters, entry: string): Actors {
  const delays = parameters.delays as Windows
  const { resets, serviceFailures, partialServices } = parameters.faults
  return {
    [`${connection.name}/transport`]: transport(connection, entry, delays, resets > 0),
    [`${connection.name}/auth`]: auth(connection, delays.auth),
    [`${connection.name}/services`]: services(connection, {
      window: delays.services,
      faults: delays.faults,
      network: delays.network,
      mayFail: serviceFailures > 0,
      mayBeLate: partialServices > 0,
    }),
  }
}

/** What all instances share: the agent of each user, and the store if there are several instances. */
function shared({ users, instances }: Topology, parameters: LifecycleParameters): Actors {
  const delays = parameters.delays as Windows
  const stores = instances.length > 1 ? users : []
  return Object.fromEntries([
    ...users.map((user) => [`agent/${user}`, agent(user, delays)]),
    ...stores.map((user) => [`store/${user}`, store(user, delays, parameters.faults.leaseLapses > 0)]),
  ])
}

function instances({ instances, connections }: Topology, { delays, faults }: LifecycleParameters): Actors {
  if (faults.crashes === 0) return {}
  const { network, faults: window } = delays as Windows
  return Object.fromEntries(
    instances.map((name) => {
      const own = connections.filter((connection) => connection.instance === name)
      return [`server-${name}`, instance(name, { connections: own, network, faults: window })]
    }),
  )
}

interface Placed {
  readonly actor: Actor<any, any>
  readonly holds: Machine['holds']
}

function machineActors(
  { connections, users, instances }: Topology,
  coordinator: Coordinator,
  network: WindowInput,
) {
  const placed: Record<string, Placed> = {}
  const nameOf = (machine: string, of: string, instance: string) =>
    coordinator.machines[machine]?.per === 'user'
      ? userMachineName(of, machine, instance, instances.length)
      : connectionMachine(of, machine)
  const place = (machine: string, of: string, identity: Identity) => {
    const definition = coordinator.machines[machine] as Machine
    const find = (other: string, whose: string) => nameOf(other, whose, identity.instance)
    const actor = machineActor(definition, identity, { find, network })
    placed[nameOf(machine, of, identity.instance)] = { actor, holds: definition.holds }
  }
  for (const [machine, { per }] of Object.entries(coordinator.machines)) {
    if (per === 'connection') {
      for (const { name: connection, user, instance } of connections) {
        place(machine, connection, { connection, user, instance, instances: instances.length })
      }
    } else {
      for (const user of users) {
        for (const instance of instances) {
          place(machine, user, { connection: undefined, user, instance, instances: instances.length })
        }
      }
    }
  }
  return placed
}
