// The store that several instances share: for each user one lease, with compare-and-set, a time to live, and
// a fencing token that only grows. Who waits is granted in turn. Fault: a lease lapses although its holder
// is alive, as it does when the holder was paused or cut off for longer than the time to live.

import { actor, type Context, type WindowInput } from '../sim/index.ts'

/** A machine that asks, in one of its lives: what a dead one asked for is answered to nobody. */
interface Petitioner {
  readonly from: string
  readonly incarnation: number
}

interface Store {
  /** The machine that holds the lease. */
  holder: Petitioner | null
  /** Invariant: never decreases; each grant has a token of its own. */
  token: number
  /** First come, first served. */
  waiting: Petitioner[]
}

type Mode = 'wait' | 'seize' | 'try'

type StoreMessage =
  | ({ readonly type: 'acquire'; readonly mode: Mode } & Petitioner)
  | ({ readonly type: 'renew'; readonly token: number } & Petitioner)
  | ({ readonly type: 'release'; readonly token: number } & Petitioner)
  | { readonly type: 'expire' }
  | { readonly type: 'lapse' }

export interface StoreDelays {
  readonly network: WindowInput
  readonly lease: WindowInput
  readonly faults: WindowInput
}

export function store(user: string, delays: StoreDelays, mayLapse: boolean) {
  function reply<M extends { type: string }>(
    { from, incarnation }: Petitioner,
    message: M,
    { send }: Context,
  ): void {
    send(from, { ...message, incarnation }, { window: delays.network })
  }

  function grant(state: Store, to: Petitioner, context: Context): void {
    state.holder = to
    state.token++
    context.observe({ type: 'leased', user, holder: to.from, token: state.token })
    context.setTimer('expire', delays.lease, { type: 'expire' })
    if (mayLapse) context.setTimer('lapse', delays.faults, { type: 'lapse' }, { fault: 'leaseLapses' })
    reply(to, { type: 'lease-granted', token: state.token }, context)
  }

  function free(state: Store, context: Context): void {
    state.holder = null
    context.cancelTimer('expire')
    context.cancelTimer('lapse')
    const next = state.waiting.shift()
    if (next !== undefined) grant(state, { ...next }, context)
  }

  function acquire(
    state: Store,
    { from, incarnation, mode }: Petitioner & { mode: Mode },
    context: Context,
  ): void {
    const petitioner = { from, incarnation }
    // Of one machine only the newest request counts; an older one is of a life that is over.
    state.waiting = state.waiting.filter((other) => other.from !== from)
    if (state.holder === null || mode === 'seize') {
      const older = state.holder === null ? null : { ...state.holder }
      const { token } = state
      grant(state, petitioner, context)
      if (older !== null && older.from !== from) reply(older, { type: 'lease-lost', token }, context)
    } else if (mode === 'try') {
      reply(petitioner, { type: 'lease-refused' }, context)
    } else {
      state.waiting.push(petitioner)
    }
  }

  function renew(state: Store, renewal: Petitioner & { token: number }, context: Context): void {
    const isHeld = holds(state, renewal)
    if (isHeld) context.setTimer('expire', delays.lease, { type: 'expire' })
    reply(renewal, { type: isHeld ? 'lease-renewed' : 'lease-lost', token: renewal.token }, context)
  }

  function holds(state: Store, { from, incarnation, token }: Petitioner & { token: number }): boolean {
    return token === state.token && from === state.holder?.from && incarnation === state.holder.incarnation
  }

  return actor<Store, StoreMessage>({
    initial: { holder: null, token: 0, waiting: [] },
    host: 'store',
    show: ({ holder, token }) => (holder === null ? 'free' : `${holder.from} (token ${token})`),
    receive(state, message, context) {
      switch (message.type) {
        case 'acquire':
          return acquire(state, message, context)
        case 'renew':
          return renew(state, message, context)
        case 'release':
          if (holds(state, message)) free(state, context)
          return
        case 'lapse':
          context.observe({ type: 'fault', fault: 'lease-lapse', user })
          return free(state, context)
        case 'expire':
          context.observe({ type: 'lease-expired', user, holder: state.holder?.from ?? '' })
          return free(state, context)
      }
    },
  })
}
