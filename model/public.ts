// What the package exports as `heddle/model`: of all that this folder's door opens to the other folders, the names that
// a user has a use for, and every type that their signatures speak of.

export { connectionCoordinator } from './asynchronous.ts'
export { competing } from './competing.ts'
export {
  type Answer,
  ConnectionCoordinator,
  type CoordinatorOptions,
  type UserCoordination,
} from './connection-coordinator.ts'
export {
  type AgentEventInput,
  type Commands,
  type ConnectionInput,
  type Coordinator,
  coordinator,
  type Frame,
  type Identity,
  type Input,
  type Machine,
  type Outcome,
  type TransitionRequest,
} from './coordinator.ts'
export type { Dependencies, LeaseStore, TimerName } from './dependencies.ts'
export { lifecycle } from './lifecycle.ts'
export { type Mutant, type MutantSize, mutants } from './mutants.ts'
export type { LifecycleObservation, Observed, OfConnection, OnInstance, Phase } from './observations.ts'
export type { LifecycleOptions, LifecycleParameters } from './options.ts'
export { type CatalogueEntry, scenarios } from './scenarios.ts'
export { single } from './single.ts'
export {
  AGENT_EVENTS,
  type AgentEvent,
  CLOSE,
  InvalidTransition,
  isEnded,
  isLegal,
  isOwning,
  type LifecycleState,
  STATES,
  TRANSITIONS,
  transition,
} from './states.ts'
export type { Policy } from './user-machine.ts'
export type { LifecycleView } from './view.ts'
