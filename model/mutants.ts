// Mutants of the single coordinator: each breaks exactly one thing, the way a slip of the hand would, and
// must be caught by the property it names. A property that no mutant breaks may be checking nothing.

import type { Commands, Coordinator, Input, Machine } from './coordinator.ts'
import type { LifecycleOptions } from './options.ts'
import { receiveInSession, type Session, session } from './session.ts'
import { CLOSE } from './states.ts'
import { receiveInUserMachine, type Told, type UserMachine, userMachine } from './user-machine.ts'

export interface Mutant {
  /** What it does wrong. */
  readonly name: string
  /** The property that must catch it. */
  readonly breaks: string
  /** The scenario of the catalogue in which it shows. */
  readonly scenario: string
  /** The size of that scenario at which an exhaustive check catches it; or why none can. */
  readonly size: MutantSize | string
  readonly coordinator: Coordinator
}

export type MutantSize = Pick<
  LifecycleOptions,
  'users' | 'connections' | 'messages' | 'reconnects' | 'faults'
>

interface Shows {
  readonly breaks: string
  readonly in: string
  readonly at: Mutant['size']
}

const ONE: MutantSize = { connections: 1, messages: 1 }
const TWO: MutantSize = { connections: 2, messages: 1 }

type SessionChange = (state: Session, input: Input | Told, commands: Commands) => void
type UserChange = (state: UserMachine, input: Input | Told, commands: Commands) => void

const standby = userMachine('standby')

function mutant(
  name: string,
  shows: Shows,
  change: { session?: SessionChange; machine?: UserChange },
): Mutant {
  const machines: Record<string, Machine> = {
    session: { ...session, receive: change.session ?? receiveInSession },
    machine: { ...standby, receive: change.machine ?? receiveInUserMachine },
  }
  const coordinator = { name: `mutant: ${name}`, entry: 'session', machines }
  return { name, breaks: shows.breaks, scenario: shows.in, size: shows.at, coordinator }
}

/** Every command as it is, but those given here. */
function replacing(commands: Commands, replaced: Partial<Commands>): Commands {
  return { ...commands, ...replaced }
}

const ignore = () => {}

