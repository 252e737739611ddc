// The coordinator with the bug, as the test plan describes it: two machines for each connection, under ids
// of their own. Each step is what a reasonable engineer wrote. The socket machine knows the transport. The
// application machine authenticates and starts the services at once, beside the accept, to be ready sooner;
// it sets its state without asking anybody. A registry says which connection of a user gets the agent's
// events: the last one that registered. What nobody wrote is the one place that puts all this in sequence.

import type { Commands, Coordinator, Identity, Input, Machine } from './coordinator.ts'
import {
  type AgentEvent,
  CLOSE,
  InvalidTransition,
  isEnded,
  isLegal,
  isOwning,
  type LifecycleState,
  STATES,
} from './states.ts'

const SOCKET_STATES = ['connecting', 'open', 'closed'] as const

interface Socket {
  readonly connection: string
  readonly user: string
  state: (typeof SOCKET_STATES)[number]
}

interface Application {
  readonly connection: string
  readonly user: string
  /** Several instances share a store; each acts for the user once it has had the lease. */
  readonly stored: boolean
  state: LifecycleState
  authenticated: boolean
  servicesUp: boolean
  queue: number[]
  busy: boolean
}

interface Registry {
  active: string | null
}

type Told =
  | { readonly type: 'initialise' }
  | { readonly type: 'register'; readonly connection: string }
  | { readonly type: 'leased' }
  | { readonly type: 'lease'; readonly connection: string }
  | { readonly type: 'event'; readonly message: number; readonly event: AgentEvent }
  | { readonly type: 'push'; readonly message: number; readonly event: AgentEvent }
  | TransitionAsked

interface TransitionAsked {
  readonly type: 'ask'
  readonly to: LifecycleState
}

const socketMachine: Machine<Socket> = {
  per: 'connection',
  initial: ({ connection, user }) => ({ connection: connection ?? '', user, state: 'connecting' }),
  receive(state, input: Input, commands) {
    switch (input.type) {
      case 'upgrade':
        // Both at once: the handshake and the application have nothing to do with each other, it seems.
        commands.accept(state.connection)
        commands.tell('application', state.connection, { type: 'initialise' })
        return
      case 'accepted':
        state.state = 'open'
        commands.moved(state.connection, 'ACCEPTED')
        return
      case 'request':
        commands.tell('application', state.connection, { type: 'ask', to: input.to })
        return
      case 'gone':
        // The application machine goes by another id, and is not told.
        state.state = 'closed'
        return
    }
  },
  holds: () => [],
  show: ({ state }) => state,
  shows: SOCKET_STATES,
}

const applicationMachine: Machine<Application> = {
  per: 'connection',
  initial: ({ connection, user, instances }: Identity) => ({
    connection: connection ?? '',
    user,
    stored: instances > 1,
    state: 'CONNECTING',
    authenticated: false,
    servicesUp: false,
    queue: [],
    busy: false,
  }),
  receive: receiveInApplication,
  holds: ({ state, connection, authenticated, servicesUp }) =>
    isEnded(state) || !(authenticated || servicesUp) ? [] : [connection],
  show: ({ state }) => state,
  shows: STATES,
}

function receiveInApplication(state: Application, input: Input | Told, commands: Commands): void {
  switch (input.type) {
    case 'initialise':
      commands.coordinates(state.connection)
      commands.authenticate(state.connection)
      commands.startServices(state.connection)
      return
    case 'authenticated':
      return authenticated(state, commands)
    case 'leased':
      return identified(state, commands)
    case 'unauthenticated':
      // The error goes up to the generic handler, which knows one close code.
      return fail(state, 'authentication failed', commands)
    case 'services-ready':
      return servicesReady(state, commands)
    case 'services-degraded':
      set(state, 'DEGRADED', commands)
      return
    case 'services-failed':
      return fail(state, 'services failed to start', commands)
    case 'frame':
      state.queue.push(input.message)
      return processNext(state, commands)
    case 'event':
      return eventOf(state, input, commands)
    case 'push':
      commands.send(state.connection, { type: input.event, message: input.message })
      return
    case 'agent-event':
      commands.tell('registry', state.user, { type: 'event', message: input.message, event: input.event })
      return eventOf(state, input, commands)
    case 'transport-error':
      return fail(state, input.error, commands)
    case 'ask':
      return requested(state, input.to, commands)
  }
}

function authenticated(state: Application, commands: Commands): void {
  if (state.stored) commands.tell('registry', state.user, { type: 'lease', connection: state.connection })
  else identified(state, commands)
}

function identified(state: Application, commands: Commands): void {
  if (state.state === 'FAILED') return
  state.authenticated = true
  set(state, 'AUTHENTICATED', commands)
  commands.tell('registry', state.user, { type: 'register', connection: state.connection })
  commands.receive(state.connection)
  readyIfComplete(state, commands)
}

function servicesReady(state: Application, commands: Commands): void {
  if (state.state === 'FAILED') return
  state.servicesUp = true
  set(state, 'SERVICES_READY', commands)
  readyIfComplete(state, commands)
}

function readyIfComplete(state: Application, commands: Commands): void {
  if (!(state.authenticated && state.servicesUp) || state.state === 'FAILED') return
  set(state, 'PROCESSING_READY', commands)
  commands.send(state.connection, { type: 'connection_ready' })
}

/** A known user's message is processed as soon as the agent is free. */
function processNext(state: Application, commands: Commands): void {
  if (!state.authenticated || state.busy) return
  const next = state.queue.shift()
  if (next === undefined) return
  state.busy = true
  commands.runAgent(state.connection, next, 0)
}

function eventOf(state: Application, { event }: { event: AgentEvent }, commands: Commands): void {
  if (event !== 'agent_completed') return
  state.busy = false
  processNext(state, commands)
}

function requested(state: Application, to: LifecycleState, commands: Commands): void {
  if (!isLegal(state.state, to)) {
    commands.answered(state.connection, to, 'refused', new InvalidTransition(state.state, to).message)
    return
  }
  commands.coordinates(state.connection)
  set(state, to, commands)
  commands.answered(state.connection, to, 'granted')
}

function fail(state: Application, reason: string, commands: Commands): void {
  if (isEnded(state.state)) return
  set(state, 'FAILED', commands)
  commands.close(state.connection, CLOSE.internalError, reason)
}

function set(state: Application, to: LifecycleState, commands: Commands): void {
  state.state = to
  commands.moved(state.connection, to, isOwning(to) ? 0 : undefined)
}

const registry: Machine<Registry & { user: string; waiting: string[] }> = {
  per: 'user',
  initial: ({ user }) => ({ user, active: null, waiting: [] }),
  receive(state, input: Input | Told, commands) {
    switch (input.type) {
      case 'register':
        state.active = input.connection
        return
      case 'lease':
        state.waiting.push(input.connection)
        commands.acquireLease('wait')
        return
      case 'lease-granted':
        for (const connection of state.waiting) {
          commands.tell('application', connection, { type: 'leased' })
        }
        state.waiting = []
        return
      case 'event':
        if (state.active === null) return
        commands.tell('application', state.active, {
          type: 'push',
          message: input.message,
          event: input.event,
        })
        return
    }
  },
  holds: () => [],
  show: ({ active }) => `active: ${active ?? 'nobody'}`,
}

export const competing: Coordinator = {
  name: 'competing',
  entry: 'socket',
  machines: { socket: socketMachine, application: applicationMachine, registry },
}
