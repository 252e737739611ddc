// Puts a coordinator's machine into an actor system: its commands become messages to the environment, and
// what it says of itself becomes observations.

import { actor, type Context, type Message, type WindowInput } from '../sim/index.ts'
import type { Commands, Identity, Machine } from './coordinator.ts'
import { hostOf } from './topology.ts'

export interface MachineSurroundings {
  /** What it is called in what is observed. */
  readonly name: string
  /** The actor of another machine of the same coordinator on the same instance. */
  readonly find: (machine: string, of: string) => string
  /** The way to the store and back. */
  readonly network: WindowInput
}

/** A machine's state, and how often its host has started again: answers to an earlier life are not heard. */
export interface Placed {
  readonly incarnation: number
  machine: unknown
}

/** What came from outside the host says which life of the machine asked for it. */
export function isOfEarlierLife(message: Message & { incarnation?: unknown }, incarnation: number): boolean {
  return message.incarnation !== undefined && message.incarnation !== incarnation
}

export function machineActor(machine: Machine, identity: Identity, surroundings: MachineSurroundings) {
  // A context belongs to one actor of one system for good, and so do the commands that speak through it.
  const speakers = new WeakMap<Context, Speaker>()
  const speakerFor = (context: Context): Speaker => {
    const known = speakers.get(context) ?? new Speaker(context)
    speakers.set(context, known)
    known.commands ??= commandsOf(known, identity, surroundings)
    return known
  }
  const { survives, show, shows } = machine
  return actor<Placed, Message>({
    initial: { incarnation: 0, machine: machine.initial(identity) },
    host: hostOf(identity.instance),
    survives: ({ incarnation, machine: state }) => ({
      incarnation: incarnation + 1,
      machine: survives === undefined ? machine.initial(identity) : survives(state),
    }),
    ...(show === undefined ? {} : { show: ({ machine: state }) => show(state) }),
    ...(shows === undefined ? {} : { shows }),
    receive(state, message, context) {
      if (isOfEarlierLife(message, state.incarnation)) return
      if (message.type === 'timer' && identity.connection !== undefined) {
        context.observe({ type: 'timer', connection: identity.connection, machine: context.self })
      }
      const speaker = speakerFor(context)
      speaker.incarnation = state.incarnation
      machine.receive(state.machine, message, speaker.commands as Commands)
    },
  })
}

/** Speaks for a machine in one of its lives. */
class Speaker {
  readonly context: Context
  incarnation = 0
  commands: Commands | undefined

  constructor(context: Context) {
    this.context = context
  }
}

function commandsOf(
  speaker: Speaker,
  identity: Identity,
  { find, name, network }: MachineSurroundings,
): Commands {
  const { self, send, setTimer, cancelTimer, observe } = speaker.context
  const { user, instance } = identity
  const toStore = <M extends Message>(message: M) =>
    send(`store/${user}`, { ...message, from: self, incarnation: speaker.incarnation }, { window: network })
  return {
    accept: (connection) => send(`${connection}/transport`, { type: 'accept', from: self }),
    receive: (connection) => send(`${connection}/transport`, { type: 'receive', from: self }),
    send: (connection, frame) => send(`${connection}/transport`, { type: 'send', from: self, frame }),
    close: (connection, code, reason) => send(`${connection}/transport`, { type: 'close', code, reason }),
    authenticate: (connection) => send(`${connection}/auth`, { type: 'authenticate', from: self }),
    startServices: (connection) => send(`${connection}/services`, { type: 'start', from: self }),
    runAgent: (connection, message, token) =>
      send(`${connection}/services`, {
        type: 'run',
        from: self,
        incarnation: speaker.incarnation,
        message,
        token,
      }),
    acquireLease: (mode) => toStore({ type: 'acquire', mode }),
    renewLease: (token) => toStore({ type: 'renew', token }),
    releaseLease: (token) => toStore({ type: 'release', token }),
    setTimer: (timer, window) => setTimer(timer, window, { type: 'timer', timer }),
    cancelTimer,
    tell: (machine, of, message) => send(find(machine, of), message),
    moved: (connection, to, token = 0) => observe({ type: 'moved', connection, user, instance, to, token }),
    coordinates: (connection) => observe({ type: 'coordinated', connection, user, instance, machine: name }),
    answered: (connection, to, outcome, error = '') =>
      observe({ type: 'answered', connection, user, instance, to, outcome, error }),
    standing: (connection, standing) => observe({ type: standing, connection, user, instance }),
  }
}
