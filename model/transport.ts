// The server's end of a connection: accepting takes time, and who receives or sends earlier gets the error
// that users know, "need to call accept first". Faults: the connection is reset, or its client is gone
// without a word and only a heartbeat finds out.

import { actor, type Context, type WindowInput } from '../sim/index.ts'
import type { UpgradeHeaders } from './auth.ts'
import { CLOSE } from './states.ts'
import type { Connection } from './topology.ts'
import { hostOf } from './topology.ts'

export const NEED_ACCEPT = 'need to call accept first'

export interface TransportDelays {
  readonly network: WindowInput
  readonly accept: WindowInput
  readonly heartbeat: WindowInput
  readonly faults: WindowInput
}

const PHASES = ['none', 'requested', 'accepting', 'open', 'closing', 'ended'] as const

interface Transport {
  phase: (typeof PHASES)[number]
  /** The machine that asked for the frames. */
  reader: string | null
  /** Frames that nobody has asked for yet. */
  buffer: number[]
  /** A close that was asked for while the handshake was still going on. */
  closing: { code: number; reason: string } | null
  /** False once the client is gone, whether or not that is known here. */
  clientThere: boolean
}

/** Whether a transport's state is that of a connection which has ended. */
export function hasEnded(state: unknown): boolean {
  return (state as Transport).phase === 'ended'
}

type TransportMessage =
  | { readonly type: 'upgrade'; readonly headers: UpgradeHeaders; readonly frames: readonly number[] }
  | { readonly type: 'accept'; readonly from: string }
  | { readonly type: 'accept-done'; readonly to: string }
  | { readonly type: 'receive'; readonly from: string }
  | { readonly type: 'send'; readonly from: string; readonly frame: { readonly type: string } }
  | { readonly type: 'close'; readonly code: number; readonly reason: string }
  | { readonly type: 'close-done'; readonly code: number }
  | { readonly type: 'frame'; readonly message: number }
  | { readonly type: 'bye'; readonly code: number }
  | { readonly type: 'vanished' }
  | { readonly type: 'reset' }

export function transport(connection: Connection, entry: string, delays: TransportDelays, resets: boolean) {
  const { name, client, user, instance } = connection
  const endpoint = `${name}/${entry}`

  /** Takes a phase in which nothing comes of the client's frames any more, and forgets them. */
  function settle(state: Transport, phase: 'closing' | 'ended'): void {
    Object.assign(state, { phase, reader: null, buffer: [], closing: null })
    if (phase === 'ended') state.clientThere = false
  }

  function end(state: Transport, code: number, { send, cancelTimer, observe }: Context): void {
    if (state.phase === 'ended') return
    const wasThere = state.phase !== 'none'
    settle(state, 'ended')
    if (!wasThere) return
    for (const timer of ['accepted', 'closed', 'heartbeat', 'reset']) cancelTimer(timer)
    observe({ type: 'gone', connection: name, user, instance, code })
    send(endpoint, { type: 'gone', connection: name, code })
  }

  function tooEarly(state: Transport, from: string, { send, observe }: Context): boolean {
    if (state.phase === 'open') return false
    if (state.phase === 'requested' || state.phase === 'accepting') {
      observe({ type: 'transport-error', connection: name, error: NEED_ACCEPT })
      send(from, { type: 'transport-error', connection: name, error: NEED_ACCEPT })
    }
    return true
  }

  function deliver(state: Transport, { send, observe }: Context): void {
    if (state.phase !== 'open' || state.reader === null) return
    for (const message of state.buffer) {
      observe({ type: 'frame', connection: name, message })
      send(state.reader, { type: 'frame', connection: name, message })
    }
    state.buffer = []
  }

  function close(state: Transport, code: number, reason: string, { send, setTimer }: Context): void {
    settle(state, 'closing')
    if (state.clientThere) {
      send(
        client,
        { type: 'closed', connection: name, code, reason },
        {
          window: delays.network,
          label: 'closed',
        },
      )
    }
    setTimer('closed', delays.network, { type: 'close-done', code })
  }

  return actor<Transport, TransportMessage>({
    initial: { phase: 'none', reader: null, buffer: [], closing: null, clientThere: true },
    host: hostOf(instance),
    show: ({ phase }) => phase,
    shows: PHASES,
    receive(state, message, context) {
      const { send, setTimer, observe } = context
      switch (message.type) {
        case 'upgrade':
          state.phase = 'requested'
          state.buffer = [...message.frames]
          observe({ type: 'upgrade', connection: name, user, instance })
          if (resets) setTimer('reset', delays.faults, { type: 'reset' }, { fault: 'resets' })
          send(`${name}/auth`, { type: 'present', headers: message.headers })
          send(endpoint, { type: 'upgrade', connection: name })
          return
        case 'accept':
          if (state.phase !== 'requested') return
          state.phase = 'accepting'
          observe({ type: 'began', connection: name, what: 'accept' })
          setTimer('accepted', delays.accept, { type: 'accept-done', to: message.from })
          return
        case 'accept-done':
          state.phase = 'open'
          observe({ type: 'ended', connection: name, what: 'accept', outcome: 'accepted' })
          send(client, { type: 'opened', connection: name }, { window: delays.network })
          send(message.to, { type: 'accepted', connection: name })
          if (state.closing !== null) close(state, state.closing.code, state.closing.reason, context)
          return
        case 'receive':
          if (tooEarly(state, message.from, context)) return
          state.reader = message.from
          deliver(state, context)
          return
        case 'send':
          if (tooEarly(state, message.from, context) || !state.clientThere) return
          send(
            client,
            { type: 'delivered', connection: name, frame: message.frame },
            {
              window: delays.network,
              label: message.frame.type,
            },
          )
          return
        case 'close':
          if (state.phase === 'requested' || state.phase === 'open') {
            close(state, message.code, message.reason, context)
          } else if (state.phase === 'accepting') {
            state.closing ??= { code: message.code, reason: message.reason }
          }
          return
        case 'close-done':
          return end(state, message.code, context)
        case 'frame':
          if (state.phase === 'none' || state.phase === 'ended' || state.phase === 'closing') return
          state.buffer.push(message.message)
          return deliver(state, context)
        case 'bye':
          return end(state, message.code, context)
        case 'vanished':
          if (state.phase === 'ended') return
          state.clientThere = false
          setTimer('heartbeat', delays.heartbeat, { type: 'bye', code: CLOSE.abnormal })
          return
        case 'reset':
          if (state.phase === 'none' || state.phase === 'ended') return
          observe({ type: 'fault', fault: 'reset', connection: name })
          send(client, { type: 'broken', connection: name }, { window: delays.network })
          return end(state, CLOSE.abnormal, context)
      }
    },
  })
}
