// The states of a connection, and the one table of legal transitions. Everything else is an
// InvalidTransition that names both states.

export const STATES = [
  'CONNECTING',
  'ACCEPTED',
  'AUTHENTICATED',
  'SERVICES_READY',
  'PROCESSING_READY',
  'DEGRADED',
  'CLOSING',
  'CLOSED',
  'FAILED',
] as const

export type LifecycleState = (typeof STATES)[number]

/** From each state, the states that may come next. DEGRADED is services up in part; CLOSED and FAILED are ends. */
export const TRANSITIONS: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  CONNECTING: ['ACCEPTED', 'CLOSING', 'FAILED'],
  ACCEPTED: ['AUTHENTICATED', 'CLOSING', 'FAILED'],
  AUTHENTICATED: ['SERVICES_READY', 'DEGRADED', 'CLOSING', 'FAILED'],
  SERVICES_READY: ['PROCESSING_READY', 'DEGRADED', 'CLOSING', 'FAILED'],
  PROCESSING_READY: ['DEGRADED', 'CLOSING', 'FAILED'],
  DEGRADED: ['PROCESSING_READY', 'CLOSING', 'FAILED'],
  CLOSING: ['CLOSED', 'FAILED'],
  CLOSED: [],
  FAILED: [],
}

export function isLegal(from: LifecycleState, to: LifecycleState): boolean {
  return TRANSITIONS[from].includes(to)
}

export function isEnded(state: LifecycleState): boolean {
  return state === 'CLOSED' || state === 'FAILED'
}

/** The states in which a connection is the one that acts for its user. */
export function isOwning(state: LifecycleState): boolean {
  return (
    state === 'AUTHENTICATED' ||
    state === 'SERVICES_READY' ||
    state === 'PROCESSING_READY' ||
    state === 'DEGRADED'
  )
}

/** A transition that the table does not have. */
export class InvalidTransition extends Error {
  readonly code = 'HEDDLE_INVALID_TRANSITION'
  readonly from: LifecycleState
  readonly to: LifecycleState

  constructor(from: LifecycleState, to: LifecycleState) {
    super(
      `InvalidTransition: ${from} → ${to}; legal from ${from}: ${TRANSITIONS[from].join(', ') || 'nothing'}`,
    )
    this.name = 'InvalidTransition'
    this.from = from
    this.to = to
  }
}

/** The state after a legal transition. Throws {@link InvalidTransition} otherwise. */
export function transition(from: LifecycleState, to: LifecycleState): LifecycleState {
  if (!isLegal(from, to)) throw new InvalidTransition(from, to)
  return to
}

/** The five events that the agent emits for each message, in this order. */
export const AGENT_EVENTS = [
  'agent_started',
  'agent_thinking',
  'tool_executing',
  'tool_completed',
  'agent_completed',
] as const

export type AgentEvent = (typeof AGENT_EVENTS)[number]

/** Why a connection was closed, as its close code says (RFC 6455, 7.4; 4000 to 4999 are for applications). */
export const CLOSE = {
  normal: 1000,
  abnormal: 1006,
  policyViolation: 1008,
  internalError: 1011,
  tryAgainLater: 1013,
  unauthenticated: 4401,
  takenOver: 4408,
  rejected: 4409,
  ownershipLost: 4410,
} as const
