// The coordinator that works: one machine per user decides which connection acts for the user, and a
// session per connection goes through the phases one after the other. A session never moves past ACCEPTED
// without the user's machine having granted it, and ownership is claimed by an authenticated connection
// only, so that nobody can take a user's place with a bad token.

import type { WindowInput } from '../sim/index.ts'
import type { Commands, Coordinator, Identity, Input, Machine, Outcome } from './coordinator.ts'
import { CLOSE, InvalidTransition, isEnded, isLegal, type LifecycleState, transition } from './states.ts'

/**
 * What a second connection of a user gets. *standby*: it waits, and is promoted when the owner goes.
 * *takeover*: it becomes the owner, and the older one is closed. *reject*: it is closed.
 */
export type Policy = 'standby' | 'takeover' | 'reject'

/** How long a connection may take from its upgrade to being authenticated. */
export const HANDSHAKE_TIMEOUT: WindowInput = '10s'
/** How often an owner renews its lease; well below the time to live that the store gives it. */
export const RENEW_EVERY: WindowInput = '1s'

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

/** Invariant: with no store, `lease` stays 'none'. `waiting` never holds the owner. */
export interface UserMachine {
  readonly user: string
  readonly policy: Policy
  readonly stored: boolean
  owner: string | null
  token: number
  /** Who waits, first come first, and for which transition. */
  waiting: Ask[]
  lease: 'none' | 'asked' | 'held'
}

interface Ask {
  readonly connection: string
  readonly to: LifecycleState
}

/** What sessions and the machine of their user tell each other. */
export type Told =
  | {
      readonly type: 'ask'
      readonly connection: string
      readonly from: LifecycleState
      readonly to: LifecycleState
    }
  | { readonly type: 'left'; readonly connection: string }
  | Answer
  | { readonly type: 'superseded'; readonly code: number; readonly reason: string }

interface Answer {
  readonly type: 'answer'
  readonly to: LifecycleState
  readonly outcome: Outcome
  readonly token: number
  readonly error?: string
}

export function single(policy: Policy = 'standby'): Coordinator {
  return {
    name: policy === 'standby' ? 'single' : `single:${policy}`,
    entry: 'session',
    machines: { session, machine: userMachine(policy) },
  }
}

// ── The session: one connection, one phase after the other ──────────────────────────────────────────────

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
      return ask(state, input.to, commands)
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

/** Asks the user's machine; nothing moves before it has answered. */
function ask(state: Session, to: LifecycleState, commands: Commands): void {
  if (state.phase === 'CLOSING' || isEnded(state.phase)) return
  commands.cancelTimer('handshake')
  if (state.standing === 'none') state.standing = 'asked'
  commands.tell('machine', state.user, { type: 'ask', connection: state.connection, from: state.phase, to })
}

