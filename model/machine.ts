// Puts a coordinator's machine into an actor system: its commands become messages to the environment, and
// what it says of itself becomes observations.

import { actor, type Context, type Message, type WindowInput } from '../sim/index.ts'
import type { Commands, Identity, Machine } from './coordinator.ts'
import { hostOf } from './topology.ts'

export interface MachineSurroundings {
  /** The actor of another machine of the same coordinator on the same instance. */
  readonly find: (machine: string, of: string) => string
  /** The way to the store and back. */
  readonly network: WindowInput
}

export function machineActor(machine: Machine, identity: Identity, surroundings: MachineSurroundings) {
  // A context belongs to one actor of one system for good, and so do the commands that speak through it.
  const commands = new WeakMap<Context, Commands>()
  const commandsFor = (context: Context): Commands => {
    const known = commands.get(context) ?? commandsOf(context, identity, surroundings)
    commands.set(context, known)
    return known
  }
  return actor<unknown, Message>({
    initial: machine.initial(identity),
    host: hostOf(identity.instance),
    ...(machine.show === undefined ? {} : { show: machine.show }),
    receive(state, message, context) {
      if (message.type === 'timer' && identity.connection !== undefined) {
        context.observe({ type: 'timer', connection: identity.connection, machine: context.self })
      }
      machine.receive(state, message, commandsFor(context))
    },
  })
}

function commandsOf(context: Context, identity: Identity, { find, network }: MachineSurroundings): Commands {
  const { self, send, setTimer, cancelTimer, observe } = context
  const { user, instance } = identity
  const store = `store/${user}`
  return {
    accept: (connection) => send(`${connection}/transport`, { type: 'accept', from: self }),
    receive: (connection) => send(`${connection}/transport`, { type: 'receive', from: self }),
    send: (connection, frame) => send(`${connection}/transport`, { type: 'send', from: self, frame }),
    close: (connection, code, reason) => send(`${connection}/transport`, { type: 'close', code, reason }),
    authenticate: (connection) => send(`${connection}/auth`, { type: 'authenticate', from: self }),
    startServices: (connection) => send(`${connection}/services`, { type: 'start', from: self }),
    runAgent: (connection, message, token) =>
      send(`${connection}/services`, { type: 'run', from: self, message, token }),
    acquireLease: (mode) => send(store, { type: 'acquire', from: self, mode }, { window: network }),
    renewLease: (token) => send(store, { type: 'renew', from: self, token }, { window: network }),
    releaseLease: (token) => send(store, { type: 'release', from: self, token }, { window: network }),
    setTimer: (timer, window) => setTimer(timer, window, { type: 'timer', timer }),
    cancelTimer,
    tell: (machine, of, message) => send(find(machine, of), message),
    moved: (connection, to, token = 0) => observe({ type: 'moved', connection, user, instance, to, token }),
    coordinatedBy: (connection, machine) =>
      observe({ type: 'coordinated', connection, user, instance, machine }),
    answered: (connection, to, outcome, error = '') =>
      observe({ type: 'answered', connection, user, instance, to, outcome, error }),
    standing: (connection, standing) => observe({ type: standing, connection, user, instance }),
  }
}
