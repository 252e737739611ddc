// The authentication service: takes its time, then says whether the credentials of a connection are good.

import { actor, type WindowInput } from '../sim/index.ts'
import type { Credentials } from './client.ts'
import { type Connection, hostOf } from './topology.ts'

interface Auth {
  credentials: Credentials
}

type AuthMessage =
  | { readonly type: 'present'; readonly credentials: Credentials }
  | { readonly type: 'authenticate'; readonly from: string }
  | { readonly type: 'resolve'; readonly to: string }

export function auth({ name, instance }: Connection, window: WindowInput) {
  return actor<Auth, AuthMessage>({
    initial: { credentials: { placement: 'none', valid: false } },
    host: hostOf(instance),
    receive(state, message, { send, setTimer, observe }) {
      switch (message.type) {
        case 'present':
          state.credentials = message.credentials
          return
        case 'authenticate':
          observe({ type: 'began', connection: name, what: 'auth' })
          setTimer('resolve', window, { type: 'resolve', to: message.from })
          return
        case 'resolve': {
          const { placement, valid } = state.credentials
          const outcome = placement !== 'none' && valid ? 'authenticated' : 'unauthenticated'
          observe({ type: 'ended', connection: name, what: 'auth', outcome })
          send(message.to, { type: outcome, connection: name })
          return
        }
      }
    },
  })
}
