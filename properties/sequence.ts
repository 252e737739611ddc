// In which order one connection may go: legal transitions, phases in sequence, nothing before it is ready,
// and all of it without losing time.

import { isLegal, type LifecycleState, type Observed } from '../model/index.ts'
import { formatUs, type Moment, type Monitor, monitor } from '../sim/index.ts'

/** Legal transitions only: a connection's lifecycle never takes a step that the table does not have. */
export const legalTransitionsOnly: Monitor = monitor<{ state: LifecycleState }, Observed<'moved'>>({
  name: 'legal transitions only',
  on: ['moved'],
  each: ({ connection }) => connection,
  initial: { state: 'CONNECTING' },
  observe(state, { to, connection }) {
    const from = state.state
    state.state = to
    return isLegal(from, to) ? undefined : `${connection}: ${from} → ${to} is not legal`
  },
})

/** Phases in sequence: authentication begins after the accept is complete, services after authentication. */
export const phasesInSequence: Monitor = monitor<
  { accept: boolean; auth: boolean },
  Observed<'began'> | Observed<'ended'>
>({
  name: 'phases in sequence',
  on: ['began', 'ended'],
  each: ({ connection }) => connection,
  initial: { accept: false, auth: false },
  observe(state, { type, what, connection }) {
    if (type === 'ended') {
      if (what !== 'services') state[what] = true
      return
    }
    const before = ({ accept: undefined, auth: 'accept', services: 'auth' } as const)[what]
    if (before !== undefined && !state[before])
      return `${connection}: ${what} begins before ${before} is complete`
  },
})

/** Nothing processed before PROCESSING_READY: the agent never works for a connection that was not yet ready. */
export const nothingBeforeReady: Monitor = monitor<
  { ready: boolean },
  Observed<'moved'> | Observed<'effect'>
>({
  name: 'nothing processed before PROCESSING_READY',
  on: ['moved', 'effect'],
  each: ({ connection }) => connection,
  initial: { ready: false },
  observe(state, observation) {
    if (observation.type === 'moved') {
      if (observation.to === 'PROCESSING_READY') state.ready = true
      return
    }
    if (!state.ready) {
      return `${observation.connection}: ${observation.event} of message ${observation.message} before it is ready`
    }
  },
})

/** By how much a set-up may exceed its slowest dependency, in microseconds of virtual time. */
export const OVERHEAD_MAX_US = 100_000

interface SetUp {
  startUs: number
  slowestUs: number
  beganUs: number
}

/**
 * Set-up overhead within 100 ms: from its upgrade (or its promotion) a connection is ready at most 100 ms of
 * virtual time later than its slowest dependency alone takes.
 */
export const setUpOverhead: Monitor = monitor<
  SetUp,
  | Observed<'upgrade'>
  | Observed<'queued' | 'promoted'>
  | Observed<'began'>
  | Observed<'ended'>
  | Observed<'moved'>
>({
  name: 'set-up overhead within 100 ms',
  timed: true,
  on: ['upgrade', 'promoted', 'began', 'ended', 'moved'],
  each: ({ connection }) => connection,
  initial: { startUs: 0, slowestUs: 0, beganUs: 0 },
  observe(state, observation, { timeUs }: Moment) {
    switch (observation.type) {
      case 'upgrade':
      case 'promoted':
        state.startUs = timeUs
        state.slowestUs = 0
        return
      case 'began':
        state.beganUs = timeUs
        return
      case 'ended':
        state.slowestUs = Math.max(state.slowestUs, timeUs - state.beganUs)
        return
      case 'moved': {
        if (observation.to !== 'PROCESSING_READY') return
        const overheadUs = timeUs - state.startUs - state.slowestUs
        if (overheadUs > OVERHEAD_MAX_US)
          return `${observation.connection}: ${formatUs(overheadUs)} over its slowest dependency`
      }
    }
  },
})
