// What a ConnectionCoordinator needs from the server around it. All of it is the server's own to provide.

import type { WindowInput } from '../sim/index.ts'
import type { Frame } from './coordinator.ts'
import type { LifecycleObservation } from './observations.ts'
import type { AgentEvent } from './states.ts'

/** Where ownership comes from when several instances serve the same users. */
export interface LeaseStore {
  /**
   * Asks for a user's lease: `wait` until it is free, `seize` it at once, or `try`. Resolves to its fencing
   * token, or null if it was refused. `onLost` is called if a newer token has been given out since.
   */
  acquire(
    user: string,
    mode: 'wait' | 'seize' | 'try',
    onLost: (token: number) => void,
  ): Promise<number | null>
  /** Resolves to whether the lease is still held; not asked again before. Rejecting counts as lost. */
  renew(user: string, token: number): Promise<boolean>
  release(user: string, token: number): void
}

/** Which timer it is: of the session of a connection, or of the machine of a user. */
export interface TimerName {
  readonly machine: string
  readonly of: string
  readonly timer: string
}

export interface Dependencies {
  /** Completes the handshake. */
  accept(connection: string): Promise<void>
  /** Lets the frames of the connection come, each to {@link ConnectionCoordinator.message}. */
  receive(connection: string): void
  /** Whether the connection's credentials are good. */
  authenticate(connection: string): Promise<boolean>
  /** Starts what the connection needs. Rejects if that fails; `onDegraded` says that it is up in part. */
  startServices(connection: string, onDegraded: () => void): Promise<void>
  /** Works on a message, and emits the five agent events. Resolves to false if a newer token was seen. */
  runAgent(
    work: { readonly connection: string; readonly message: number; readonly token: number },
    emit: (event: AgentEvent) => void,
  ): Promise<boolean>
  send(connection: string, frame: Frame): void
  close(connection: string, code: number, reason: string): void
  /** Calls back once, within the window; returns what takes the timer back. */
  setTimer(timer: TimerName, window: WindowInput, callback: () => void): () => void
  /** With it, ownership is taken from the store; without it, this instance is the only one. */
  readonly store?: LeaseStore
  /** Told what the coordinator does, for logs and for tests. */
  observe?(observation: LifecycleObservation): void
}
