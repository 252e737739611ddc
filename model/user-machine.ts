// The machine of one user under the single coordinator: who acts for the user, who waits, and with several
// instances the lease that says so. It grants exactly one of several concurrent requests.

import type { WindowInput } from '../sim/index.ts'
import type { Commands, Identity, Input, Machine, Outcome } from './coordinator.ts'
import { CLOSE, InvalidTransition, isLegal, type LifecycleState } from './states.ts'

/**
 * What a second connection of a user gets. *standby*: it waits, and is promoted when the owner goes.
 * *takeover*: it becomes the owner, and the older one is closed. *reject*: it is closed.
 */
export type Policy = 'standby' | 'takeover' | 'reject'

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

export interface Answer {
  readonly type: 'answer'
  readonly to: LifecycleState
  readonly outcome: Outcome
  readonly token: number
  readonly error?: string
}

/** How long after a grant or a renewal an owner renews its lease; well below the time to live that the store gives it. */
export const RENEW_EVERY: WindowInput = '1s'

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

export function userMachine(policy: Policy): Machine<UserMachine> {
  return {
    per: 'user',
    initial: (identity) => initialUserMachine(identity, policy),
    // Not the owner, not who waited; but no token is given out twice, whatever the machine lived through.
    survives: (state) => ({ ...state, owner: null, waiting: [], lease: 'none' }),
    receive: receiveInUserMachine,
    holds: ({ owner, waiting }) => [
      ...(owner === null ? [] : [owner]),
      ...waiting.map((ask) => ask.connection),
    ],
    show: (state) =>
      `owner: ${state.owner ?? 'nobody'}${state.waiting.length > 0 ? ` +${state.waiting.length}` : ''}`,
  }
}

export function initialUserMachine({ user, instances, tokensFrom }: Identity, policy: Policy): UserMachine {
  return {
    user,
    policy,
    stored: instances > 1,
    owner: null,
    token: tokensFrom,
    waiting: [],
    lease: 'none',
  }
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
    case 'lease-renewed':
      return leaseRenewed(state, input.token, commands)
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
  const place = state.waiting.findIndex((other) => other.connection === connection)
  if (place < 0) state.waiting.push({ connection, to })
  else state.waiting[place] = { connection, to }
  return 'queued'
}

function own(state: UserMachine, connection: string, token: number): void {
  state.owner = connection
  state.token = token
}

function requested(state: UserMachine, asked: Extract<Told, { type: 'ask' }>, commands: Commands): void {
  commands.coordinates(asked.connection)
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
    if (state.lease === 'held') state.lease = 'none'
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
  if (state.policy === 'takeover') newestOnly(state, commands)
  if (state.owner === null) promote(state, token, commands)
  else state.token = token
  commands.setTimer('renew', RENEW_EVERY)
}

/** Whoever came last is to be the owner: the owner there is gives way, and so do those who came before. */
function newestOnly(state: UserMachine, commands: Commands): void {
  if (state.waiting.length === 0) return
  if (state.owner !== null) supersede(state.owner, commands)
  state.owner = null
  for (const { connection } of state.waiting.slice(0, -1)) supersede(connection, commands)
  state.waiting = state.waiting.slice(-1)
}

function leaseRefused(state: UserMachine, commands: Commands): void {
  state.lease = state.owner === null ? 'none' : 'held'
  const denied = state.waiting
  state.waiting = []
  for (const { connection, to } of denied) {
    tellSession(connection, { type: 'answer', to, outcome: 'denied', token: 0 }, commands)
  }
}

/** Another instance has a newer token: whoever acts for the user here must stop. */
function leaseLost(state: UserMachine, token: number, commands: Commands): void {
  if (token !== state.token || state.owner === null) return
  const older = state.owner
  state.owner = null
  if (state.lease === 'held') state.lease = 'none'
  commands.cancelTimer('renew')
  if (state.policy === 'takeover') supersede(older, commands)
  else
    tellSession(older, { type: 'superseded', code: CLOSE.ownershipLost, reason: 'ownership lost' }, commands)
  askForLease(state, commands)
}

function renew(state: UserMachine, commands: Commands): void {
  if (state.owner === null) return
  commands.renewLease(state.token)
}

/** One renewal at a time: the next is due some time after the last was answered. */
function leaseRenewed(state: UserMachine, token: number, commands: Commands): void {
  if (state.owner !== null && token === state.token) commands.setTimer('renew', RENEW_EVERY)
}

function supersede(connection: string, commands: Commands): void {
  const reason = 'a newer connection of this user took over'
  tellSession(connection, { type: 'superseded', code: CLOSE.takenOver, reason }, commands)
}

function tellSession(connection: string, message: Told, commands: Commands): void {
  commands.tell('session', connection, message)
}
