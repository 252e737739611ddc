// Who acts for a user: at most one connection, granted once, coordinated by one machine.

import { isEnded, isOwning, type Observed } from '../model/index.ts'
import { type Monitor, monitor } from '../sim/index.ts'

/** The first by name, as no order in which they came is kept. */
export function first(names: readonly string[]): string | undefined {
  return names.toSorted((a, b) => (a < b ? -1 : 1))[0]
}

interface Owners {
  /** The connections that act for the user, with where and under which fencing token. */
  owners: Record<string, { instance: string; token: number }>
  /** The highest token under which the agent has worked, and for which connection. */
  effectToken: number
  effectOf: string | null
}

/**
 * One owner per user: on an instance never two connections that act for the same user; over instances never
 * two under the same fencing token, no effect under an older token after one under a newer, and no effects
 * for two connections under one token.
 */
export const oneOwnerPerUser: Monitor = monitor<
  Owners,
  Observed<'moved'> | Observed<'effect'> | Observed<'gone'> | Observed<'crashed'>
>({
  name: 'one owner per user',
  on: ['moved', 'effect', 'gone', 'crashed'],
  each: ({ user }) => user,
  initial: { owners: {}, effectToken: 0, effectOf: null },
  observe(state, observation) {
    const { connection, user } = observation
    if (observation.type === 'effect') {
      const { token } = observation
      const { effectToken, effectOf } = state
      if (token === effectToken && effectOf !== null && effectOf !== connection) {
        return `${effectOf} and ${connection} both work for ${user} under token ${token}`
      }
      state.effectOf = connection
      if (token < state.effectToken)
        return `${connection} worked for ${user} under token ${token} after token ${state.effectToken}`
      state.effectToken = token
      return
    }
    delete state.owners[connection]
    if (observation.type !== 'moved' || !isOwning(observation.to)) return
    const { instance, token } = observation
    const rival = first(
      Object.keys(state.owners).filter(
        (name) => state.owners[name]?.instance === instance || state.owners[name]?.token === token,
      ),
    )
    state.owners[connection] = { instance, token }
    return rival && `${rival} and ${connection} both act for ${user}`
  },
})

interface Grants {
  holder: string | null
  granted: boolean
  /** One that was queued or denied before anybody was granted anything, and has not ended since. */
  putOff: string | null
}

/**
 * Exactly one grant for n concurrent requests: while one connection has what it asked for, no other of the
 * user's connections on the instance gets it; and one of those that ask does.
 */
export const exactlyOneGrant: Monitor = monitor<
  Grants,
  Observed<'answered'> | Observed<'moved'> | Observed<'gone'> | Observed<'crashed'>
>({
  name: 'exactly one grant for concurrent requests',
  on: ['answered', 'moved', 'gone', 'crashed'],
  each: ({ user, instance }) => `${user}@${instance}`,
  initial: { holder: null, granted: false, putOff: null },
  observe(state, observation) {
    const { connection } = observation
    if (observation.type !== 'answered') {
      const over = observation.type !== 'moved' || observation.to === 'CLOSING' || isEnded(observation.to)
      if (over && state.holder === connection) state.holder = null
      if (over && state.putOff === connection) state.putOff = null
      return
    }
    const { outcome } = observation
    if (!state.granted && (outcome === 'queued' || outcome === 'denied')) state.putOff = connection
    if (outcome !== 'granted') return
    const { holder } = state
    state.holder = connection
    state.granted = true
    state.putOff = null
    if (holder !== null && holder !== connection) return `granted to ${connection} while ${holder} has it`
  },
  atRest: ({ putOff }) =>
    putOff !== null ? `${putOff} was put off, and nobody was granted anything` : undefined,
})

interface Machines {
  machine: string | null
}

/** One machine per user: every connection of a user on an instance is coordinated by the same machine. */
export const oneMachinePerUser: Monitor = monitor<Machines, Observed<'coordinated'> | Observed<'crashed'>>({
  name: 'one machine per user',
  on: ['coordinated', 'crashed'],
  each: ({ user, instance }) => `${user}@${instance}`,
  initial: { machine: null },
  observe(state, observation) {
    if (observation.type === 'crashed') {
      state.machine = null
      return
    }
    const { machine, connection, user } = observation
    if (state.machine !== null && state.machine !== machine) {
      return `${user} already has ${state.machine}, and ${connection} gets ${machine}`
    }
    state.machine = machine
  },
})