function answered(state: Session, answer: Answer, commands: Commands): void {
  commands.answered(state.connection, answer.to, answer.outcome, answer.error)
  if (answer.outcome === 'refused') {
    if (state.standing === 'asked') state.standing = 'none'
    return
  }
  if (answer.outcome === 'queued') {
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
  move(state, answer.to, commands)
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

// ── The machine of a user: who owns, who waits ──────────────────────────────────────────────────────────

export function userMachine(policy: Policy): Machine<UserMachine> {
  return {
    per: 'user',
    initial: (identity) => initialUserMachine(identity, policy),
    receive: receiveInUserMachine,
    holds: ({ owner, waiting }) => [
      ...(owner === null ? [] : [owner]),
      ...waiting.map((ask) => ask.connection),
    ],
    show: (state) =>
      `owner: ${state.owner ?? 'nobody'}${state.waiting.length > 0 ? ` +${state.waiting.length}` : ''}`,
  }
}

export function initialUserMachine({ user, instances }: Identity, policy: Policy): UserMachine {
  return { user, policy, stored: instances > 1, owner: null, token: 0, waiting: [], lease: 'none' }
}

export function receiveInUserMachine(state: UserMachine, input: Input | Told, commands: Commands): void {
  switch (input.type) {
    case 'ask':
      return requested(state, input, commands)
    case 'left':
      return left(state, input.connection, commands)
    case 'lease-granted':
      return leaseGranted(state, input.token, commands)
    case 'lease-refused':
      return leaseRefused(state, commands)
    case 'lease-lost':
      return leaseLost(state, input.token, commands)
    case 'timer':
      return renew(state, commands)
  }
}

/**
 * Answers one request for a transition: granted to the owner, or to the first who asks when there is none;
 * refused when the table does not have it; otherwise queued or denied, as the policy says.
 */
export function requestTransition(
  state: UserMachine,
  request: { connection: string; from: LifecycleState; to: LifecycleState },
): Outcome {
  if (!isLegal(request.from, request.to)) return 'refused'
  if (state.owner === request.connection) return 'granted'
  if (state.owner === null && !state.stored) {
    own(state, request.connection, state.token + 1)
    return 'granted'
  }
  if (state.policy === 'reject' && (state.owner !== null || state.waiting.length > 0)) return 'denied'
  const { connection, to } = request
  if (!state.waiting.some((other) => other.connection === connection)) state.waiting.push({ connection, to })
  return 'queued'
}

function own(state: UserMachine, connection: string, token: number): void {
  state.owner = connection
  state.token = token
}

function requested(state: UserMachine, asked: Extract<Told, { type: 'ask' }>, commands: Commands): void {
  commands.coordinatedBy(asked.connection, state.user)
  const outcome = requestTransition(state, asked)
  if (outcome === 'queued' && state.policy === 'takeover' && !state.stored) return takeOver(state, commands)
  const error = outcome === 'refused' ? new InvalidTransition(asked.from, asked.to).message : ''
  tellSession(
    asked.connection,
    { type: 'answer', to: asked.to, outcome, token: state.token, error },
    commands,
  )
  if (outcome === 'queued') askForLease(state, commands)
}

/** The newest of the waiting becomes the owner, and the older owner is closed first. */
function takeOver(state: UserMachine, commands: Commands): void {
  const older = state.owner
  const newer = state.waiting.pop() as Ask
  own(state, newer.connection, state.token + 1)
  if (older !== null) supersede(older, commands)
  grant(newer, state.token, commands)
}

function left(state: UserMachine, connection: string, commands: Commands): void {
  state.waiting = state.waiting.filter((other) => other.connection !== connection)
  if (state.owner !== connection) return
  state.owner = null
  if (state.stored) {
    commands.cancelTimer('renew')
    commands.releaseLease(state.token)
    state.lease = 'none'
    askForLease(state, commands)
  } else {
    promote(state, state.token + 1, commands)
  }
}

function promote(state: UserMachine, token: number, commands: Commands): void {
  const next = state.waiting.shift()
  if (next === undefined) return
  own(state, next.connection, token)
  grant(next, token, commands)
}

function grant({ connection, to }: Ask, token: number, commands: Commands): void {
  tellSession(connection, { type: 'answer', to, outcome: 'granted', token }, commands)
}

function askForLease(state: UserMachine, commands: Commands): void {
  if (!state.stored || state.lease === 'asked' || state.waiting.length === 0) return
  if (state.lease === 'held' && state.policy !== 'takeover') return
  state.lease = 'asked'
  commands.acquireLease(({ standby: 'wait', takeover: 'seize', reject: 'try' } as const)[state.policy])
}

function leaseGranted(state: UserMachine, token: number, commands: Commands): void {
  if (state.waiting.length === 0 && state.owner === null) {
    state.lease = 'none'
    commands.releaseLease(token)
    return
  }
  state.lease = 'held'
  if (state.waiting.length === 0) state.token = token
  else if (state.owner !== null) supersede(state.owner, commands)
  promote(state, token, commands)
  commands.setTimer('renew', RENEW_EVERY)
}

function leaseRefused(state: UserMachine, commands: Commands): void {
  state.lease = 'none'
  const denied = state.waiting
  state.waiting = []
  for (const { connection, to } of denied) {
    tellSession(connection, { type: 'answer', to, outcome: 'denied', token: 0 }, commands)
  }
}

/** Another instance has a newer token: whoever acts for the user here must stop. */
function leaseLost(state: UserMachine, token: number, commands: Commands): void {
  if (state.lease !== 'held' || token !== state.token) return
  const older = state.owner
  state.owner = null
  state.lease = 'none'
  commands.cancelTimer('renew')
  if (older !== null) {
    tellSession(older, { type: 'superseded', code: CLOSE.ownershipLost, reason: 'ownership lost' }, commands)
  }
  askForLease(state, commands)
}

function renew(state: UserMachine, commands: Commands): void {
  if (state.lease !== 'held') return
  commands.renewLease(state.token)
  commands.setTimer('renew', RENEW_EVERY)
}

function supersede(connection: string, commands: Commands): void {
  const reason = 'a newer connection of this user took over'
  tellSession(connection, { type: 'superseded', code: CLOSE.takenOver, reason }, commands)
}

function tellSession(connection: string, message: Told, commands: Commands): void {
  commands.tell('session', connection, message)
}
