// The store that several instances share: for each user one lease, with compare-and-set, a time to live, and
// a fencing token that only grows. Who waits is granted in turn. Fault: a lease lapses although its holder
// is alive, as it does when the holder was paused or cut off for longer than the time to live.

import { actor, type Context, type WindowInput } from '../sim/index.ts'

interface Store {
  /** The machine that holds the lease. */
  holder: string | null
  /** Invariant: never decreases; each grant has a token of its own. */
  token: number
  waiting: string[]
}

type StoreMessage =
  | { readonly type: 'acquire'; readonly from: string; readonly mode: 'wait' | 'seize' | 'try' }
  | { readonly type: 'renew'; readonly from: string; readonly token: number }
  | { readonly type: 'release'; readonly from: string; readonly token: number }
  | { readonly type: 'expire' }
  | { readonly type: 'lapse' }

export interface StoreDelays {
  readonly network: WindowInput
  readonly lease: WindowInput
  readonly faults: WindowInput
}

export function store(user: string, delays: StoreDelays, mayLapse: boolean) {
  function reply<M extends { type: string }>(to: string, message: M, { send }: Context): void {
    send(to, message, { window: delays.network })
  }

  function grant(state: Store, to: string, context: Context): void {
    state.holder = to
    state.token++
    context.observe({ type: 'leased', user, holder: to, token: state.token })
    context.setTimer('expire', delays.lease, { type: 'expire' })
    if (mayLapse) context.setTimer('lapse', delays.faults, { type: 'lapse' }, { fault: 'leaseLapses' })
    reply(to, { type: 'lease-granted', token: state.token }, context)
  }

  function free(state: Store, context: Context): void {
    state.holder = null
    context.cancelTimer('expire')
    context.cancelTimer('lapse')
    const next = state.waiting.shift()
    if (next !== undefined) grant(state, next, context)
  }

  function acquire(state: Store, from: string, mode: 'wait' | 'seize' | 'try', context: Context): void {
    if (state.holder === null || mode === 'seize') {
      const older = state.holder
      const { token } = state
      grant(state, from, context)
      if (older !== null && older !== from) reply(older, { type: 'lease-lost', token }, context)
    } else if (mode === 'try') {
      reply(from, { type: 'lease-refused' }, context)
    } else if (!state.waiting.includes(from)) {
      state.waiting.push(from)
    }
  }

  return actor<Store, StoreMessage>({
    initial: { holder: null, token: 0, waiting: [] },
    host: 'store',
    show: ({ holder, token }) => (holder === null ? 'free' : `${holder} (token ${token})`),
    receive(state, message, context) {
      switch (message.type) {
        case 'acquire':
          return acquire(state, message.from, message.mode, context)
        case 'renew':
          if (message.token === state.token && message.from === state.holder) {
            context.setTimer('expire', delays.lease, { type: 'expire' })
          } else {
            reply(message.from, { type: 'lease-lost', token: message.token }, context)
          }
          return
        case 'release':
          state.waiting = state.waiting.filter((other) => other !== message.from)
          if (message.token === state.token && message.from === state.holder) free(state, context)
          return
        case 'lapse':
          context.observe({ type: 'fault', fault: 'lease-lapse', user })
          return free(state, context)
        case 'expire':
          context.observe({ type: 'lease-expired', user, holder: state.holder })
          return free(state, context)
      }
    },
  })
}
