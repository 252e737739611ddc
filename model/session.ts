// The session of one connection under the single coordinator: one phase after the other, and the messages
// that come early. It never moves past ACCEPTED without the user's machine having granted it.

import type { WindowInput } from '../sim/index.ts'
import type { Commands, Input, Machine } from './coordinator.ts'
import {
  CLOSE,
  InvalidTransition,
  isEnded,
  isLegal,
  type LifecycleState,
  STATES,
  transition,
} from './states.ts'
import type { Answer, Told } from './user-machine.ts'

/** How long a connection may take from its upgrade to being authenticated. */
export const HANDSHAKE_TIMEOUT: WindowInput = '10s'
/** How many messages of one connection may wait: nobody who sends without end fills the memory. */
export const QUEUE_MAX = 100
/** Invariant: `token` is 0 unless `standing` is 'owner'. */
export interface Session {
  readonly connection: string
  readonly user: string
  phase: LifecycleState
  standing: 'none' | 'asked' | 'waiting' | 'owner'
  token: number
  /** Messages that came and are not yet being processed, in order. */
  queue: number[]
  /** The highest message number that came; a lower one is a duplicate. */
  seen: number
  /** The message that the agent is processing. */
  current: number | null
}

export const session: Machine<Session> = {
  per: 'connection',
  initial: ({ connection, user }) => ({
    connection: connection ?? '',
    user,
    phase: 'CONNECTING',
    standing: 'none',
    token: 0,
    queue: [],
    seen: 0,
    current: null,
  }),
  receive: receiveInSession,
  holds: (state) =>
    isEnded(state.phase) || (state.phase === 'CONNECTING' && state.standing === 'none')
      ? []
      : [state.connection],
  show: (state) => (state.standing === 'waiting' ? `${state.phase} (waiting)` : state.phase),
  shows: STATES,
}

export function receiveInSession(state: Session, input: Input | Told, commands: Commands): void {
  switch (input.type) {
    case 'upgrade':
      return open(state, commands)
    case 'accepted':
      return accepted(state, commands)
    case 'authenticated':
      return ask(state, 'AUTHENTICATED', commands)
    case 'unauthenticated':
      return closeWith(state, CLOSE.unauthenticated, 'not authenticated', commands)
    case 'timer':
      return timedOut(state, commands)
    case 'request':
      return requested(state, input.to, commands)
    case 'answer':
      return answered(state, input, commands)
    case 'superseded':
      return closeWith(state, input.code, input.reason, commands)
    case 'fenced':
      // A session that has started again after a crash may still hear of a run from before.
      if (state.standing === 'owner') closeWith(state, CLOSE.ownershipLost, 'ownership lost', commands)
      return
    case 'services-ready':
      return ready(state, commands)
    case 'services-degraded':
      return degraded(state, commands)
    case 'services-failed':
      return failed(state, commands)
    case 'frame':
      return queue(state, input.message, commands)
    case 'agent-event':
      return relay(state, input, commands)
    case 'transport-error':
      return closeWith(state, CLOSE.internalError, input.error, commands)
    case 'gone':
      return gone(state, commands)
  }
}

function open(state: Session, commands: Commands): void {
  commands.setTimer('handshake', HANDSHAKE_TIMEOUT)
  commands.accept(state.connection)
}

function accepted(state: Session, commands: Commands): void {
  if (state.phase !== 'CONNECTING') return
  move(state, 'ACCEPTED', commands)
  commands.receive(state.connection)
  commands.authenticate(state.connection)
}

function timedOut(state: Session, commands: Commands): void {
  if (state.standing === 'none') {
    closeWith(state, CLOSE.unauthenticated, 'authentication timed out', commands)
  }
}

/** By name only progress can be asked for: an end is what happens to a connection. */
function requested(state: Session, to: LifecycleState, commands: Commands): void {
  const isEnd = to === 'CLOSING' || isEnded(to)
  if (!isEnd && state.phase !== 'CLOSING' && !isEnded(state.phase)) return ask(state, to, commands)
  const error = isEnd ? `${to} cannot be asked for` : new InvalidTransition(state.phase, to).message
  commands.answered(state.connection, to, 'refused', error)
}

