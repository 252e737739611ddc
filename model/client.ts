// A browser tab: connects at its time, sends its messages when its habit says so, counts what it gets, and
// leaves when everything is answered. It may lose its connection, and may try again with a backoff.

import { actor, type Context, type Message, type WindowInput } from '../sim/index.ts'
import { BEARER, TOKEN_PROTOCOL, tokenOf, type UpgradeHeaders } from './auth.ts'
import type { LifecycleParameters } from './options.ts'
import { type AgentEvent, CLOSE } from './states.ts'
import { type Client as ClientPlace, type Connection, messageNumber } from './topology.ts'

const PHASES = ['idle', 'connecting', 'open', 'ready', 'done', 'closed'] as const

interface ClientState {
  phase: (typeof PHASES)[number]
  /** Which of its connections it is on, from 0. */
  attempt: number
  /** How many of its messages were sent, on this connection or answered on an earlier one. */
  sent: number
  /** How many of its messages are fully answered. */
  answered: number
}

type ClientMessage =
  | { readonly type: 'connect' }
  | { readonly type: 'opened'; readonly connection: string }
  | { readonly type: 'delivered'; readonly connection: string; readonly frame: DeliveredFrame }
  | { readonly type: 'closed'; readonly connection: string; readonly code: number; readonly reason: string }
  | { readonly type: 'broken'; readonly connection: string }
  | { readonly type: 'send' }
  | { readonly type: 'leave' }
  | { readonly type: 'drop' }
  | { readonly type: 'vanish' }
  | { readonly type: 'hold-back' }
  | { readonly type: 'repeat'; readonly message: number }

type DeliveredFrame =
  | { readonly type: 'connection_ready' }
  | { readonly type: AgentEvent; readonly message: number }

const CLIENT_TIMERS = ['send', 'leave', 'drop', 'vanish', 'hold-back', 'repeat']

