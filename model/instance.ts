// One instance of the server, as far as it can crash: all that lives on it starts again from nothing, and
// its clients lose their connections.

import { actor, type WindowInput } from '../sim/index.ts'
import { type Connection, hostOf } from './topology.ts'

export interface InstanceOptions {
  readonly connections: readonly Connection[]
  readonly network: WindowInput
  readonly faults: WindowInput
}

export function instance(name: string, { connections, network, faults }: InstanceOptions) {
  const host = hostOf(name)
  return actor({
    initial: {},
    host,
    start(_state, { setTimer }) {
      setTimer('crash', faults, { type: 'crash' }, { fault: 'crashes' })
      return undefined
    },
    receive(_state, _message, { send, observe, crash }) {
      for (const { name: connection, client, user } of connections) {
        observe({ type: 'fault', fault: 'crash', connection })
        observe({ type: 'crashed', connection, user, instance: name })
        send(client, { type: 'broken', connection }, { window: network, label: `broken.${connection}` })
      }
      crash(host)
    },
  })
}