/** Asks the user's machine; nothing moves before it has answered. */
function ask(state: Session, to: LifecycleState, commands: Commands): void {
  if (state.phase === 'CLOSING' || isEnded(state.phase)) return
  if (state.standing === 'none') state.standing = 'asked'
  commands.tell('machine', state.user, { type: 'ask', connection: state.connection, from: state.phase, to })
}

function answered(state: Session, answer: Answer, commands: Commands): void {
  commands.answered(state.connection, answer.to, answer.outcome, answer.error)
  if (answer.outcome === 'refused') {
    if (state.standing === 'asked') state.standing = 'none'
    return
  }
  if (answer.outcome !== 'denied') commands.cancelTimer('handshake')
  if (answer.outcome === 'queued') {
    if (state.standing === 'waiting') return
    state.standing = 'waiting'
    commands.standing(state.connection, 'queued')
    return
  }
  if (answer.outcome === 'denied') {
    state.standing = 'none'
    return closeWith(state, CLOSE.rejected, 'another connection of this user is active', commands)
  }
  if (state.standing === 'waiting') commands.standing(state.connection, 'promoted')
  state.standing = 'owner'
  state.token = answer.token
  if (state.phase !== answer.to) move(state, answer.to, commands)
  if (answer.to === 'AUTHENTICATED') commands.startServices(state.connection)
}

function ready(state: Session, commands: Commands): void {
  if (state.phase === 'AUTHENTICATED') move(state, 'SERVICES_READY', commands)
  if (state.phase !== 'SERVICES_READY' && state.phase !== 'DEGRADED') return
  move(state, 'PROCESSING_READY', commands)
  commands.send(state.connection, { type: 'connection_ready' })
  pump(state, commands)
}

function degraded(state: Session, commands: Commands): void {
  if (isLegal(state.phase, 'DEGRADED')) move(state, 'DEGRADED', commands)
}

function failed(state: Session, commands: Commands): void {
  if (state.phase === 'CLOSING' || isEnded(state.phase)) return
  move(state, 'FAILED', commands)
  leave(state, commands)
  commands.close(state.connection, CLOSE.tryAgainLater, 'services failed to start')
}

function queue(state: Session, message: number, commands: Commands): void {
  if (state.phase === 'CLOSING' || isEnded(state.phase) || message <= state.seen) return
  if (state.queue.length >= QUEUE_MAX) {
    return closeWith(state, CLOSE.policyViolation, 'too many messages waiting', commands)
  }
  state.seen = message
  state.queue.push(message)
  pump(state, commands)
}

/** Starts the next message, if this connection may process and nothing is being processed. */
function pump(state: Session, commands: Commands): void {
  if (state.phase !== 'PROCESSING_READY' || state.current !== null) return
  const next = state.queue.shift()
  if (next === undefined) return
  state.current = next
  commands.runAgent(state.connection, next, state.token)
}

function relay(state: Session, input: Extract<Input, { type: 'agent-event' }>, commands: Commands): void {
  if (state.phase !== 'PROCESSING_READY' || input.message !== state.current) return
  commands.send(state.connection, { type: input.event, message: input.message })
  if (input.event !== 'agent_completed') return
  state.current = null
  pump(state, commands)
}

function closeWith(state: Session, code: number, reason: string, commands: Commands): void {
  if (state.phase === 'CLOSING' || isEnded(state.phase)) return
  move(state, 'CLOSING', commands)
  leave(state, commands)
  commands.close(state.connection, code, reason)
}

function gone(state: Session, commands: Commands): void {
  if (isEnded(state.phase)) return
  if (state.phase !== 'CLOSING') move(state, 'CLOSING', commands)
  leave(state, commands)
  move(state, 'CLOSED', commands)
}

/** Gives up everything that the connection holds. */
function leave(state: Session, commands: Commands): void {
  commands.cancelTimer('handshake')
  state.queue = []
  state.seen = 0
  state.current = null
  state.token = 0
  if (state.standing === 'none') return
  state.standing = 'none'
  commands.tell('machine', state.user, { type: 'left', connection: state.connection })
}

function move(state: Session, to: LifecycleState, commands: Commands): void {
  state.phase = transition(state.phase, to)
  commands.moved(state.connection, to, state.token)
}
