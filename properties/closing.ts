// How connections end: with the right code, and every one of them, with nothing left behind.

import { CLOSE, isEnded, isOwning, type LifecycleView, type Observed } from '../model/index.ts'
import { eventually, monitor } from '../sim/index.ts'

/** No 1011 without a fault: as long as no fault has struck, no server closes with an internal error. */
export const no1011WithoutFault = monitor<{ faults: number }, Observed<'closed'> | Observed<'fault'>>({
  name: 'no 1011 without a fault',
  on: ['closed', 'fault'],
  initial: { faults: 0 },
  observe(state, observation) {
    if (observation.type === 'fault') {
      state.faults++
      return
    }
    const { code, connection, reason } = observation
    if (code === CLOSE.internalError && state.faults === 0)
      return `${connection} is closed with 1011: ${reason}`
  },
})

const UNAUTHENTICATED_CODES: readonly number[] = [CLOSE.unauthenticated, CLOSE.policyViolation]

/**
 * An unauthenticated connection gets nothing but a close: no connection is told that it is ready, or sent an
 * agent event, before its credentials were accepted; one that is refused is closed with 4401 or 1008.
 */
export const unauthenticatedGetsOnlyAClose = monitor<
  { credentials: 'unknown' | 'good' | 'bad' },
  Observed<'ended'> | Observed<'connect' | 'ready'> | Observed<'received'> | Observed<'closed'>
>({
  name: 'an unauthenticated connection gets nothing but a close',
  on: ['ended', 'ready', 'received', 'closed'],
  each: ({ connection }) => connection,
  initial: { credentials: 'unknown' },
  observe(state, observation) {
    const { connection } = observation
    if (observation.type === 'ended') {
      if (observation.what === 'auth')
        state.credentials = observation.outcome === 'authenticated' ? 'good' : 'bad'
      return
    }
    if (observation.type !== 'closed') {
      return state.credentials === 'good'
        ? undefined
        : `${connection} gets ${observation.type} and is not authenticated`
    }
    const { by, code } = observation
    if (by === 'server' && state.credentials === 'bad' && !UNAUTHENTICATED_CODES.includes(code)) {
      return `${connection} is refused and closed with ${code}`
    }
  },
})

interface Standing {
  /** Connections that came, and how each stands. */
  connections: Record<string, 'coming' | 'waiting' | 'granted' | 'owning' | 'ready' | 'over'>
}

type StandingObservation =
  | Observed<'upgrade'>
  | Observed<'queued' | 'promoted'>
  | Observed<'answered'>
  | Observed<'moved'>
  | Observed<'gone'>
  | Observed<'crashed'>

function follow(state: Standing, observation: StandingObservation): void {
  const { connection } = observation
  switch (observation.type) {
    case 'upgrade':
      state.connections[connection] = 'coming'
      return
    case 'queued':
      state.connections[connection] = 'waiting'
      return
    case 'promoted':
      state.connections[connection] = 'owning'
      return
    case 'answered':
      if (observation.outcome === 'granted') state.connections[connection] ??= 'granted'
      return
    case 'moved':
      if (observation.to === 'PROCESSING_READY') state.connections[connection] = 'ready'
      else if (isOwning(observation.to)) state.connections[connection] = 'owning'
      else if (isEnded(observation.to)) state.connections[connection] = 'over'
      return
    default:
      state.connections[connection] = 'over'
  }
}

const STANDING: StandingObservation['type'][] = [
  'upgrade',
  'queued',
  'promoted',
  'answered',
  'moved',
  'gone',
  'crashed',
]

function inStanding({ connections }: Standing, standing: string): string | undefined {
  return Object.keys(connections).find((name) => connections[name] === standing)
}

/** Every connection ends up ready or closed with a reason; only one that waits for its turn may still wait. */
export const everyConnectionSettles = monitor<Standing, StandingObservation>({
  name: 'every connection ends up ready or closed',
  on: STANDING,
  each: ({ user }) => user,
  initial: { connections: {} },
  observe: follow,
  atRest(state) {
    const unsettled = inStanding(state, 'coming') ?? inStanding(state, 'owning')
    return unsettled && `${unsettled} is neither ready nor closed`
  },
})

/** Every standby is promoted when the owner goes: nobody waits at rest unless somebody acts for the user. */
export const everyStandbyIsPromoted = monitor<Standing, StandingObservation>({
  name: 'every standby is promoted when the owner goes',
  on: STANDING,
  each: ({ user }) => user,
  initial: { connections: {} },
  observe: follow,
  atRest(state) {
    const waiting = inStanding(state, 'waiting')
    const owned = ['granted', 'owning', 'ready'].map((standing) => inStanding(state, standing)).find(Boolean)
    return waiting !== undefined && owned === undefined ? `${waiting} waits, and nobody owns` : undefined
  },
})

/** No orphans at rest: no machine, queued message or place in a list is held for a connection that has ended. */
export const noOrphansAtRest = eventually<LifecycleView>('no orphans at rest', ({ held }) => {
  const orphan = held.find(({ ended }) => ended)
  return orphan === undefined || `${orphan.machine} still holds ${orphan.connection}, which has ended`
})

/** No orphan timer: no timer of a connection's machine goes off after the connection has ended. */
export const noOrphanTimer = monitor<{ ended: boolean }, Observed<'gone'> | Observed<'timer'>>({
  name: 'no orphan timer',
  on: ['gone', 'timer'],
  each: ({ connection }) => connection,
  initial: { ended: false },
  observe(state, observation) {
    if (observation.type === 'gone') state.ended = true
    else if (state.ended)
      return `a timer of ${observation.machine} goes off after ${observation.connection} has ended`
  },
})
