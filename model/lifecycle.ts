// A lifecycle scenario: puts clients, environment and a coordinator's machines together into one actor
// system. What happens in it is in the actors; nothing here decides an order.

import {
  type Actor,
  HeddleError,
  type Property,
  printable,
  type Scenario,
  System,
  scenario,
  type WindowInput,
} from '../sim/index.ts'
import { asynchronous } from './asynchronous.ts'
import type { Coordinator, Identity, Machine } from './coordinator.ts'
import { environment } from './environment.ts'
import { machineActor, type Placed } from './machine.ts'
import { type LifecycleOptions, type LifecycleParameters, lifecycleParameters } from './options.ts'
import { simpler } from './simpler.ts'
import { symmetries } from './symmetry.ts'
import { connectionMachine, type Topology, topology, userMachineName } from './topology.ts'
import { hasEnded } from './transport.ts'
import type { LifecycleView } from './view.ts'

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
  const made =
    coordinator.asynchronous === undefined
      ? inPlace(name, properties, parameters, coordinator)
      : asynchronous({ name, policy: coordinator.asynchronous, parameters, properties })
  return {
    ...made,
    parameters: { coordinator: coordinator.name, ...parameters } as Scenario['parameters'],
    *simpler() {
      for (const less of simpler(parameters)) yield lifecycle(name, { ...less, coordinator, properties })
    },
    withParameters({ coordinator: recorded, ...others }) {
      checkSameCoordinator(recorded, coordinator)
      return lifecycle(name, { ...(others as LifecycleOptions), coordinator, properties })
    },
  }
}

function inPlace(
  name: string,
  properties: readonly Property[],
  parameters: LifecycleParameters,
  coordinator: Coordinator,
): Scenario {
  const places = topology(parameters)
  const system = assemble(places, parameters, coordinator)
  return scenario({ name, properties, system, symmetries: symmetries(places) })
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

function checkSameCoordinator(recorded: unknown, { name }: Coordinator): void {
  if (recorded === name) return
  throw new HeddleError(
    'HEDDLE_COORDINATOR',
    `Expected parameters of the coordinator "${name}", found those of "${printable(String(recorded))}". A schedule can only be followed on the one that it was recorded with.`,
  )
}

function assemble(places: Topology, parameters: LifecycleParameters, coordinator: Coordinator): System {
  const machines = machineActors(places, coordinator, parameters.delays.network)
  const holders = Object.keys(machines).flatMap((name) => {
    const holds = machines[name]?.holds
    return holds === undefined ? [] : [{ name, holds }]
  })
  return new System({
    actors: environment(places, parameters, {
      entry: coordinator.entry,
      machines: Object.fromEntries(Object.entries(machines).map(([name, { actor }]) => [name, actor])),
    }),
    budgets: parameters.faults,
    view: (states): LifecycleView => ({
      held: holders.flatMap(({ name, holds }) =>
        holds((states[name] as Placed).machine).map((connection) => ({
          machine: name,
          connection,
          ended: hasEnded(states[`${connection}/transport`]),
        })),
      ),
    }),
  })
}

interface MachineInPlace {
  readonly actor: Actor<any, any>
  readonly holds: Machine['holds']
}

function machineActors(
  { connections, users, instances }: Topology,
  coordinator: Coordinator,
  network: WindowInput,
) {
  const placed: Record<string, MachineInPlace> = {}
  const nameOf = (machine: string, of: string, instance: string) =>
    coordinator.machines[machine]?.per === 'user'
      ? userMachineName(of, machine, instance, instances.length)
      : connectionMachine(of, machine)
  const place = (machine: string, of: string, identity: Identity) => {
    const definition = coordinator.machines[machine] as Machine
    const find = (other: string, whose: string) => nameOf(other, whose, identity.instance)
    const name = `${machine} of ${of}`
    const actor = machineActor(definition, identity, { name, find, network })
    placed[nameOf(machine, of, identity.instance)] = { actor, holds: definition.holds }
  }
  for (const [machine, { per }] of Object.entries(coordinator.machines)) {
    if (per === 'connection') {
      for (const { name: connection, user, instance } of connections) {
        place(machine, connection, { connection, user, instance, instances: instances.length, tokensFrom: 0 })
      }
    } else {
      for (const user of users) {
        for (const instance of instances) {
          place(machine, user, {
            connection: undefined,
            user,
            instance,
            instances: instances.length,
            tokensFrom: 0,
          })
        }
      }
    }
  }
  return placed
}
