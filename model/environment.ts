// Everything around a coordinator's machines, put in its place: clients, the load balancer, what stands on a
// server beside a connection's machines, and what all instances share.

import { type Actor, toWindow, type WindowInput } from '../sim/index.ts'
import { agent } from './agent.ts'
import { auth } from './auth.ts'
import { balancer } from './balancer.ts'
import { client, requester } from './client.ts'
import { instance } from './instance.ts'
import type { LifecycleParameters } from './options.ts'
import { services } from './services.ts'
import { store } from './store.ts'
import type { Connection, Topology } from './topology.ts'
import { transport } from './transport.ts'

export type Actors = Record<string, Actor<any, any>>

/** The actors of the environment by name; `machines` are put among them, where their columns belong. */
export function environment(
  places: Topology,
  parameters: LifecycleParameters,
  { entry, machines }: { entry: string; machines: Actors },
): Actors {
  return {
    ...clients(places, parameters, entry),
    ...(parameters.balancer === 'none' ? {} : { balancer: balancerOf(parameters) }),
    ...Object.assign({}, ...places.connections.map((one) => environmentOf(one, parameters, entry))),
    ...machines,
    ...shared(places, parameters),
    ...instances(places, parameters),
  }
}

function clients({ clients }: Topology, parameters: LifecycleParameters, entry: string): Actors {
  const { minUs, maxUs } = toWindow(parameters.stagger)
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
  const { network, coldStart } = delays
  return balancer({ network, coldStart, strips: kind === 'strips-authorization' })
}

/** What stands on the server beside the machines of one connection. */
function environmentOf(connection: Connection, parameters: LifecycleParameters, entry: string): Actors {
  const delays = parameters.delays
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
  const delays = parameters.delays
  const stores = instances.length > 1 ? users : []
  return Object.fromEntries([
    ...users.map((user) => [`agent/${user}`, agent(user, delays)]),
    ...stores.map((user) => [`store/${user}`, store(user, delays, parameters.faults.leaseLapses > 0)]),
  ])
}

function instances({ instances, connections }: Topology, { delays, faults }: LifecycleParameters): Actors {
  if (faults.crashes === 0) return {}
  const { network, faults: window } = delays
  return Object.fromEntries(
    instances.map((name) => {
      const own = connections.filter((connection) => connection.instance === name)
      return [`server-${name}`, instance(name, { connections: own, network, faults: window })]
    }),
  )
}