export const mutants: readonly Mutant[] = [
  mutant(
    'skips SERVICES_READY on the way to PROCESSING_READY',
    { breaks: 'legal transitions only', in: 'ordered-progress', at: ONE },
    {
      session: (state, input, commands) => {
        const isUp = input.type === 'services-ready' && state.phase === 'AUTHENTICATED'
        if (isUp) state.phase = 'SERVICES_READY'
        receiveInSession(state, input, commands)
      },
    },
  ),
  mutant(
    'promotes everybody who waits when the owner goes',
    { breaks: 'one owner per user', in: 'five-tabs', at: { connections: 3, messages: 0 } },
    {
      machine: (state, input, commands) => {
        receiveInUserMachine(state, input, commands)
        if (input.type !== 'left') return
        for (const { connection, to } of state.waiting.splice(0)) {
          commands.tell('session', connection, {
            type: 'answer',
            to,
            outcome: 'granted',
            token: state.token + 1,
          })
        }
      },
    },
  ),
  mutant(
    'goes by the same fencing token for ever',
    { breaks: 'one owner per user', in: 'split-brain', at: { ...TWO, faults: {} } },
    {
      session: (state, input, commands) =>
        receiveInSession(state, input.type === 'answer' ? { ...input, token: 1 } : input, commands),
    },
  ),
  mutant(
    'grants every request',
    { breaks: 'exactly one grant for concurrent requests', in: 'n-requests', at: { connections: 2 } },
    {
      machine: (state, input, commands) => {
        if (input.type === 'ask') state.owner = input.connection
        receiveInUserMachine(state, input, commands)
      },
    },
  ),
  {
    name: 'makes a machine for each connection',
    breaks: 'one machine per user',
    scenario: 'get-or-create',
    size: { connections: 2, messages: 0 },
    coordinator: {
      name: 'mutant: makes a machine for each connection',
      entry: 'session',
      machines: {
        session: {
          ...session,
          receive: (state: Session, input: Input | Told, commands: Commands) =>
            receiveInSession(
              state,
              input,
              replacing(commands, {
                tell: (machine, _user, message) => commands.tell(machine, state.connection, message),
              }),
            ),
        },
        machine: { ...standby, per: 'connection' },
      },
    },
  },
  mutant(
    'processes a message as soon as it comes',
    { breaks: 'nothing processed before PROCESSING_READY', in: 'five-tabs', at: ONE },
    {
      session: (state, input, commands) => {
        receiveInSession(state, input, commands)
        if (input.type !== 'frame' || state.current !== null) return
        const next = state.queue.shift()
        if (next === undefined) return
        state.current = next
        commands.runAgent(state.connection, next, state.token)
      },
    },
  ),
  mutant(
    'starts the services beside authentication',
    { breaks: 'phases in sequence', in: 'phase-overlap', at: ONE },
    {
      session: (state, input, commands) => {
        receiveInSession(state, input, commands)
        if (input.type === 'accepted') commands.startServices(state.connection)
      },
    },
  ),
  mutant(
    'forgets the messages that came early',
    { breaks: 'no message lost, duplicated or reordered', in: 'five-tabs', at: ONE },
    {
      session: (state, input, commands) => {
        if (input.type === 'services-ready') state.queue = []
        receiveInSession(state, input, commands)
      },
    },
  ),
  mutant(
    'takes the newest message of the queue first',
    {
      breaks: 'no message lost, duplicated or reordered',
      in: 'message-before-accept',
      at: { connections: 1, messages: 2 },
    },
    {
      session: (state, input, commands) => {
        if (input.type === 'services-ready') state.queue.reverse()
        receiveInSession(state, input, commands)
      },
    },
  ),
  mutant(
    'does not remember which messages it has seen',
    {
      breaks: 'no message lost, duplicated or reordered',
      in: 'unreliable-network',
      at: { ...ONE, reconnects: 0, faults: { duplicates: 1 } },
    },
    {
      session: (state, input, commands) => {
        if (input.type === 'frame') state.seen = 0
        receiveInSession(state, input, commands)
      },
    },
  ),
  mutant(
    'does not pass tool_executing on',
    { breaks: 'all five agent events for each message', in: 'five-events', at: ONE },
    {
      session: (state, input, commands) => {
        if (input.type !== 'agent-event' || input.event !== 'tool_executing')
          receiveInSession(state, input, commands)
      },
    },
  ),
  mutant(
    'takes an early message for an internal error',
    { breaks: 'no 1011 without a fault', in: 'message-before-accept', at: ONE },
    {
      session: (state, input, commands) => {
        const early = input.type === 'frame' && state.phase === 'ACCEPTED'
        if (early) commands.close(state.connection, CLOSE.internalError, 'not ready')
        else receiveInSession(state, input, commands)
      },
    },
  ),
  mutant(
    'says connection_ready when the handshake is done',
    { breaks: 'an unauthenticated connection gets nothing but a close', in: 'stripped-header', at: ONE },
    {
      session: (state, input, commands) => {
        receiveInSession(state, input, commands)
        if (input.type === 'accepted') commands.send(state.connection, { type: 'connection_ready' })
      },
    },
  ),
  mutant(
    'does not hear that the services have failed',
    {
      breaks: 'every connection ends up ready or closed',
      in: 'services-fail',
      at: { ...ONE, faults: { serviceFailures: 1 } },
    },
    {
      session: (state, input, commands) => {
        if (input.type !== 'services-failed') receiveInSession(state, input, commands)
      },
    },
  ),
  mutant(
    'leaves those who wait waiting when the owner goes',
    {
      breaks: 'every standby is promoted when the owner goes',
      in: 'owner-drops',
      at: { connections: 2, messages: 0 },
    },
    {
      machine: (state, input, commands) => {
        const waiting = input.type === 'left' ? state.waiting.splice(0) : undefined
        receiveInUserMachine(state, input, commands)
        if (waiting !== undefined && input.type === 'left') {
          state.waiting = waiting.filter(({ connection }) => connection !== input.connection)
        }
      },
    },
  ),
  mutant(
    'keeps a session that is gone in CLOSING',
    { breaks: 'no orphans at rest', in: 'owner-drops', at: ONE },
    {
      session: (state, input, commands) => {
        receiveInSession(state, input, commands)
        if (input.type === 'gone' && state.phase === 'CLOSED') state.phase = 'CLOSING'
      },
    },
  ),
  mutant(
    'does not take its handshake timer back',
    { breaks: 'no orphan timer', in: 'ordered-progress', at: ONE },
    {
      session: (state, input, commands) =>
        receiveInSession(state, input, replacing(commands, { cancelTimer: ignore })),
    },
  ),
  mutant(
    'waits a while before it says that it is ready',
    {
      breaks: 'set-up overhead within 100 ms',
      in: 'set-up-overhead',
      at: 'it takes its time, and an exhaustive check knows no time',
    },
    {
      session: (state, input, commands) => {
        if (input.type === 'services-ready') commands.setTimer('settle', '150ms')
        else if (input.type === 'timer' && input.timer === 'settle') {
          receiveInSession(state, { type: 'services-ready', connection: state.connection }, commands)
        } else receiveInSession(state, input, commands)
      },
    },
  ),
]
