// The authentication service: takes its time, then says whether the token of an upgrade request is good. A
// token comes in the Authorization header, or as the subprotocol `jwt.<token>` where something strips headers.

import { actor, type WindowInput } from '../sim/index.ts'
import { type Connection, hostOf } from './topology.ts'

/** Of an upgrade request, what authentication looks at. */
export interface UpgradeHeaders {
  readonly authorization: string | null
  /** The subprotocols that the client offers. */
  readonly protocols: readonly string[]
}

export const BEARER = 'Bearer '
export const TOKEN_PROTOCOL = 'jwt.'

/** A user's good token. */
export const tokenOf = (user: string): string => `token-of-${user}`

interface Auth {
  headers: UpgradeHeaders
}

type AuthMessage =
  | { readonly type: 'present'; readonly headers: UpgradeHeaders }
  | { readonly type: 'authenticate'; readonly from: string }
  | { readonly type: 'resolve'; readonly to: string }

export function auth({ name, user, instance }: Connection, window: WindowInput) {
  return actor<Auth, AuthMessage>({
    initial: { headers: { authorization: null, protocols: [] } },
    host: hostOf(instance),
    receive(state, message, { send, setTimer, observe }) {
      switch (message.type) {
        case 'present':
          state.headers = message.headers
          return
        case 'authenticate':
          observe({ type: 'began', connection: name, what: 'auth' })
          setTimer('resolve', window, { type: 'resolve', to: message.from })
          return
        case 'resolve': {
          const outcome = tokenIn(state.headers) === tokenOf(user) ? 'authenticated' : 'unauthenticated'
          observe({ type: 'ended', connection: name, what: 'auth', outcome })
          send(message.to, { type: outcome, connection: name })
          return
        }
      }
    },
  })
}

function tokenIn({ authorization, protocols }: UpgradeHeaders): string | undefined {
  if (authorization?.startsWith(BEARER)) return authorization.slice(BEARER.length)
  return protocols.find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length)
}
