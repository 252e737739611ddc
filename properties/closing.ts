// How connections end: with the right code, and every one of them, with nothing left behind.

import { CLOSE, isEnded, isOwning, type LifecycleView, type Observed } from '../model/index.ts'
import { eventually, type Monitor, monitor } from '../sim/index.ts'
import { first } from './ownership.ts'

/**
 * No 1011 without a fault: no server closes a connection with an internal error, unless a fault has struck that
 * very connection while it was open.
 */
export const no1011WithoutFault: Monitor = monitor<
  { standing: 'away' | 'open' | 'struck' },
  Observed<'connect' | 'ready'> | Observed<'closed'> | Observed<'fault'>
>({
  name: 'no 1011 without a fault',
  on: ['connect', 'closed', 'fault'],
  each: ({ connection }) => connection,
  initial: { standing: 'away' },
  observe(state, observation) {
    if (observation.type === 'connect') state.standing = 'open'
    else if (observation.type === 'fault') {
      if (state.standing === 'open') state.standing = 'struck'
    } else if (observation.type === 'closed') {
      const { code, connection, reason } = observation
      const isExcused = state.standing === 'struck'
      state.standing = 'away'
      if (code === CLOSE.internalError && !isExcused) return `${connection} is closed with 1011: ${reason}`
    }
  },
})

const UNAUTHENTICATED_CODES: readonly number[] = [CLOSE.unauthenticated, CLOSE.policyViolation]

/**
 * An unauthenticated connection gets nothing but a close: no connection is told that it is ready, or sent an
 * agent event, before its credentials were accepted; one that is refused is closed with 4401 or 1008.
 */
export const unauthenticatedGetsOnlyAClose: Monitor = monitor<
  { credentials: 'unknown' | 'good' | 'bad'; over: boolean },
  Observed<'ended'> | Observed<'connect' | 'ready'> | Observed<'received'> | Observed<'closed'>
>({
  name: 'an unauthenticated connection gets nothing but a close',
  on: ['ended', 'ready', 'received', 'closed'],
  each: ({ connection }) => connection,
  initial: { credentials: 'unknown', over: false },
  observe(state, observation) {
    const { connection } = observation
    if (observation.type === 'ended') {
      if (observation.what === 'auth' && !state.over)
        state.credentials = observation.outcome === 'authenticated' ? 'good' : 'bad'
      return
    }
    if (observation.type !== 'closed') {
      return state.credentials === 'good'
        ? undefined
        : `${connection} gets ${observation.type} and is not authenticated`
    }
    const { by, code } = observation
    const { credentials } = state
    // Whatever came after that would be more than a close.
    Object.assign(state, { credentials: 'unknown', over: true })
    if (by === 'server' && credentials === 'bad' && !UNAUTHENTICATED_CODES.includes(code)) {
      return `${connection} is refused and closed with ${code}`
    }
  },
})

/**
 * Every connection that comes ends up ready or closed with a reason; only one that waits for its turn may still
 * wait.
 */
export const everyConnectionSettles: Monitor = monitor<
  { came: boolean; unsettled: string | null },
  | Observed<'upgrade'>
  | Observed<'queued' | 'promoted'>
  | Observed<'moved'>
  | Observed<'gone'>
  | Observed<'crashed'>
>({
  name: 'every connection ends up ready or closed',
  on: ['upgrade', 'queued', 'promoted', 'moved', 'gone', 'crashed'],
  each: ({ connection }) => connection,
  initial: { came: false, unsettled: null },
  observe(state, observation) {
    const { connection } = observation
    switch (observation.type) {
      case 'upgrade':
        Object.assign(state, { came: true, unsettled: connection })
        return
      case 'promoted':
        if (state.came) state.unsettled = connection
        return
      case 'moved':
        if (observation.to === 'PROCESSING_READY' || isEnded(observation.to)) state.unsettled = null
        else if (state.came && isOwning(observation.to)) state.unsettled = connection
        return
      default:
        state.unsettled = null
    }
  },
  atRest: ({ unsettled }) => (unsettled === null ? undefined : `${unsettled} is neither ready nor closed`),
})

/**
 * Every standby is promoted when the owner goes: nobody waits at rest unless somebody acts for the user.
 * Invariant of its state: nobody is in it who has not been put off or granted anything, or who is gone.
 */
export const everyStandbyIsPromoted: Monitor = monitor<
  Record<string, 'waits' | 'acts'>,
  | Observed<'queued' | 'promoted'>
  | Observed<'answered'>
  | Observed<'moved'>
  | Observed<'gone'>
  | Observed<'crashed'>
>({
  name: 'every standby is promoted when the owner goes',
  on: ['queued', 'promoted', 'answered', 'moved', 'gone', 'crashed'],
  each: ({ user }) => user,
  initial: {},
  observe(state, observation) {
    const { connection } = observation
    switch (observation.type) {
      case 'queued':
        state[connection] = 'waits'
        return
      case 'promoted':
        state[connection] = 'acts'
        return
      case 'answered':
        if (observation.outcome === 'granted') state[connection] ??= 'acts'
        return
      case 'moved':
        if (isOwning(observation.to)) state[connection] = 'acts'
        else if (isEnded(observation.to)) delete state[connection]
        return
      default:
        delete state[connection]
    }
  },
  atRest(state) {
    const names = Object.keys(state)
    const waiting = first(names.filter((name) => state[name] === 'waits'))
    return waiting === undefined || names.some((name) => state[name] === 'acts')
      ? undefined
      : `${waiting} waits, and nobody owns`
  },
})

/** No orphans at rest: no machine, queued message or place in a list is held for a connection that has ended. */
export const noOrphansAtRest = eventually<LifecycleView>('no orphans at rest', ({ held }) => {
  const orphan = held.find(({ ended }) => ended)
  return orphan === undefined || `${orphan.machine} still holds ${orphan.connection}, which has ended`
})

/** No orphan timer: no timer of a connection's machine goes off after the connection has ended. */
export const noOrphanTimer: Monitor = monitor<{ ended: boolean }, Observed<'gone'> | Observed<'timer'>>({
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
