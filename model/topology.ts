// Who is there: users, their clients, the connections that a client may make one after the other, and which
// instance serves each of them. Names and nothing else; fixed before a run begins.

import type { LifecycleParameters } from './options.ts'

export interface Connection {
  /** `tab-1` for the first connection of a client, `tab-1~2` for its second. */
  readonly name: string
  readonly client: string
  readonly user: string
  readonly instance: string
}

export interface Client {
  readonly name: string
  readonly user: string
  /** Position among all clients, from 0. */
  readonly index: number
  /** The connections that it may make, in order; at least one. */
  readonly connections: readonly Connection[]
}

export interface Topology {
  readonly users: readonly string[]
  readonly clients: readonly Client[]
  readonly connections: readonly Connection[]
  readonly instances: readonly string[]
}

export function topology(parameters: LifecycleParameters): Topology {
  const instances = Array.from({ length: parameters.instances }, (_, index) =>
    String.fromCharCode(97 + index),
  )
  const users = Array.from({ length: parameters.users }, (_, index) => `user-${index + 1}`)
  const clients = users.flatMap((user, userIndex) =>
    Array.from({ length: parameters.connections }, (_, tab) =>
      client(userIndex * parameters.connections + tab, user, instances, parameters.reconnects + 1),
    ),
  )
  return { users, clients, connections: clients.flatMap((one) => one.connections), instances }
}

/** The load is spread by turns: the next client, and the next attempt of a client, get the next instance. */
function client(index: number, user: string, instances: readonly string[], attempts: number): Client {
  const name = `tab-${index + 1}`
  const connections = Array.from({ length: attempts }, (_, attempt) => ({
    name: attempt === 0 ? name : `${name}~${attempt + 1}`,
    client: name,
    user,
    instance: instances[(index + attempt) % instances.length] as string,
  }))
  return { name, user, index, connections }
}

// More than the messages of one client.
const MESSAGES_MAX = 100

/** Unique over all clients, and grows for each: tab-2 sends 101, 102, … `count` is from 1. */
export const messageNumber = (index: number, count: number): number => index * MESSAGES_MAX + count

/** Which client's message a number is, by its index, and which of its messages. */
export function ownerOfMessage(message: number): { readonly index: number; readonly count: number } {
  const index = Math.floor((message - 1) / MESSAGES_MAX)
  return { index, count: message - index * MESSAGES_MAX }
}

/** The host on which an instance's actors live. */
export const hostOf = (instance: string): string => `server-${instance}`

/** The name of a machine that each connection has. */
export const connectionMachine = (connection: string, machine: string): string => `${connection}/${machine}`

/** The name of a machine that each user has on each instance; one instance needs no mark. */
export function userMachineName(user: string, machine: string, instance: string, instances: number): string {
  return instances === 1 ? `${user}/${machine}` : `${user}@${instance}/${machine}`
}