export function client(place: ClientPlace, offset: WindowInput, parameters: LifecycleParameters) {
  const { delays, faults, messages, sends } = parameters
  const window = (name: keyof typeof delays) => delays[name]
  const connectionOf = ({ attempt }: ClientState) => place.connections[attempt] as Connection
  const entrance = (connection: string) =>
    parameters.balancer === 'none' ? `${connection}/transport` : 'balancer'
  const numberOf = (count: number) => messageNumber(place.index, count)
  const isCurrent = (state: ClientState, connection: string) => connectionOf(state).name === connection

  function connect(state: ClientState, { send, observe, setTimer }: Context): void {
    const { name, instance } = connectionOf(state)
    state.phase = 'connecting'
    state.sent = sends === 'pipelined' ? messages : state.answered
    observe({ type: 'connect', connection: name })
    const frames = sends === 'pipelined' ? counts(state.answered + 1, messages).map(numberOf) : []
    for (const message of frames) observe({ type: 'sent', connection: name, message })
    const upgrade = {
      type: 'upgrade',
      connection: name,
      instance,
      headers: headersOf(place.user, parameters),
      frames,
    }
    send(entrance(name), upgrade, { window: window('network'), channel: name })
    if (faults.drops > 0) setTimer('drop', window('faults'), { type: 'drop' }, { fault: 'drops' })
    if (faults.halfOpens > 0) setTimer('vanish', window('faults'), { type: 'vanish' }, { fault: 'halfOpens' })
  }

  /** Starts sending, if the habit is to start now. */
  function startSending(state: ClientState, when: string, context: Context): void {
    if (sends !== when || state.sent >= messages) return
    context.setTimer('send', window('messages'), { type: 'send' })
    if (faults.delays > 0) {
      context.setTimer('hold-back', window('faults'), { type: 'hold-back' }, { fault: 'delays' })
    }
  }

  function sendNext(state: ClientState, context: Context): void {
    const { setTimer, observe } = context
    const { name } = connectionOf(state)
    state.sent++
    const message = numberOf(state.sent)
    observe({ type: 'sent', connection: name, message })
    tellServer(state, { type: 'frame', message }, 'message', context)
    if (faults.duplicates > 0) {
      setTimer('repeat', window('faults'), { type: 'repeat', message }, { fault: 'duplicates' })
    }
    if (state.sent < messages) setTimer('send', window('messages'), { type: 'send' })
  }

  function delivered(state: ClientState, frame: DeliveredFrame, context: Context): void {
    const { name: connection, user } = connectionOf(state)
    if (frame.type === 'connection_ready') {
      state.phase = 'ready'
      context.observe({ type: 'ready', connection })
      startSending(state, 'when-ready', context)
    } else {
      context.observe({ type: 'received', connection, user, message: frame.message, event: frame.type })
      const isNext = frame.message === numberOf(state.answered + 1)
      if (frame.type === 'agent_completed' && isNext) state.answered++
    }
    if (state.phase !== 'ready' || state.answered < messages) return
    state.phase = 'done'
    context.setTimer('leave', window('leave'), { type: 'leave' })
  }

  function end(
    state: ClientState,
    code: number,
    reason: string,
    by: 'client' | 'server' | 'fault',
    context: Context,
  ) {
    state.phase = 'closed'
    for (const timer of CLIENT_TIMERS) context.cancelTimer(timer)
    context.observe({ type: 'closed', connection: connectionOf(state).name, code, reason, by })
    state.sent = 0
    if (code === CLOSE.normal || state.attempt + 1 >= place.connections.length) {
      // It is over: however it came to that, it stands the same.
      state.attempt = 0
      state.answered = 0
      return
    }
    context.setTimer('reconnect', window('backoff'), { type: 'connect' })
  }

  /** Puts something on the wire of the current connection, behind what is on it already. */
  function tellServer<M extends Message>(state: ClientState, message: M, label: string, { send }: Context) {
    const { name: connection } = connectionOf(state)
    send(
      entrance(connection),
      { ...message, connection },
      { window: window('network'), label, channel: connection },
    )
  }

  /** Tells the server that this end is gone. */
  function sayBye(state: ClientState, type: 'bye' | 'vanished', code: number, context: Context): void {
    tellServer(state, { type, code }, type, context)
  }

  function strike(state: ClientState, fault: string, { observe }: Context): void {
    observe({ type: 'fault', fault, connection: connectionOf(state).name })
  }

  return actor<ClientState, ClientMessage>({
    initial: { phase: 'idle', attempt: 0, sent: 0, answered: 0 },
    show: ({ phase }) => phase,
    shows: PHASES,
    waitsFor: ({ phase, answered }) => {
      if (phase === 'connecting' || phase === 'open') return 'connection_ready'
      return phase === 'ready' && answered < messages
        ? `agent_completed of message ${answered + 1}`
        : undefined
    },
    start(_state, { setTimer }) {
      setTimer('connect', offset, { type: 'connect' })
      return undefined
    },
    receive(state, message, context) {
      switch (message.type) {
        case 'connect':
          if (state.phase === 'closed') state.attempt++
          return connect(state, context)
        case 'opened':
          if (state.phase !== 'connecting' || !isCurrent(state, message.connection)) return
          state.phase = 'open'
          return startSending(state, 'on-open', context)
        case 'delivered':
          if (state.phase === 'closed' || !isCurrent(state, message.connection)) return
          return delivered(state, message.frame, context)
        case 'send':
          return sendNext(state, context)
        case 'leave':
          sayBye(state, 'bye', CLOSE.normal, context)
          return end(state, CLOSE.normal, 'finished', 'client', context)
        case 'closed':
          if (state.phase === 'closed' || !isCurrent(state, message.connection)) return
          return end(state, message.code, message.reason, 'server', context)
        case 'broken':
          if (state.phase === 'idle' || state.phase === 'closed' || !isCurrent(state, message.connection))
            return
          sayBye(state, 'bye', CLOSE.abnormal, context)
          return end(state, CLOSE.abnormal, 'connection lost', 'fault', context)
        case 'drop':
          strike(state, 'drop', context)
          sayBye(state, 'bye', CLOSE.abnormal, context)
          return end(state, CLOSE.abnormal, 'dropped', 'fault', context)
        case 'vanish':
          strike(state, 'half-open', context)
          sayBye(state, 'vanished', CLOSE.abnormal, context)
          return end(state, CLOSE.abnormal, 'vanished', 'fault', context)
        case 'hold-back':
          if (state.sent >= messages) return
          strike(state, 'delay', context)
          context.setTimer('send', ['500ms', '1s'], { type: 'send' })
          return
        case 'repeat':
          strike(state, 'duplicate', context)
          return tellServer(state, { type: 'frame', message: message.message }, 'message-again', context)
      }
    },
  })
}

function headersOf(user: string, { token }: LifecycleParameters): UpgradeHeaders {
  if (token === 'subprotocol')
    return { authorization: null, protocols: [`${TOKEN_PROTOCOL}${tokenOf(user)}`] }
  if (token === 'missing') return { authorization: null, protocols: [] }
  const bearer = token === 'invalid' ? 'forged' : tokenOf(user)
  return { authorization: `${BEARER}${bearer}`, protocols: [] }
}

function counts(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}

/** A client that opens nothing, and only asks its machine for a transition. */
export function requester(
  place: ClientPlace,
  offset: WindowInput,
  parameters: LifecycleParameters,
  entry: string,
) {
  const { name: connection, user, instance } = place.connections[0] as Connection
  const to = parameters.asksFor
  return actor<{ asked: boolean }, { type: 'ask' | 'broken' }>({
    initial: { asked: false },
    show: ({ asked }) => (asked ? `asked for ${to}` : 'idle'),
    shows: ['idle', 'asked for'],
    start(_state, { setTimer }) {
      setTimer('ask', offset, { type: 'ask' })
      return undefined
    },
    receive(state, { type }, { send, observe }) {
      // It asks once: that its instance has crashed is nothing to it, as it has no connection to lose.
      if (type !== 'ask') return
      state.asked = true
      observe({ type: 'asked', connection, user, instance, to })
      const request = { type: 'request', connection, to, reason: `${connection} requests it` }
      send(`${connection}/${entry}`, request, { window: parameters.delays.network })
    },
  })
}
