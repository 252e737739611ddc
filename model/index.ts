// The door of the lifecycle model for the other folders. What of it the package exports is public.ts.

export { connectionCoordinator } from './asynchronous.ts'
export { competing } from './competing.ts'
export {
  type Answer,
  ConnectionCoordinator,
  type CoordinatorOptions,
  type UserCoordination,
} from './connection-coordinator.ts'
export {
  type Commands,
  type ConnectionInput,
  type Coordinator,
  coordinator,
  type Frame,
  type Identity,
  type Input,
  type Machine,
  type Outcome,
} from './coordinator.ts'
export type { Dependencies, LeaseStore, TimerName } from './dependencies.ts'
export { lifecycle } from './lifecycle.ts'
export { type Measure, measure } from './measure.ts'
export { type Mutant, type MutantSize, mutants } from './mutants.ts'
export type { LifecycleObservation, Observed, Phase } from './observations.ts'
export { type LifecycleOptions, type LifecycleParameters, lifecycleParameters } from './options.ts'
export { type CatalogueEntry, scenarios } from './scenarios.ts'
export { HANDSHAKE_TIMEOUT, type Session } from './session.ts'
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
export { type Policy, requestTransition, type UserMachine } from './user-machine.ts'
export type { LifecycleView } from './view.ts'
export { vocabulary } from './vocabulary.ts'
