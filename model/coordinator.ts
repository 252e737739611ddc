// The contract of a coordinator: what it hears (inputs), what it can do (commands), and the machines that
// it is made of. Any coordinator that keeps it, a user's own too, can be put into any scenario, and the same
// machines also run behind a real server (connection-coordinator.ts).

import type { Message, WindowInput } from '../sim/index.ts'
import type { AgentEvent, LifecycleState } from './states.ts'
import type { Policy } from './user-machine.ts'

/** What the machine of a connection hears of the environment. */
export type ConnectionInput = Extract<Input, { readonly connection: string }>

/** Who a machine is. Plain JSON. */
export interface Identity {
  /** The connection it belongs to; undefined for a machine of a user. */
  readonly connection: string | undefined
  readonly user: string
  readonly instance: string
  /** How many instances there are; with more than one, ownership comes from the store. */
  readonly instances: number
  /** Fencing tokens that it gives out itself are above this; more than any that an earlier life gave out. */
  readonly tokensFrom: number
}

/** What the environment tells a machine. */
export type Input =
  /** A connection wants to be opened. `frames` were pipelined behind the upgrade request. */
  | { readonly type: 'upgrade'; readonly connection: string }
  | { readonly type: 'accepted'; readonly connection: string }
  | { readonly type: 'frame'; readonly connection: string; readonly message: number }
  /** The transport refused something that came too early. */
  | { readonly type: 'transport-error'; readonly connection: string; readonly error: string }
  /** The transport has ended, closed by either side or broken. */
  | { readonly type: 'gone'; readonly connection: string; readonly code: number }
  | { readonly type: 'authenticated'; readonly connection: string }
  | { readonly type: 'unauthenticated'; readonly connection: string }
  | { readonly type: 'services-ready'; readonly connection: string }
  | { readonly type: 'services-degraded'; readonly connection: string }
  | { readonly type: 'services-failed'; readonly connection: string }
  | AgentEventInput
  /** The agent has seen a newer fencing token for this user and refuses the older one. */
  | { readonly type: 'fenced'; readonly connection: string }
  | { readonly type: 'lease-granted'; readonly token: number }
  | { readonly type: 'lease-refused' }
  | { readonly type: 'lease-renewed'; readonly token: number }
  | { readonly type: 'lease-lost'; readonly token: number }
  | { readonly type: 'timer'; readonly timer: string }
  /** Somebody asks for a transition by name. */
  | TransitionRequest

export interface AgentEventInput {
  readonly type: 'agent-event'
  readonly connection: string
  readonly message: number
  readonly event: AgentEvent
}

export interface TransitionRequest {
  readonly type: 'request'
  readonly connection: string
  readonly to: LifecycleState
  readonly reason: string
}

/** `refused` is an InvalidTransition; `queued` is granted later, `denied` never. */
export type Outcome = 'granted' | 'queued' | 'denied' | 'refused'

/** What a client can be sent. */
export type Frame =
  | { readonly type: 'connection_ready' }
  | { readonly type: AgentEvent; readonly message: number }

/** What a machine can do. Nothing here returns anything: every answer comes as an input. */
export interface Commands {
  /** Asks the transport to accept the connection; answered by `accepted`. */
  accept(connection: string): void
  /** Asks for the frames of the connection; each comes as `frame`. Too early is a `transport-error`. */
  receive(connection: string): void
  /** Sends a frame to the client. Too early is a `transport-error`. */
  send(connection: string, frame: Frame): void
  close(connection: string, code: number, reason: string): void
  /** Answered by `authenticated` or `unauthenticated`. */
  authenticate(connection: string): void
  /** Answered by `services-ready`, `services-failed`, or `services-degraded` and later one of the others. */
  startServices(connection: string): void
  /** Has the agent process a message; answered by five times `agent-event`, or `fenced`. */
  runAgent(connection: string, message: number, token: number): void
  /** Asks the store for the user's lease; answered by `lease-granted`, when it is free or at once by force. */
  acquireLease(mode: 'wait' | 'seize' | 'try'): void
  /** Answered by `lease-renewed`, or by `lease-lost` if the token is not the newest any more. */
  renewLease(token: number): void
  releaseLease(token: number): void
  setTimer(timer: string, window: WindowInput): void
  cancelTimer(timer: string): void
  /** Tells another machine of this coordinator, on the same instance, in no time. */
  tell<M extends Message>(machine: string, of: string, message: M): void
  /** Says that a connection's lifecycle has moved. `token` is the fencing token of an owner. */
  moved(connection: string, to: LifecycleState, token?: number): void
  /** Says that this machine is the one that coordinates a connection. */
  coordinates(connection: string): void
  /** Says how a request was answered. */
  answered(connection: string, to: LifecycleState, outcome: Outcome, error?: string): void
  /** Says that a connection waits for its turn, or that its turn has come. */
  standing(connection: string, standing: 'queued' | 'promoted'): void
}

/** One state machine, as a recipe over an immer draft. */
export interface Machine<State = any> {
  /** Whether each connection has one of its own, or each user (on each instance). */
  readonly per: 'connection' | 'user'
  initial(identity: Identity): State
  /** The transition. Inputs, and what other machines of the coordinator tell. */
  receive(state: State, input: any, commands: Commands): void
  /** What a crash of its instance leaves of it; nothing, the initial state, unless given. */
  survives?(state: State): State
  /** The connections for which it still holds something: itself, a queued message, a place in a list. */
  holds?(state: State): readonly string[]
  /** The state in a word or two, for a timeline. */
  show?(state: State): string
  /** Every word that `show` may begin with, for coverage. */
  readonly shows?: readonly string[]
}

export interface Coordinator {
  readonly name: string
  /** The machines by name. */
  readonly machines: Readonly<Record<string, Machine>>
  /** The machine of a connection that hears `upgrade`, `request` and `gone`. */
  readonly entry: string
  /** Given where the class ConnectionCoordinator is to run in the machines' place, with this policy. */
  readonly asynchronous?: Policy
}

/** Gives a coordinator of one's own its types. */
export function coordinator(definition: Coordinator): Coordinator {
  return definition
}
