// The load balancer before the instances: starts an instance when the first request for it comes, holds what
// comes meanwhile, then lets it all through at once; and may strip the Authorization header, as some do.

import { actor, type Context, type WindowInput } from '../sim/index.ts'
import type { UpgradeHeaders } from './auth.ts'

interface Upgrade {
  readonly type: 'upgrade'
  readonly connection: string
  readonly instance: string
  readonly headers: UpgradeHeaders
  readonly frames: readonly number[]
}

interface Balancer {
  started: Record<string, 'starting' | 'started'>
  /** By connection. */
  held: Record<string, Upgrade>
}

/** What a client says on a connection: a message, or that it is gone, with or without a word. */
interface Said {
  readonly type: 'frame' | 'bye' | 'vanished'
  readonly connection: string
}

type BalancerMessage = Upgrade | Said | { readonly type: 'started'; readonly instance: string }

export interface BalancerOptions {
  readonly network: WindowInput
  readonly coldStart: WindowInput
  readonly strips: boolean
}

export function balancer({ network, coldStart, strips }: BalancerOptions) {
  function forward(upgrade: Upgrade, { send }: Context): void {
    const { connection, headers } = upgrade
    send(
      `${connection}/transport`,
      { ...upgrade, headers: strips ? { ...headers, authorization: null } : headers },
      { window: network, label: `upgrade.${connection}`, channel: connection },
    )
  }

  /** Passes it on behind the upgrade; a client that goes while its upgrade is held takes that back. */
  function passOn(state: Balancer, said: Said, { send }: Context): void {
    const { type, connection } = said
    if (state.held[connection] !== undefined) delete state.held[connection]
    else
      send(`${connection}/transport`, said, {
        window: network,
        label: `${type}.${connection}`,
        channel: connection,
      })
  }

  return actor<Balancer, BalancerMessage>({
    initial: { started: {}, held: {} },
    host: 'balancer',
    receive(state, message, context) {
      if (message.type === 'started') {
        state.started[message.instance] = 'started'
        for (const upgrade of Object.values(state.held)) {
          if (upgrade.instance !== message.instance) continue
          delete state.held[upgrade.connection]
          forward(upgrade, context)
        }
        return
      }
      if (message.type !== 'upgrade') return passOn(state, message, context)
      if (coldStart === 0 || state.started[message.instance] === 'started') return forward(message, context)
      state.held[message.connection] = message
      if (state.started[message.instance] !== undefined) return
      state.started[message.instance] = 'starting'
      context.setTimer(`start.${message.instance}`, coldStart, {
        type: 'started',
        instance: message.instance,
      })
    },
  })
}
