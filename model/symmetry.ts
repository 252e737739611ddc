// What is interchangeable in a lifecycle scenario: the tabs of a user that are served alike, and users whose tabs
// are. Says only how names and numbers change places; that nothing in the model depends on them is a claim, and
// properties/symmetry.test.ts holds it: a renamed run is a run.

import type { Symmetry } from '../sim/index.ts'
import { tokenOf } from './auth.ts'
import { type Client, messageNumber, ownerOfMessage, type Topology } from './topology.ts'

/** The fields that hold the number of a message, in states, messages, observations and claims. */
const MESSAGE_FIELDS: ReadonlySet<string> = new Set([
  'message',
  'current',
  'seen',
  'last',
  'queue[]',
  'buffer[]',
  'frames[]',
  'open[]',
])

/** The symmetries of a scenario, innermost first; none where nothing is interchangeable. */
export function symmetries(places: Topology): readonly Symmetry[] {
  const number = renameMessage(places)
  const tabs = places.users.flatMap((user) =>
    alike(clientsOf(places, user), instancesOfClient).map((same) => same.map(({ name }) => [name])),
  )
  const users = alike(places.users, (user) => instancesOfUser(places, user)).map((same) =>
    same.map((user) => [user, tokenOf(user), ...clientsOf(places, user).map(({ name }) => name)]),
  )
  return [...tabs, ...users].map((blocks) => ({ blocks, number }))
}

/** A message's number says whose it is; 0 is none. */
function renameMessage({ clients }: Topology): NonNullable<Symmetry['number']> {
  const indexOf = new Map(clients.map(({ name, index }) => [name, index]))
  return (value, key, rename) => {
    if (value === 0 || !MESSAGE_FIELDS.has(key)) return value
    const { index, count } = ownerOfMessage(value)
    const owner = clients[index]
    const other = owner === undefined ? undefined : indexOf.get(rename(owner.name))
    return other === undefined ? value : messageNumber(other, count)
  }
}

const clientsOf = ({ clients }: Topology, user: string) => clients.filter((one) => one.user === user)

/** Which instances serve a client, one attempt after the other. */
const instancesOfClient = ({ connections }: Client) => connections.map(({ instance }) => instance).join()

const instancesOfUser = (places: Topology, user: string) =>
  clientsOf(places, user).map(instancesOfClient).join(' ')

/** The groups, of two or more, of what has the same shape, in the order in which they come. */
function alike<T>(all: readonly T[], shapeOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const shape = shapeOf(one)
    groups.set(shape, [...(groups.get(shape) ?? []), one])
  }
  return [...groups.values()].filter((group) => group.length > 1)
}
