// What can be seen of a lifecycle run, whichever coordinator is in it: the vocabulary of the properties.

import type { Outcome } from './coordinator.ts'
import type { AgentEvent, LifecycleState } from './states.ts'

/** What sets a connection up on the server. */
export type Phase = 'accept' | 'auth' | 'services'

export interface OfConnection {
  readonly connection: string
}

export interface OnInstance extends OfConnection {
  readonly user: string
  readonly instance: string
}

export type LifecycleObservation =
  // The client: it connects, sends, gets ready, receives an agent event, and is closed.
  | ({ readonly type: 'connect' | 'ready' } & OfConnection)
  | ({ readonly type: 'sent'; readonly message: number } & OfConnection)
  | ({
      readonly type: 'received'
      readonly user: string
      readonly message: number
      readonly event: AgentEvent
    } & OfConnection)
  | ({
      readonly type: 'closed'
      readonly code: number
      readonly reason: string
      readonly by: 'client' | 'server' | 'fault'
    } & OfConnection)
  // A request for a transition, by name.
  | ({ readonly type: 'asked'; readonly to: LifecycleState } & OnInstance)
  // The server's end: the upgrade comes, phases begin and end, a frame reaches the coordinator, the end.
  | ({ readonly type: 'upgrade' } & OnInstance)
  | ({ readonly type: 'began'; readonly what: Phase } & OfConnection)
  | ({ readonly type: 'ended'; readonly what: Phase; readonly outcome: string } & OfConnection)
  | ({ readonly type: 'frame'; readonly message: number } & OfConnection)
  | ({ readonly type: 'transport-error'; readonly error: string } & OfConnection)
  | ({ readonly type: 'gone'; readonly code: number } & OnInstance)
  | ({ readonly type: 'crashed' } & OnInstance)
  // The coordinator: where a connection's lifecycle moved, which machine it has, how a request was answered.
  | ({ readonly type: 'moved'; readonly to: LifecycleState; readonly token: number } & OnInstance)
  | ({ readonly type: 'coordinated'; readonly machine: string } & OnInstance)
  | ({
      readonly type: 'answered'
      readonly to: LifecycleState
      readonly outcome: Outcome
      readonly error: string
    } & OnInstance)
  | ({ readonly type: 'queued' | 'promoted' } & OnInstance)
  | ({ readonly type: 'timer'; readonly machine: string } & OfConnection)
  // The agent works for a connection: the effect that fencing protects.
  | ({
      readonly type: 'effect'
      readonly message: number
      readonly event: AgentEvent
      readonly token: number
    } & OnInstance)
  // The store, and the faults.
  | { readonly type: 'leased'; readonly user: string; readonly holder: string; readonly token: number }
  | { readonly type: 'lease-expired'; readonly user: string; readonly holder: string }
  | { readonly type: 'fault'; readonly fault: string; readonly connection?: string; readonly user?: string }

/** One kind of observation. */
export type Observed<Type extends LifecycleObservation['type']> = Extract<
  LifecycleObservation,
  { type: Type }
>
