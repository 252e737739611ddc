// Where the environment of the model meets the class of a real server: ports in the place of its machines,
// which show what they hear, and dependencies that speak through them and wait for the answers.

import { actor, type Context, type Message, type Observation, type WindowInput } from '../sim/index.ts'
import type { AgentEventInput } from './coordinator.ts'
import type { LeaseStore } from './dependencies.ts'
import { isOfEarlierLife } from './machine.ts'
import { connectionMachine, hostOf, type Topology, userMachineName } from './topology.ts'

/** What a port hears, it shows; the bridge takes it from there. */
export const PORT = 'port'

export interface PortObservation extends Observation {
  readonly type: typeof PORT
  readonly port: string
  readonly message: Message & Record<string, unknown>
}

/** A port's state: how often its host has started again, as of the machine in whose place it stands. */
export interface Port {
  readonly incarnation: number
}

export function ports({ connections, users, instances }: Topology) {
  const port = (name: string, instance: string) =>
    [
      name,
      actor<Port, Message>({
        initial: { incarnation: 0 },
        host: hostOf(instance),
        survives: ({ incarnation }) => ({ incarnation: incarnation + 1 }),
        receive: ({ incarnation }, message, { self, observe }) => {
          if (!isOfEarlierLife(message, incarnation)) observe({ type: PORT, port: self, message })
        },
      }),
    ] as const
  return Object.fromEntries([
    ...connections.map(({ name, instance }) => port(connectionMachine(name, 'session'), instance)),
    ...users.flatMap((user) =>
      instances.map((instance) =>
        port(userMachineName(user, 'machine', instance, instances.length), instance),
      ),
    ),
  ])
}

/** What a coordinator waits for from outside: who answers it, by what and whose it is. */
export type Answers = Map<string, (message: Message & Record<string, unknown>) => void>

/** Acts as a port, in one of its lives. */
export type Say = (port: string, act: (context: Context, incarnation: number) => void) => void

/** Which question a message answers. */
export function answerKey(port: string, message: Message & Record<string, unknown>): string {
  switch (message.type) {
    case 'timer':
      return `${port} timer ${message.timer}`
    case 'accepted':
      return `${port} accept`
    case 'authenticated':
    case 'unauthenticated':
      return `${port} authenticate`
    case 'lease-granted':
    case 'lease-refused':
      return `${port} lease`
    case 'lease-renewed':
      return `${port} renewal`
    case 'lease-lost':
      return `${port} lost`
    default:
      return message.type.startsWith('services') ? `${port} services` : `${port} agent`
  }
}

export function connectionDependencies(say: Say, answers: Answers) {
  const portOf = (connection: string) => `${connection}/session`
  const tell = (connection: string, part: string, message: Message) =>
    say(portOf(connection), ({ self, send }, incarnation) =>
      send(`${connection}/${part}`, { ...message, from: self, incarnation }),
    )
  /** Says something, and resolves to the answer. */
  const ask = (connection: string, what: string, part: string, message: Message) =>
    new Promise<Message>((resolve) => {
      answers.set(`${portOf(connection)} ${what}`, resolve)
      tell(connection, part, message)
    })
  return {
    accept: async (connection: string) => {
      await ask(connection, 'accept', 'transport', { type: 'accept' })
    },
    receive: (connection: string) => tell(connection, 'transport', { type: 'receive' }),
    authenticate: async (connection: string) => {
      const { type } = await ask(connection, 'authenticate', 'auth', { type: 'authenticate' })
      return type === 'authenticated'
    },
    startServices: (connection: string, onDegraded: () => void) =>
      new Promise<void>((resolve, reject) => {
        answers.set(`${portOf(connection)} services`, ({ type }) => {
          if (type === 'services-ready') resolve()
          else if (type === 'services-degraded') onDegraded()
          else reject(new Error('services failed to start'))
        })
        tell(connection, 'services', { type: 'start' })
      }),
    runAgent: (
      work: { connection: string; message: number; token: number },
      emit: (event: AgentEventInput['event']) => void,
    ) =>
      new Promise<boolean>((resolve) => {
        const { connection, message, token } = work
        answers.set(`${portOf(connection)} agent`, (answer) => {
          if (answer.type === 'fenced') return resolve(false)
          const { event } = answer as unknown as AgentEventInput
          emit(event)
          if (event === 'agent_completed') resolve(true)
        })
        tell(connection, 'services', { type: 'run', message, token } as Message)
      }),
    send: (connection: string, frame: { type: string }) =>
      tell(connection, 'transport', { type: 'send', frame } as Message),
    close: (connection: string, code: number, reason: string) =>
      tell(connection, 'transport', { type: 'close', code, reason } as Message),
  }
}

interface StorePlace {
  readonly machineOf: (user: string) => string
  /** The way to the store and back. */
  readonly network: WindowInput
}

export function leaseStore(say: Say, answers: Answers, { machineOf, network }: StorePlace): LeaseStore {
  const tell = (user: string, message: Message) =>
    say(machineOf(user), ({ self, send }, incarnation) =>
      send(`store/${user}`, { ...message, from: self, incarnation }, { window: network }),
    )
  return {
    acquire: (user, mode, onLost) =>
      new Promise((resolve) => {
        const port = machineOf(user)
        answers.set(`${port} lost`, ({ token }) => onLost(Number(token)))
        answers.set(`${port} lease`, ({ type, token }) =>
          resolve(type === 'lease-granted' ? Number(token) : null),
        )
        tell(user, { type: 'acquire', mode } as Message)
      }),
    // That it is lost comes to onLost, as it does when another instance seizes it.
    renew: (user, token) =>
      new Promise((resolve) => {
        answers.set(`${machineOf(user)} renewal`, () => resolve(true))
        tell(user, { type: 'renew', token } as Message)
      }),
    release: (user, token) => tell(user, { type: 'release', token } as Message),
  }
}
